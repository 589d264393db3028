// 近 7 天期限: what falls due, of all tasks that one sees.
import type { List, Task } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Empty } from '../../kit/page'
import { personName, unitName } from '../../parts/people'
import { taskHref } from '../../parts/tasks'
import { to } from '../../router'
import { d } from '../../session'
import { date, dayOf, plus } from '../../words/format'
import { t, word } from '../../words/words'

const SHOWN = 6

export function Deadlines() {
	const today = dayOf(now())
	const read = useRead<List<Task>>(d('/tasks?mine=1&order=due&names=1&limit=200'))
	const rows = (read.data.value?.items ?? []).filter((x) => x.due && x.due <= plus(today, 7)).slice(0, SHOWN)
	const names = read.data.value?.names
	return (
		<Card title={<span data-free="rule">{t('seven_days')}</span>} aside={<a href={to('tasks')}>{t('all')}</a>}>
			{rows.length ? (
				<ul class="list">
					{rows.map((x) => (
						<li>
							<span class={'due' + ((x.due ?? '') <= today ? ' late' : '')}>
								{x.due === today ? t('today') : date(x.due ?? '')}
							</span>
							<a href={taskHref(x)}>
								{word('task_kind', x.kind)}{' '}
								{personName(names, x.person_id) || unitName(names, x.unit_id) || x.about}
							</a>
							<span />
						</li>
					))}
				</ul>
			) : (
				<Empty>{t('nothing_due')}</Empty>
			)}
		</Card>
	)
}

// 待办: one list of what waits for me, by due date.
import type { List, Task } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Filter, Pager } from '../../kit/filter'
import { Empty, Page, Shown } from '../../kit/page'
import { TaskRow } from '../../parts/tasks'
import { query } from '../../router'
import { d } from '../../session'
import { dayOf, plus } from '../../words/format'
import { t, word, type Key } from '../../words/words'

const GROUPS: [Key, (x: Task, today: string) => boolean][] = [
	['group_late', (x) => x.overdue],
	['group_today', (x, today) => x.due === today],
	['group_week', (x, today) => !!x.due && x.due > today && x.due <= plus(today, 7)],
	['group_later', (x, today) => !x.due || x.due > plus(today, 7)],
]

export function Tasks() {
	const kind = query.value.get('kind') ?? ''
	const cursor = query.value.get('cursor')
	const read = useRead<List<Task>>(
		d('/tasks?mine=1&order=due&names=1&limit=200' + (cursor ? '&cursor=' + encodeURIComponent(cursor) : '')),
		true,
	)
	const today = dayOf(now())
	return (
		<Page title={t('nav_tasks')} sub={t('tasks_sub')}>
			<Shown of={read}>
				{(all) => {
					const kinds = [...new Set(all.items.map((x) => x.kind))]
					const items = all.items.filter((x) => !kind || x.kind === kind)
					if (!all.items.length)
						return (
							<div class="card">
								<Empty>{t('all_done')}</Empty>
							</div>
						)
					return (
						<div class="grid">
							{kinds.length > 1 && (
								<Filter
									name="kind"
									label={t('by_kind')}
									choices={[
										{ label: t('all'), value: '', n: all.items.length },
										...kinds.map((k) => ({
											label: word('task_kind', k),
											value: k,
											n: all.items.filter((x) => x.kind === k).length,
										})),
									]}
								/>
							)}
							{GROUPS.map(([title, is], g) => {
								const rows = items.filter((x) => is(x, today))
								return (
									!!rows.length && (
										<Card
											title={t(title)}
											note={<span data-free="count">{t('n_things', { n: rows.length })}</span>}>
											<ul class="list">
												{rows.map((x, i) => (
													<TaskRow key={x.id} x={x} names={all.names} go={!g && !i} />
												))}
											</ul>
										</Card>
									)
								)
							})}
							<Pager next={all.next} shown={all.items.length} />
						</div>
					)
				}}
			</Shown>
		</Page>
	)
}

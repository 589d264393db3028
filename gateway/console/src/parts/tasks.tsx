// A thing that waits for somebody: what, about whom, until when, and the one button that leads to it.
import type { Names, Task } from '../api/contract'
import { now } from '../api/client'
import { Icon, type IconName } from '../kit/icon'
import { to } from '../router'
import { date, dayOf } from '../words/format'
import { t, word, type Key } from '../words/words'
import { accountName } from '../kit/trail'
import { personName, unitName } from './people'

const ICON: Record<string, IconName> = {
	decide: 'find',
	approve: 'scales',
	recall: 'back',
	payroll: 'yuan',
	hearing: 'message',
}

export function taskHref(x: Task): string {
	if (x.kind === 'decide' || x.kind === 'hearing') return to('findings', x.about)
	if (x.kind === 'recall') return to('recalls', x.about)
	if (x.kind === 'payroll') return to('payrolls', x.about)
	if (/^m-/.test(x.about)) return to('measures', x.about)
	return to('tasks')
}

export const late = (x: Task) => x.overdue
export function dueText(x: Task): string {
	if (!x.due) return t('since_on', { on: date(dayOf(x.opened_at)) })
	if (x.due === dayOf(now())) return t('due_today')
	return x.overdue ? t('due_was', { on: date(x.due) }) : t('due_on', { on: date(x.due) })
}

const verbs: Record<string, Key> = {
	decide: 'go_decide',
	approve: 'go_approve',
	recall: 'go_recall',
	payroll: 'go_payroll',
	hearing: 'go_hearing',
}

export function TaskRow({ x, names, go, href }: { x: Task; names?: Names; go?: boolean; href?: string }) {
	const about = personName(names, x.person_id) || unitName(names, x.unit_id) || x.about
	return (
		<li data-row={x.id}>
			<Icon name={ICON[x.kind] ?? 'list'} />
			<div>
				<div class="t">
					{word('task_kind', x.kind)}
					{t('colon')}
					{about}
				</div>
				<div class={x.overdue ? 'neg' : 'faint'}>
					{dueText(x)}
					{x.for_account && ` · ${t('for_whom', { who: accountName(names, x.for_account) })}`}
				</div>
			</div>
			<a class={'b sm' + (go ? ' go' : '')} href={href ?? taskHref(x)}>
				{t(verbs[x.kind] ?? 'open')}
			</a>
		</li>
	)
}

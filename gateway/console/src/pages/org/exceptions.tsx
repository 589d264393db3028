// 例外: what somebody must look at, each with the one act.
import type { Alert, Contradiction, List, Overview, Recall, Task, Vacancies } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Chip } from '../../kit/chip'
import type { GlyphName } from '../../kit/icon'
import { Empty } from '../../kit/page'
import { Table } from '../../kit/table'
import { fullVillage, personName, unitOf } from '../../parts/people'
import { taskHref } from '../../parts/tasks'
import { to } from '../../router'
import { d, has } from '../../session'
import { between, date, dayOf, month } from '../../words/format'
import { t, word } from '../../words/words'
import type { ComponentChildren } from 'preact'

interface Row {
	id: string
	as: string
	glyph?: GlyphName
	what: string
	about: ComponentChildren
	basis: string
	act: string
	href: string
}
const SHOWN = 6
const PER_KIND = 3

function useRows(of: Overview): { rows: Row[]; n: number } {
	const today = dayOf(now())
	const recalls = useRead<List<Recall>>(of.recalls?.overdue ? d('/recalls?overdue=true&names=1') : undefined).data
		.value
	const clash = useRead<List<Contradiction>>(
		of.contradictions && has('district_admin', 'auditor', 'reviewer', 'inspector')
			? d('/contradictions?names=1&limit=20')
			: undefined,
	).data.value
	const empty = useRead<Vacancies>(of.vacancies.open ? d('/vacancies?state=open&names=1&limit=50') : undefined).data
		.value
	const tasks = useRead<List<Task>>(of.tasks.open ? d('/tasks?mine=1&order=due&names=1&limit=200') : undefined).data
		.value
	const failed = useRead<List<Alert>>(of.alerts.failed ? d('/alerts?state=failed&names=1&limit=10') : undefined)
		.data.value
	const rows: Row[] = []
	for (const r of recalls?.items ?? [])
		rows.push({
			id: r.id,
			as: 'bad',
			what: t('x_recall'),
			about: `${personName(recalls?.names, r.person_id)}（${unitOf(recalls?.names, r.person_id)}）`,
			basis: r.due ? t('due_was', { on: date(r.due) }) : '',
			act: t('x_recall_do'),
			href: to('recalls', r.id),
		})
	for (const c of (clash?.items ?? []).slice(0, PER_KIND))
		rows.push({
			id: c.person_id + c.on,
			as: 'risk',
			what: t('x_clash'),
			about: `${personName(clash?.names, c.person_id)}，${date(c.on)}`,
			basis: t('x_clash_basis', { n: c.checkins }),
			act: t('x_clash_do'),
			href: `${to('persons', c.person_id)}?tab=days&month=${c.on.slice(0, 7)}&day=${c.on}`,
		})
	for (const v of (empty?.items ?? []).filter((x) => x.due && x.due < today).slice(0, PER_KIND))
		rows.push({
			id: v.id,
			as: 'risk',
			what: t('x_lacks', { post: word('post', v.role) }),
			about: `${fullVillage(empty?.names, v.village_id)}${v.from ? ` · ${t('empty_days', { n: between(v.from, today) })}` : ''}`,
			basis: t('due_was', { on: date(v.due ?? today) }),
			act: t('appoint'),
			href: `${to('villages', v.village_id)}?post=${v.role}`,
		})
	for (const x of (tasks?.items ?? [])
		.filter((x) => x.kind === 'decide' && x.due && x.due <= today)
		.slice(0, PER_KIND))
		rows.push({
			id: x.id,
			as: 'risk',
			glyph: 'wait',
			what: t('x_hearing'),
			about: `${x.about} ${personName(tasks?.names, x.person_id)}`,
			basis: x.due === today ? t('due_today') : t('due_was', { on: date(x.due ?? '') }),
			act: t('look'),
			href: taskHref(x),
		})
	for (const a of (failed?.items ?? []).slice(0, PER_KIND))
		rows.push({
			id: a.id,
			as: 'risk',
			what: t('x_sms'),
			about: a.person_id ? personName(failed?.names, a.person_id) : a.phone,
			basis: date(dayOf(a.at)),
			act: t('x_sms_do'),
			href: a.person_id ? to('persons', a.person_id) : to('alerts'),
		})
	if (of.payroll?.state === 'approved' || of.payroll?.state === 'draft')
		rows.push({
			id: of.payroll.month,
			as: 'go',
			what: t('x_payroll'),
			about: month(of.payroll.month),
			basis: word('payroll', of.payroll.state),
			act: t('look'),
			href: to('payrolls', of.payroll.month),
		})
	return { rows: rows.slice(0, SHOWN), n: rows.length }
}

export function Exceptions({ of }: { of: Overview }) {
	const { rows, n } = useRows(of)
	return (
		<Card
			title={t('exceptions')}
			note={<span data-free="count">{t('exceptions_n', { n })}</span>}
			aside={<a href={to('tasks')}>{t('all')}</a>}
			flush>
			{rows.length ? (
				<Table
					caption={t('exceptions')}
					rows={rows}
					id={(r) => r.id}
					columns={[
						{
							head: t('what'),
							as: 'k',
							label: false,
							cell: (r) => (
								<Chip as={r.as} glyph={r.glyph}>
									{r.what}
								</Chip>
							),
						},
						{
							head: t('subject'),
							label: false,
							cell: (r) => (
								<a class="plain-link" href={r.href}>
									{r.about}
								</a>
							),
						},
						{
							head: t('due_or_basis'),
							as: 'soft',
							label: false,
							cell: (r) => (
								<a class="plain-link" href={r.href}>
									{r.basis}
								</a>
							),
						},
						{ head: t('do_head'), as: 'r v', label: false, cell: (r) => <a href={r.href}>{r.act}</a> },
					]}
				/>
			) : (
				<Empty>{t('no_exceptions')}</Empty>
			)}
		</Card>
	)
}

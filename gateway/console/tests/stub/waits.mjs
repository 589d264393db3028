// waits.mjs - tasks, derived; messages.
import { allMeasures, findings, recalls, stateOf } from './cases.mjs'
import { moves } from './moves.mjs'
import { runs } from './pay.mjs'
import { persons, TODAY } from './world.mjs'

const task = (about, kind, role, more) => ({
	id: `${about}.${kind}`,
	kind,
	state: 'open',
	about,
	...(role ? { role } : {}),
	overdue: !!more.due && more.due < TODAY,
	opened_at: '2018-09-10T09:00:00+08:00',
	...more,
})

export function tasks() {
	const out = []
	for (const f of findings.values())
		if (['noted', 'heard'].includes(f.state))
			out.push(task(f.id, 'decide', 'reviewer', { person_id: f.person_id, due: f.hearing_due }))
	for (const f of findings.values())
		if (f.state === 'noted' && f.hearing_due)
			out.push(task(f.id, 'hearing', undefined, { person_id: f.person_id, due: f.hearing_due }))
	for (const m of allMeasures())
		if (stateOf(m) === 'proposed' && m.kind !== 'recall')
			out.push(task(m.id, 'approve', 'reviewer', { person_id: m.subject.person_id }))
	for (const r of recalls.values())
		if (!['replaced', 'cancelled'].includes(r.state))
			out.push(task(r.id, 'recall', 'reviewer', { person_id: r.person_id, unit_id: r.unit_id, due: r.due }))
	for (const r of runs.values()) if (r.state !== 'closed') out.push(task(r.month, 'payroll', 'finance', {}))
	return out.sort((a, b) => ((a.due ?? '9') < (b.due ?? '9') ? -1 : 1))
}
// What waits for the caller; he never sees what he may not act in.
export const taskList = (who) =>
	tasks().filter((x) => {
		if (x.kind === 'hearing')
			return (
				x.person_id === who.person_id ||
				(who.roles.includes('unit_head') && who.unit_ids.includes(persons.get(x.person_id)?.unit_id))
			)
		if (!who.roles.includes(x.role) && !who.roles.includes('district_admin') && !who.roles.includes('auditor'))
			return false
		if (x.kind === 'approve' && who.roles.includes('reviewer'))
			return moves.measure(
				allMeasures().find((m) => m.id === x.about),
				who,
			)[0].allowed
		return true
	})

const sms = (id, person_id, at, text, state = 'delivered', cause = 'F000000000401') => ({
	id,
	person_id,
	phone: '139****1001',
	template: 'measures_imposed',
	text,
	cause,
	state,
	at,
})
export const alerts = [
	sms(
		'A000000000101',
		'p-xiang',
		'2018-06-12T09:02:00+08:00',
		'关于您（无故脱岗：2018-05-23第1次）：取消2018年5月驻村补助。依据：C3.2.1-1。',
	),
	sms('A000000000090', 'p-xiang', '2018-05-24T08:00:00+08:00', '关于您的督查问题，请在5月31日前向区委组织部陈述。'),
	sms('A000000000120', 'p-he', '2018-09-11T08:30:00+08:00', '关于您的督查问题，请在9月18日前陈述。', 'failed'),
	sms(
		'A000000000121',
		'p-pu',
		'2018-06-12T09:02:00+08:00',
		'关于您单位向明川（无故脱岗：2018-05-23第1次）：取消2018年5月驻村补助。',
	),
]

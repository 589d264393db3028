// moves.mjs - what the caller's POST would answer now, in the order of the flow.
import { findings, stateOf } from './cases.mjs'
import { persons } from './world.mjs'

const rows = (list, allowed) => list.map(([move, from]) => allowed(move, from))
const reviewer = (who) => who.roles.includes('reviewer')

function judge(who, state, from, bars) {
	if (!from.includes(state)) return { allowed: false, code: 'x.bad_transition' }
	if (!reviewer(who)) return { allowed: false, code: 'role.forbidden' }
	return bars ? { allowed: false, code: 'duty.conflict', because: bars } : { allowed: true }
}
const partOf = (who, person) =>
	who.person_id === person
		? 'subject'
		: persons.get(person)?.unit_id === persons.get(who.person_id)?.unit_id
			? 'own_unit'
			: undefined

export const moves = {
	finding: (f, who) =>
		rows(
			[
				['confirm', ['noted', 'heard']],
				['dismiss', ['noted', 'heard']],
				['annul', ['confirmed']],
			],
			(move, from) => ({
				move,
				...judge(who, f.state, from, f.noted_by === who.account ? 'noted' : partOf(who, f.person_id)),
			}),
		),
	measure: (m, who) =>
		rows(
			[
				['approve', ['proposed']],
				['reject', ['proposed']],
				['lift', ['in_force']],
				['serve', ['in_force']],
			],
			(move, from) => ({
				move,
				...judge(
					who,
					stateOf(m),
					from,
					m.cause.some((c) =>
						findings.get(c)?.decisions.some((d) => d.step === 'confirmed' && d.account === who.account),
					) && move === 'approve'
						? 'confirmed'
						: partOf(who, m.subject.person_id),
				),
			}),
		),
	recall: (r, who) =>
		rows(
			[
				['review', ['proposed']],
				['order', ['reviewed']],
				['hand-over', ['ordered']],
				['replace', ['handed_over']],
				['cancel', ['proposed', 'reviewed', 'ordered', 'handed_over']],
			],
			(move, from) => ({ move, ...judge(who, r.state, from, partOf(who, r.person_id)) }),
		),
	payroll: (r, who) =>
		rows(
			[
				['approve', ['draft']],
				['close', ['approved']],
			],
			(move, from) => {
				if (!from.includes(r.state)) return { move, allowed: false, code: 'payroll.bad_transition' }
				if (!who.roles.includes('finance')) return { move, allowed: false, code: 'role.forbidden' }
				return move === 'approve' && r.by === who.account
					? { move, allowed: false, code: 'duty.conflict', because: 'drafted' }
					: { move, allowed: true }
			},
		),
}

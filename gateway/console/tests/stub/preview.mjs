// preview.mjs - PREVIEW: the ladder with a finding as it would be against the ladder as it is.
import { createHash } from 'node:crypto'
import { cancelledDays, findings, inEffect, measure, measuresOf, RATE, recalls, shown, stateOf } from './cases.mjs'
import { persons, TODAY, units } from './world.mjs'
import { runs } from './pay.mjs'

const empty = () => ({
	ladders: [],
	measures: [],
	money: [],
	fen: 0,
	runs: [],
	recalls: [],
	awards: [],
	messages: [],
})
const basis = (p) => ({
	...p,
	basis: createHash('sha256')
		.update(JSON.stringify([p.ladders, p.measures, p.money]))
		.digest('hex')
		.slice(0, 32),
})

function moneyOf(person, was, is) {
	const before = cancelledDays(was, person),
		after = cancelledDays(is, person)
	const months = [...new Set([...before, ...after].map((on) => on.slice(0, 7)))].sort()
	const rows = months.map((month) => {
		const days = [...after].filter((on) => on.startsWith(month) && !before.has(on)).length,
			back = [...before].filter((on) => on.startsWith(month) && !after.has(on)).length
		return { person_id: person, month, days: days || back, fen: (back - days) * RATE }
	})
	return { rows: rows.some((r) => r.fen) ? rows : [], fen: rows.reduce((a, r) => a + r.fen, 0) }
}

const runsOf = (money) =>
	[...new Set(money.filter((m) => m.fen).map((m) => m.month))].flatMap((month) => {
		const r = runs.get(month)
		return r ? [{ month, state: r.state, effect: r.state === 'closed' ? 'corrected' : 'stale' }] : []
	})

function told(person, text) {
	const unit = units.get(persons.get(person).unit_id)
	return [person, unit.head_person_id, 'department'].map((recipient) => ({
		recipient,
		template: 'measures_imposed',
		at: TODAY + 'T10:24:00+08:00',
		text: {
			zh: `关于${recipient === person ? '您' : persons.get(person).name}：${text}。依据：达川委办〔2017〕96号。`,
			en: `About ${persons.get(person).name}: ${text}.`,
		},
	}))
}

const year = (f, with_) =>
	[...findings.values()]
		.map((x) => (with_[x.id] ? { ...x, ...with_[x.id] } : x))
		.filter(
			(x) =>
				x.person_id === f.person_id &&
				x.kind === f.kind &&
				x.state === 'confirmed' &&
				x.on.slice(0, 4) === f.on.slice(0, 4),
		).length

const NEXT = { confirm: 'confirmed', dismiss: 'dismissed', annul: 'annulled' }
export function ofFinding(f, move) {
	const with_ = move ? { [f.id]: { state: NEXT[move], confirmed: TODAY } } : {}
	const without = move ? {} : { [f.id]: { state: 'noted' } }
	const was = measuresOf(f.person_id, without),
		is = measuresOf(f.person_id, with_)
	const news = is.filter((m) => !was.some((w) => w.id === m.id)),
		gone = was.filter((w) => !is.some((m) => m.id === w.id))
	if (!news.length && !gone.length) return basis({ ...empty(), ...(move ? { if: move } : {}) })
	const m = moneyOf(f.person_id, was, is)
	return basis({
		...empty(),
		...(move ? { if: move } : {}),
		ladders: [
			{
				subject: { person_id: f.person_id },
				ladder: 'absence',
				year: +f.on.slice(0, 4),
				was: year(f, without),
				is: year(f, with_),
				of: 3,
			},
		],
		measures: [
			...news.map((x) => ({ change: 'new', is: { ...shown(x), state: 'proposed' } })),
			...gone.map((x) => ({ change: 'gone', was: shown(x) })),
		],
		money: m.rows,
		fen: m.fen,
		runs: runsOf(m.rows),
		messages: told(f.person_id, news.length ? '无故脱岗已确认，拟予处理' : '原处理已撤销'),
	})
}

export function ofMeasure(id, move) {
	const m = measure(id)
	if (!m) return undefined
	const person = m.subject.person_id
	const live = measuresOf(person).filter((x) => x.id !== id && inEffect(x))
	const on = { approve: true, serve: true, reject: false, lift: false }[move] ?? inEffect(m)
	const is = { approve: 'in_force', serve: 'served', reject: 'rejected', lift: 'lifted' }[move] ?? stateOf(m)
	const money = moneyOf(person, move && inEffect(m) ? [...live, m] : live, on ? [...live, m] : live)
	return basis({
		...empty(),
		...(move ? { if: move } : {}),
		measures: [{ change: 'changed', was: shown(m), is: { ...shown(m), state: is } }],
		money: money.rows,
		fen: money.fen,
		runs: runsOf(money.rows),
		messages: move === 'serve' ? [] : told(person, move === 'approve' ? '处理措施已批准生效' : '处理措施有变'),
	})
}

const STEP = {
	review: 'reviewed',
	order: 'ordered',
	'hand-over': 'handed_over',
	replace: 'replaced',
	cancel: 'cancelled',
}
export function ofRecall(id, move) {
	const r = recalls.get(id)
	if (!r) return undefined
	const is = STEP[move] ?? r.state
	// what has followed and stands is told as what would follow was
	const orders = move === 'order' || (!move && r.state === 'ordered')
	const before = [...recalls.values()].filter((x) => x.unit_id === r.unit_id && x.ordered && x.id !== id).length
	return basis({
		...empty(),
		...(move ? { if: move } : {}),
		ladders: orders
			? [{ subject: { unit_id: r.unit_id }, ladder: 'recall', year: 2018, was: before, is: before + 1, of: 2 }]
			: [],
		recalls: [
			{
				id,
				was: r.state,
				is,
				...(move === 'order'
					? { ends_on: TODAY, due: '2018-09-19' }
					: move === 'hand-over'
						? { due: '2018-10-12' }
						: {}),
			},
		],
		measures: orders
			? [
					['award_ban', '2019-01-01'],
					['promotion_freeze', '2020-09-12'],
				].map(([kind, until]) => ({
					change: 'new',
					is: {
						id: 'm-' + kind + id.slice(2, 8),
						kind,
						clause: 'C3.2.1-r',
						policy: 'dachuan-2017-96',
						subject: { person_id: r.person_id },
						from: TODAY,
						until,
						state: 'in_force',
						cause: r.cause,
						reason: { zh: '决定召回', en: 'recall ordered' },
					},
				}))
			: [],
		messages: told(r.person_id, '召回有新的进展'),
	})
}

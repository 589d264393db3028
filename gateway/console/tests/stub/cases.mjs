// cases.mjs - findings, and the measures that follow from them by the ladder of C3.2.1, as a pure function of the findings.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { days, letter, persons, postings, TODAY, units } from './world.mjs'

export const policy = {
	version: 'dachuan-2017-96',
	effective_from: '2017-08-01',
	document: JSON.parse(
		readFileSync(new URL('../../../../deploy/data/dachuan-2017-96.json', import.meta.url), 'utf8'),
	),
}

export const findings = new Map()
let numbered = 400
export function finding(f) {
	const id = `F${String(++numbered).padStart(12, '0')}`
	findings.set(id, {
		id,
		kind: 'unexcused_absence',
		source: 'night',
		evidence: [],
		state: 'noted',
		noted_at: f.on + 'T22:10:00+08:00',
		noted_by: 'tan',
		statements: [],
		decisions: [{ at: f.on + 'T22:10:00+08:00', account: f.noted_by ?? 'tan', step: 'noted' }],
		...f,
	})
	return id
}
const at = (on) => on + 'T10:05:00+08:00'
export const confirmed = (f, on, by = 'pang') => {
	const x = findings.get(finding({ ...f, state: 'confirmed', confirmed: on }))
	x.decisions.push({ at: at(on), account: by, step: 'confirmed' })
	return x.id
}

const absences = (person, with_ = {}) =>
	[...findings.values()]
		.map((f) => (with_[f.id] ? { ...f, ...with_[f.id] } : f))
		.filter((f) => f.kind === 'unexcused_absence' && f.person_id === person && f.state === 'confirmed')
		.sort((a, b) => (a.on < b.on ? -1 : 1))

const addMonths = (on, n) =>
	new Date(Date.UTC(+on.slice(0, 4), +on.slice(5, 7) - 1 + n, +on.slice(8))).toISOString().slice(0, 10)
const id = (...key) => 'm-' + createHash('sha256').update(key.join('|')).digest('hex').slice(0, 24)
const rungOf = (k) => policy.document.absence_ladder.rungs[Math.min(k, 3) - 1]

// All measures of a person, as the findings would be `with_` some of them changed.
export function measuresOf(person, with_) {
	const out = []
	const all = absences(person, with_)
	all.slice(0, 3).forEach((f, i) => {
		const rung = rungOf(i + 1)
		const cause = all.slice(0, i + 1)
		const decided = cause
			.map((c) => c.confirmed ?? TODAY)
			.sort()
			.pop()
		const add = (kind, from, until, clause = rung.clause) =>
			out.push({
				id: id(person, clause, kind, from),
				kind,
				clause,
				policy: policy.version,
				subject: { person_id: person },
				from,
				...(until ? { until } : {}),
				cause: cause.map((c) => c.id),
				reason: {
					zh: `${f.on.slice(0, 4)} 年第 ${i + 1} 次无故脱岗（${+f.on.slice(5, 7)} 月 ${+f.on.slice(8)} 日）`,
					en: `No. ${i + 1} of ${f.on.slice(0, 4)} (${f.on})`,
				},
				decided,
			})
		const y = f.on.slice(0, 4),
			q = Math.floor((+f.on.slice(5, 7) - 1) / 3)
		if (i === 0) add('stipend_cancelled', f.on.slice(0, 8) + '01', addMonths(f.on.slice(0, 8) + '01', 1))
		if (i === 1) {
			const from = `${y}-${String(q * 3 + 1).padStart(2, '0')}-01`
			add('stipend_cancelled', from, addMonths(from, 3))
			add('admonishment_talk', decided)
			add('assessment_cancelled', `${y}-01-01`, `${+y + 1}-01-01`)
			add('award_ban', decided, '2020-08-01')
			add('promotion_freeze', decided, addMonths(decided, 6))
		}
		if (i === 2) {
			add('stipend_cancelled', `${y}-01-01`, `${+y + 1}-01-01`)
			add('recall', decided)
		}
	})
	return out
}

export const states = new Map() // measure id → state; proposed until moved
export const trails = new Map() // measure id → decisions
export const stateOf = (m) => states.get(m.id) ?? 'proposed'
const OFF = ['proposed', 'approved', 'lifted', 'rejected', 'revoked']
export const inEffect = (m) => !OFF.includes(stateOf(m))

export const allMeasures = () =>
	[...new Set([...findings.values()].map((f) => f.person_id).filter(Boolean))]
		.flatMap((p) => measuresOf(p))
		.concat([...revoked.values()])
export const revoked = new Map()
export const measure = (mid) => allMeasures().find((m) => m.id === mid)
export const shown = (m) => ({
	id: m.id,
	kind: m.kind,
	clause: m.clause,
	policy: m.policy,
	subject: m.subject,
	from: m.from,
	...(m.until ? { until: m.until } : {}),
	state: stateOf(m),
	cause: m.cause,
	reason: m.reason,
})

// Days of stipend that a set of measures cancels, by month.
export function cancelledDays(ms, person) {
	const out = new Set()
	for (const m of ms.filter((x) => x.kind === 'stipend_cancelled'))
		for (let t = Date.parse(m.from); t < Date.parse(m.until); t += 86400_000) {
			const on = new Date(t).toISOString().slice(0, 10)
			if ('Pw'.includes(letter(person, on))) out.add(on)
		}
	return out
}
export const RATE = 10000

const steps = (m) => [
	...m.cause.map((c, i) => ({
		zh: `${m.from.slice(0, 4)} 年第 ${i + 1} 次无故脱岗：${findings.get(c).on}（发现 ${c}，${findings.get(c).confirmed ?? TODAY} 确认）。`,
		en: `Absence ${i + 1}: ${findings.get(c).on} (${c}).`,
	})),
	{
		zh: `${findings.get(m.cause[m.cause.length - 1]).on} 施行的政策为 ${m.policy}，达到第 ${Math.min(m.cause.length, 3)} 级。`,
		en: `The policy of that day is ${m.policy}; rung ${Math.min(m.cause.length, 3)}.`,
	},
	{
		zh: `决定日期取所依据事实中最晚的确认日期：${m.decided}。`,
		en: `Decided on the latest confirmation: ${m.decided}.`,
	},
	{
		zh: m.until ? `适用于 ${m.from} 起至 ${m.until}（不含）。` : `自 ${m.from} 起。`,
		en: m.until ? `From ${m.from} to ${m.until} (not included).` : `From ${m.from}.`,
	},
	{
		zh: '该政策规定此类措施须经未记录、未确认其事实的人批准；批准之前不影响补助和资格。',
		en: 'Somebody who neither noted nor confirmed the facts must approve it.',
	},
]

export function sheet(m) {
	const person = m.subject.person_id
	const fs = m.cause.map((c) => findings.get(c))
	const cut = m.kind === 'stipend_cancelled' && inEffect(m) ? [...cancelledDays([m], person)] : []
	return {
		...shown(m),
		clause_text: rungOf(m.cause.length)?.reason,
		policy_from: '2017-08-01',
		facts: fs.map((f) => ({
			finding_id: f.id,
			kind: f.kind,
			on: f.on,
			source: f.source,
			state: f.state,
			confirmed: f.confirmed,
			evidence_sha256: f.evidence.map((e) => e.sha256),
		})),
		readings: [
			{ id: 'A1', reading: 'calendar_year_of_incident', text: '按脱岗所在自然年累计' },
			{ id: 'A3', reading: 'union_of_days', text: '按日取并集' },
			{ id: 'A4', reading: 'next_runs', text: '已发的以后扣回' },
			{ id: 'A16', reading: 'day_it_began', text: '夜查按开始日期' },
		],
		steps: steps(m),
		money: cut.map((on) => ({ account: 'person:' + person, fen: -RATE, valid_on: on })),
		messages: inEffect(m)
			? [
					{ alert_id: 'A000000000101', recipient: person, state: 'delivered' },
					{
						alert_id: 'A000000000102',
						recipient: units.get(persons.get(person).unit_id).head_person_id,
						state: 'delivered',
					},
				]
			: [],
		decisions: [
			...fs.flatMap((f) => f.decisions),
			{ at: at(m.decided), step: 'proposed' },
			...(trails.get(m.id) ?? []),
		].sort((a, b) => (a.at < b.at ? -1 : 1)),
		as_of: TODAY,
	}
}

// --- what happened so far
const photo = (name) => ({ sha256: createHash('sha256').update(name).digest('hex'), name })
const x1 = confirmed(
	{
		person_id: 'p-xiang',
		on: '2018-05-23',
		note: '夜间查岗未在村食宿，无请假、无公务记录',
		evidence: [photo('查岗记录表.jpg'), photo('村委会证明.jpg')],
	},
	'2018-06-11',
)
const r1 = confirmed({ person_id: 'p-ran', on: '2018-07-18', source: 'covert', note: '办公时间不在村' }, '2018-07-25')
export const RAN2 = finding({
	person_id: 'p-ran',
	on: '2018-09-05',
	hearing_due: TODAY,
	note: '村办公室与住处均无人，电话未接；村支书称下午已离村',
	evidence: [photo('查岗记录.jpg'), photo('住处.jpg')],
	state: 'heard',
	statements: [
		{
			at: '2018-09-10T20:31:00+08:00',
			own: true,
			statement: '孩子发烧，当天 16 时回城，走得急没有请假，次日 8 时返村。附门诊票据。',
			evidence: [photo('门诊票据.jpg')],
		},
	],
})
finding({
	person_id: 'p-xie',
	on: '2018-09-07',
	source: 'covert',
	hearing_due: '2018-09-14',
	note: '上午 10 时不在村',
})
finding({
	person_id: 'p-he',
	on: '2018-09-04',
	source: 'hotline',
	hearing_due: '2018-09-18',
	note: '群众反映多日未见',
})
finding({
	person_id: 'p-511703107206',
	on: '2018-09-08',
	source: 'night',
	hearing_due: '2018-09-17',
	note: '住处无人',
})
for (const on of ['2018-03-14', '2018-05-09', '2018-06-20'])
	confirmed({ person_id: 'p-xiegl', on, source: 'covert', note: '不在岗' }, on.slice(0, 8) + '28')
for (let i = 0; i < 14; i++) {
	const p = [...days.keys()][40 + i * 7]
	confirmed(
		{ person_id: p, on: `2018-0${1 + (i % 8)}-1${i % 9}`, source: 'covert', note: '不在村' },
		`2018-0${1 + (i % 8)}-26`,
	)
}
for (let i = 0; i < 6; i++)
	finding({
		person_id: [...days.keys()][20 + i],
		on: `2018-0${2 + i}-09`,
		state: i % 3 ? 'dismissed' : 'annulled',
		note: '后经核实',
	})
const moveTo = (person, state, by = 'fengsp', on = '2018-06-12') =>
	measuresOf(person).forEach((m) => {
		if (m.kind === 'recall') return
		states.set(m.id, state)
		trails.set(m.id, [{ at: on + 'T09:00:00+08:00', account: by, step: 'approved' }])
	})
moveTo('p-xiang', 'in_force')
moveTo('p-ran', 'in_force', 'fengsp', '2018-07-26')
moveTo('p-xiegl', 'in_force', 'fengsp', '2018-06-29')
for (let i = 0; i < 10; i++)
	moveTo([...days.keys()][40 + i * 7], i % 3 ? 'in_force' : 'served', 'fengsp', '2018-08-28')
;(void x1, r1)

export const recalls = new Map()
for (const m of measuresOf('p-xiegl').filter((x) => x.kind === 'recall'))
	recalls.set(m.id, {
		id: m.id,
		person_id: 'p-xiegl',
		unit_id: 'u14',
		posting_id: [...postings.values()].find((p) => p.person_id === 'p-xiegl').id,
		state: 'ordered',
		due: '2018-09-10',
		cause: m.cause,
		ordered: '2018-09-03',
		overdue: true,
		decisions: [
			{ at: '2018-06-28T10:05:00+08:00', step: 'proposed' },
			{ at: '2018-07-02T09:30:00+08:00', account: 'pang', step: 'reviewed' },
			{ at: '2018-09-03T15:00:00+08:00', account: 'fengsp', step: 'ordered' },
		],
	})
const old = measuresOf('p-xiegl')[0]
recalls.set('m-recall-tea', {
	...recalls.values().next().value,
	id: 'm-recall-tea',
	person_id: 'p-511703107208',
	unit_id: 'u01',
	state: 'replaced',
	due: undefined,
	overdue: false,
	ordered: '2018-06-29',
})
recalls.set('m-recall-two', {
	...recalls.values().next().value,
	id: 'm-recall-two',
	person_id: 'p-511703107211',
	unit_id: 'u05',
	state: 'proposed',
	due: '2018-09-14',
	overdue: false,
	ordered: undefined,
	cause: old.cause,
})

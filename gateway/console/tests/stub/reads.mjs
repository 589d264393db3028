// reads.mjs - every GET of a district.
import {
	allMeasures,
	findings,
	inEffect,
	measure,
	measuresOf,
	policy,
	recalls,
	sheet,
	shown,
	stateOf,
} from './cases.mjs'
import { moves } from './moves.mjs'
import { monthOf, paid, payroll, runs, stipend, stipendDays } from './pay.mjs'
import { ofFinding, ofMeasure, ofRecall } from './preview.mjs'
import {
	accounts,
	days,
	daysOf,
	district,
	letter,
	NOW,
	persons,
	postings,
	STATUS,
	TODAY,
	townships,
	units,
	villages,
} from './world.mjs'
import { missing, refuse } from './api.mjs'
import { alerts, tasks, taskList } from './waits.mjs'

// A page of a list: server cursors are opaque, here a number.
export function page(items, q) {
	const limit = Number(q.get('limit') ?? 50),
		from = Number(q.get('cursor') ?? 0)
	return {
		items: items.slice(from, from + limit),
		...(from + limit < items.length ? { next: String(from + limit) } : {}),
		...(q.get('count') ? { count: items.length } : {}),
	}
}
const by =
	(q, ...keys) =>
	(x) =>
		keys.every((k) => !q.get(k) || (q.get(k) ?? '').split(',').includes(String(x[k])))
const named = (q) => (x) => !q.get('q') || x.name.includes(q.get('q')) || x.id.startsWith(q.get('q'))
const live = (p, on = TODAY) => p.from <= on && (!p.to || p.to > on)
const mask = (who, p) =>
	who.roles.includes('district_admin') || who.person_id === p.id
		? p
		: { ...p, phone: p.phone.replace(/^(\d{3})\d{4}/, '$1****') }

const postOn = (on) => [...postings.values()].filter((p) => live(p, on))
export function present(q) {
	const on = q.get('on') ?? TODAY
	const rows = new Map()
	for (const p of postOn(on)) {
		const v = villages.get(p.village_id)
		if (q.get('township_id') && v.township_id !== q.get('township_id')) continue
		if (q.get('village_id') && v.id !== q.get('village_id')) continue
		if (q.get('unit_id') && persons.get(p.person_id).unit_id !== q.get('unit_id')) continue
		const r = rows.get(p.person_id) ?? {
			person_id: p.person_id,
			unit_id: persons.get(p.person_id).unit_id,
			village_ids: [],
			status: STATUS[letter(p.person_id, on)] ?? 'unknown',
		}
		r.village_ids.push(p.village_id)
		rows.set(p.person_id, r)
	}
	return [...rows.values()].filter((x) => !q.get('status') || x.status === q.get('status'))
}
const NEEDS = { poor: ['first_secretary', 'team_member'], non_poor: ['first_secretary'] }
export function vacancies(q) {
	const out = []
	for (const v of villages.values()) {
		if (q.get('township_id') && v.township_id !== q.get('township_id')) continue
		if (q.get('area_id') && townships.get(v.township_id).area_id !== q.get('area_id')) continue
		if (q.get('village_id') && v.id !== q.get('village_id')) continue
		for (const role of NEEDS[v.kind])
			if (!postOn(TODAY).some((p) => p.village_id === v.id && p.role === role))
				out.push({
					id: `${v.id}.${role}`,
					village_id: v.id,
					role,
					state: 'open',
					...(v.id.endsWith('13')
						? { from: '2018-08-31', due: '2018-09-10' }
						: v.id.endsWith('2')
							? { from: '2018-09-01', due: '2018-09-28' }
							: {}),
				})
	}
	const all = (kind) => [...villages.values()].filter((v) => v.kind === kind)
	const lacks = new Set(out.map((x) => x.village_id))
	const whole = (kind) => ({ all: all(kind).length, complete: all(kind).filter((v) => !lacks.has(v.id)).length })
	return { ...page(out, q), count: out.length, villages: { poor: whole('poor'), non_poor: whole('non_poor') } }
}

function year(p, y) {
	const all = y === '2018' ? (days.get(p) ?? '') : ''
	const counts = {}
	for (const l of all) if (STATUS[l]) counts[STATUS[l]] = (counts[STATUS[l]] ?? 0) + 1
	const n = (counts.present ?? 0) + (counts.present_weak ?? 0)
	return {
		person_id: p,
		year: +y,
		days: all,
		counts,
		provisional: y > '2018',
		clause: 'C1.1.4a',
		policy: 'dachuan-2017-96',
		readings: [{ id: 'A10', text: '请假、公务外出不计入应驻村的工作日' }],
		steps: [
			{
				zh: `在村 ${counts.present ?? 0} 天，弱证据 ${counts.present_weak ?? 0} 天，合计 ${n} 天`,
				en: `${n} days`,
			},
			{
				zh: `公务外出 ${counts.official_duty ?? 0} 天、请假 ${counts.on_leave ?? 0} 天不计`,
				en: 'leave and official duty left out',
			},
			{ zh: '同一天有多条依据的，只计 1 天', en: 'a day counts once' },
		],
	}
}
function month(p, m) {
	const village = postOn(TODAY).find((x) => x.person_id === p)?.village_id
	return {
		person_id: p,
		month: m,
		provisional: m > '2019',
		days: daysOf(m)
			.filter((on) => on <= TODAY || m.startsWith(TODAY.slice(0, 7)))
			.map((on) => {
				const l = letter(p, on)
				return {
					on,
					posted: l !== '.',
					status: STATUS[l] ?? 'unknown',
					working_day: l !== 'r',
					contradiction: false,
					evidence:
						l === 'P'
							? [
									{
										id: 'C000000' + on.replace(/-/g, '').slice(2),
										village_id: village,
										strong: true,
										kind: 'checkin',
										at: on + 'T08:41:00+08:00',
									},
								]
							: l === 'w'
								? [
										{
											id: 'C000000' + on.replace(/-/g, '').slice(2),
											village_id: village,
											strong: false,
											kind: 'checkin',
											at: on + 'T09:12:00+08:00',
										},
									]
								: [],
					unused:
						l === 'u' && on.endsWith('6')
							? [
									{
										id: 'C000000180906',
										at: on + 'T19:20:00+08:00',
										why: { zh: '定位在围栏外，不能证明在村', en: 'outside the fence' },
									},
								]
							: [],
				}
			}),
	}
}
function standing(p) {
	const ms = measuresOf(p)
	const reasons = (kind) => ms.filter((m) => m.kind === kind && inEffect(m)).map((m) => m.id)
	const e = (kind) => ({ eligible: !reasons(kind).length, reasons: reasons(kind) })
	return {
		person_id: p,
		on: TODAY,
		absences: [...findings.values()]
			.filter((f) => f.person_id === p && f.state === 'confirmed')
			.map((f, i) => ({ finding_id: f.id, on: f.on, rung: i + 1 })),
		measures: ms.map(shown),
		eligibility: { award: e('award_ban'), promotion: e('promotion_freeze') },
	}
}
const unitStanding = (u) => ({
	unit_id: u,
	on: TODAY,
	criticisms:
		u === 'u01'
			? [
					{ finding_id: 'F000000000201', bulletin: '达区督〔2018〕3 号', on: '2018-03-20', rung: 1 },
					{ finding_id: 'F000000000202', bulletin: '达区督〔2018〕7 号', on: '2018-08-14', rung: 2 },
				]
			: [],
	recalls: [...recalls.values()].filter((r) => r.unit_id === u),
	measures:
		u === 'u01'
			? [
					{
						id: measuresOf('p-xiang')[0].id,
						kind: 'interview',
						clause: 'C3.1.1-2',
						policy: 'dachuan-2017-96',
						subject: { unit_id: u },
						from: '2018-08-20',
						state: 'in_force',
						cause: ['F000000000202'],
						reason: { zh: '2018 年第 2 次书面通报批评', en: 'second criticism' },
					},
				]
			: [],
})

function overview() {
	const people = { posted: 0 }
	for (const r of present(new URLSearchParams())) {
		people.posted++
		people[r.status] = (people[r.status] ?? 0) + 1
	}
	const tally = (rows, of) => rows.reduce((a, r) => ({ ...a, [of(r)]: (a[of(r)] ?? 0) + 1 }), {})
	const empty = vacancies(new URLSearchParams({ limit: '500' }))
	return {
		on: TODAY,
		people,
		weeks: [29, 30, 31, 32, 33, 34, 35, 36].map((w, i) => ({
			week: `2018-W${w}`,
			posted_days: 2800,
			present_days: 2010 + i * 37 - (i % 3) * 60,
		})),
		contradictions: 1,
		findings: tally([...findings.values()], (f) => f.state),
		measures: tally(allMeasures(), stateOf),
		recalls: {
			...tally([...recalls.values()], (r) => r.state),
			overdue: [...recalls.values()].filter((r) => r.overdue).length,
		},
		vacancies: {
			open: empty.count,
			overdue: empty.items.filter((v) => v.due && v.due < TODAY).length,
			townships: Object.entries(tally(empty.items, (v) => villages.get(v.village_id).township_id)).map(
				([id, open]) => ({ id, open }),
			),
		},
		tasks: { open: tasks().length, overdue: tasks().filter((x) => x.overdue).length },
		payroll: { month: '2018-08', state: runs.get('2018-08').state },
		alerts: { queued: 2, failed: alerts.filter((a) => a.state === 'failed').length },
	}
}

// To limited roles without where it came from.
const limited = (who) => who.roles.every((r) => ['cadre', 'unit_head', 'township_leader'].includes(r))
function forWhom(who, v) {
	if (!limited(who)) return v
	const strip = (x) => {
		if (Array.isArray(x)) return x.map(strip)
		if (!x || typeof x !== 'object') return x
		const { source: _1, note: _2, noted_by: _3, ...rest } = x
		return Object.fromEntries(Object.entries(rest).map(([k, y]) => [k, strip(y)]))
	}
	const out = strip(v)
	if (out.decisions) out.decisions = out.decisions.filter((d) => d.step !== 'noted')
	return out
}

const people = (q) => [...persons.values()].filter(named(q)).filter(by(q, 'unit_id'))
const posts = (q) =>
	[...postings.values()]
		.filter(by(q, 'person_id', 'village_id', 'role'))
		.filter((p) => !q.get('on') || live(p, q.get('on')))
		.filter((p) => !q.get('unit_id') || persons.get(p.person_id).unit_id === q.get('unit_id'))
		.filter((p) => !q.get('township_id') || villages.get(p.village_id).township_id === q.get('township_id'))
const only = {
	correction: (l) => l.correction_fen,
	cancelled: (l) => l.clause !== 'C4.4',
	zero: (l) => !l.pay_fen,
	owed: (l) => l.owed_fen,
}
const q1 = (o) => new URLSearchParams(o)

export const reads = (q, who) => [
	[/^$/, () => district],
	[/^\/townships$/, () => page([...townships.values()], q)],
	[/^\/townships\/([^/]+)$/, (id) => townships.get(id)],
	[/^\/units$/, () => page([...units.values()].filter(named(q)), q)],
	[/^\/units\/([^/]+)$/, (id) => units.get(id)],
	[
		/^\/villages$/,
		() =>
			page(
				[...villages.values()]
					.filter(named(q))
					.filter(by(q, 'kind', 'township_id'))
					.filter(
						(v) =>
							!q.get('lacking') ||
							vacancies(q1({ village_id: v.id })).items.some((x) => x.role === q.get('lacking')),
					),
				q,
			),
	],
	[/^\/villages\/([^/]+)$/, (id) => villages.get(id)],
	[
		/^\/persons$/,
		() =>
			page(
				people(q).map((p) => mask(who, p)),
				q,
			),
	],
	[/^\/persons\/([^/]+)$/, (id) => persons.has(id) && mask(who, persons.get(id))],
	[
		/^\/persons\/([^/]+)\/attendance$/,
		(id) => (q.get('month') ? month(id, q.get('month')) : year(id, q.get('year'))),
	],
	[/^\/persons\/([^/]+)\/standing$/, (id) => standing(id)],
	[
		/^\/persons\/([^/]+)\/stipend$/,
		(id) => (q.get('month') ? stipendDays(id, q.get('month')) : stipend(id, q.get('year'))),
	],
	[
		/^\/persons\/([^/]+)\/home$/,
		(id) => ({
			attendance: year(id, '2018'),
			tasks: { items: taskList(who).filter((x) => x.person_id === id) },
			stipend: stipend(id, 2018),
			standing: standing(id),
		}),
	],
	[/^\/units\/([^/]+)\/standing$/, unitStanding],
	[
		/^\/units\/([^/]+)\/home$/,
		(id) => ({
			postings: { items: posts(q1({ unit_id: id, on: TODAY })) },
			today: { items: present(q1({ unit_id: id })) },
			standing: unitStanding(id),
			tasks: { items: taskList(who) },
			recalls: { items: unitStanding(id).recalls },
		}),
	],
	[
		/^\/townships\/([^/]+)\/home$/,
		(id) => ({
			postings: { items: posts(q1({ township_id: id, on: TODAY })) },
			today: { items: present(q1({ township_id: id })) },
			vacancies: vacancies(q1({ township_id: id })),
		}),
	],
	[
		/^\/villages\/([^/]+)\/home$/,
		(id) => ({
			village: villages.get(id),
			postings: { items: posts(q1({ village_id: id, on: TODAY })) },
			today: { items: present(q1({ village_id: id })) },
			vacancies: vacancies(q1({ village_id: id })),
		}),
	],
	[/^\/postings$/, () => page(posts(q), q)],
	[/^\/postings\/([^/]+)$/, (id) => postings.get(id)],
	[/^\/vacancies$/, () => vacancies(q)],
	[/^\/attendance$/, () => page(present(q), q)],
	[
		/^\/contradictions$/,
		() =>
			page(
				[
					{
						person_id: 'p-he',
						on: '2018-09-04',
						checkins: 3,
						findings: 1,
					},
				],
				q,
			),
	],
	[/^\/policy$/, () => policy],
	[/^\/overview$/, overview],
	[/^\/progress$/, () => ({ lag: 0, parked: 0, services: [] })],
	[
		/^\/findings$/,
		() =>
			page(
				[...findings.values()]
					.filter(by(q, 'kind', 'source', 'person_id', 'state'))
					.filter((f) => q.get('noted_by') !== 'me' || f.noted_by === who.account)
					.sort((a, b) => ((a.hearing_due ?? '9') < (b.hearing_due ?? '9') ? -1 : 1)),
				q,
			),
	],
	[
		/^\/findings\/([^/]+)$/,
		(id) => findings.has(id) && { ...findings.get(id), moves: moves.finding(findings.get(id), who) },
	],
	[/^\/findings\/([^/]+)\/consequences$/, (id) => ofFinding(findings.get(id) ?? missing(), q.get('if'))],
	[
		/^\/measures$/,
		() =>
			page(
				allMeasures()
					.map(shown)
					.filter(by(q, 'kind', 'clause', 'state'))
					.filter((m) => !q.get('person_id') || m.subject.person_id === q.get('person_id')),
				q,
			),
	],
	[
		/^\/measures\/([^/]+)$/,
		(id) => measure(id) && forWhom(who, { ...sheet(measure(id)), moves: moves.measure(measure(id), who) }),
	],
	[/^\/measures\/([^/]+)\/consequences$/, (id) => ofMeasure(id, q.get('if'))],
	[
		/^\/recalls$/,
		() =>
			page(
				[...recalls.values()]
					.filter(by(q, 'state', 'unit_id', 'person_id'))
					.filter((r) => !q.get('overdue') || r.overdue),
				q,
			),
	],
	[
		/^\/recalls\/([^/]+)$/,
		(id) => recalls.has(id) && { ...recalls.get(id), moves: moves.recall(recalls.get(id), who) },
	],
	[/^\/recalls\/([^/]+)\/consequences$/, (id) => ofRecall(id, q.get('if'))],
	[
		/^\/payrolls$/,
		() =>
			page(
				[...runs.keys()]
					.filter((m) => m.startsWith(q.get('year') ?? ''))
					.sort()
					.map((m) => ({ month: m, state: runs.get(m).state, total_fen: payroll(m).total_fen })),
				q,
			),
	],
	[
		/^\/payrolls\/(\d{4}-\d{2})$/,
		(m) => {
			const p = payroll(m)
			if (!p) return undefined
			const lines = p.lines.filter(only[q.get('only')] ?? (() => true))
			return { ...p, lines: page(lines, q), moves: moves.payroll(runs.get(m), who) }
		},
	],
	[
		/^\/payrolls\/(\d{4}-\d{2})\/proof$/,
		(m) => {
			const p = payroll(m)
			if (runs.get(m)?.state !== 'closed') refuse(409, 'payroll.not_closed', '尚未关账')
			return {
				month: m,
				total_fen: p.total_fen,
				lines_fen: p.total_fen,
				ledger_fen: p.total_fen,
				persons_unequal: 0,
				months_unequal: 0,
				holds: true,
			}
		},
	],
	[/^\/alerts$/, () => page(alerts.filter(by(q, 'person_id', 'state')), q)],
	[/^\/tasks$/, () => page(q.get('mine') ? taskList(who) : tasks(), q)],
	[
		/^\/accounts$/,
		() =>
			page(
				[...accounts.values()].map((a) => ({ ...a })),
				q,
			),
	],
	[
		/^\/accounts\/([^/]+)$/,
		(id) =>
			accounts.has(id) && {
				...accounts.get(id),
				decisions: [{ at: '2018-01-05T09:00:00+08:00', account: 'org', step: 'put' }],
			},
	],
	[
		/^\/(?:findings|measures|recalls|persons|postings|vacancies|tasks)\/export$|^\/payrolls\/[^/]+\/export$/,
		() => ({ file: Buffer.from('id,name\r\n'), type: 'text/csv', name: 'export.csv' }),
	],
	[/^\/files\/([0-9a-f]{64})$/, () => ({ file: Buffer.from('GIF89a'), type: 'image/jpeg', name: 'x.jpg' })],
]
;(void NOW, monthOf, paid)

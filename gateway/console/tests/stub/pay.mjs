// pay.mjs - stipends and monthly runs, from the days and the measures in effect.
import { cancelledDays, inEffect, measuresOf, RATE } from './cases.mjs'
import { days, daysOf, letter, persons, postings, TODAY } from './world.mjs'

export const runs = new Map()
for (let m = 1; m <= 7; m++)
	runs.set(`2018-0${m}`, {
		month: `2018-0${m}`,
		state: 'closed',
		by: 'feng',
		decisions: [
			{ at: `2018-0${m + 1}-03T09:12:00+08:00`, account: 'feng', step: 'drafted' },
			{ at: `2018-0${m + 1}-04T15:40:00+08:00`, account: 'jiang', step: 'approved' },
			{ at: `2018-0${m + 1}-05T16:30:00+08:00`, account: 'feng', step: 'closed' },
		],
	})
runs.set('2018-08', {
	month: '2018-08',
	state: 'approved',
	by: 'feng',
	stale: [],
	decisions: [
		{ at: '2018-09-10T09:12:00+08:00', account: 'feng', step: 'drafted' },
		{ at: '2018-09-11T15:40:00+08:00', account: 'jiang', step: 'approved' },
	],
})

const effective = (p) => measuresOf(p).filter(inEffect)
const paidRoles = ['first_secretary', 'team_member']
export const paid = [
	...new Set([...postings.values()].filter((p) => paidRoles.includes(p.role)).map((p) => p.person_id)),
]

export function monthOf(p, month) {
	const on = daysOf(month).filter((x) => 'Pw'.includes(letter(p, x)))
	const off = cancelledDays(effective(p), p)
	const cut = on.filter((x) => off.has(x))
	return { month, days_present: on.length, accrued_fen: on.length * RATE, cancelled_fen: cut.length * RATE }
}
const closed = (month) => runs.get(month)?.state === 'closed'
const months = () => Array.from({ length: 9 }, (_, i) => `2018-0${i + 1}`)

// What was cancelled was first paid and then taken back in the run after the decision; here: two months later.
const backIn = (month) => `2018-0${Math.min(9, +month.slice(5) + 1)}`
export function stipend(p, year) {
	if (String(year) !== '2018' || !days.has(p))
		return { person_id: p, year: +year, months: [], cancelled_days: [], balance_fen: 0 }
	const rows = months()
		.map((m) => {
			const x = monthOf(p, m)
			const back = x.cancelled_fen && closed(m) && closed(backIn(m)) ? x.cancelled_fen : 0
			return {
				...x,
				paid_fen: closed(m) ? x.accrued_fen - (back ? x.cancelled_fen : 0) : 0,
				clawback_fen: back,
			}
		})
		.filter((x) => x.accrued_fen || x.paid_fen)
	const sum = (k) => rows.reduce((a, r) => a + r[k], 0)
	return {
		person_id: p,
		year: +year,
		months: rows,
		cancelled_days: effective(p)
			.filter((m) => m.kind === 'stipend_cancelled')
			.map((m) => [m.from, m.until]),
		balance_fen: sum('accrued_fen') - sum('cancelled_fen') - sum('paid_fen'),
		clause: 'C4.4',
		policy: 'dachuan-2017-96',
		readings: [
			{ id: 'A3', text: '按日取并集' },
			{ id: 'A4', text: '已发的以后扣回' },
		],
		steps: [
			{
				zh: `在村 ${sum('days_present')} 天 × 100.00 元（C4.4，2017-08-01 起）＝ ${sum('accrued_fen') / 100} 元`,
				en: `${sum('days_present')} days × 100.00`,
			},
			{
				zh: `取消 ${sum('cancelled_fen') / RATE} 天 ＝ ${sum('cancelled_fen') / 100} 元`,
				en: `${sum('cancelled_fen') / RATE} days cancelled`,
			},
			{ zh: `已关账月份净发 ${sum('paid_fen') / 100} 元`, en: `paid ${sum('paid_fen') / 100}` },
		],
	}
}

export function stipendDays(p, month) {
	const off = effective(p).filter((m) => m.kind === 'stipend_cancelled')
	const rows = daysOf(month)
		.map((on) => {
			const l = letter(p, on),
				m = off.find((x) => x.from <= on && on < x.until)
			const counts = 'Pw'.includes(l)
			return {
				on,
				status: {
					P: 'present',
					w: 'present_weak',
					d: 'official_duty',
					l: 'on_leave',
					r: 'rest_day',
					u: 'unknown',
					A: 'absent_confirmed',
					'.': 'unknown',
				}[l],
				fen: counts ? RATE : 0,
				...(counts && m ? { cancelled_by: m.id, clause: m.clause } : {}),
			}
		})
		.filter((x) => x.on <= TODAY)
	const x = monthOf(p, month)
	return {
		person_id: p,
		month,
		days: rows,
		run: runs.has(month)
			? { state: runs.get(month).state, ...(closed(month) ? { closed_on: backIn(month) + '-05' } : {}) }
			: undefined,
		entries: closed(month)
			? [
					{
						at: backIn(month) + '-05T16:30:00+08:00',
						account: 'person:' + p,
						fen: x.accrued_fen,
						valid_on: month + '-01',
					},
					...(x.cancelled_fen
						? [
								{
									at: '2018-07-05T16:30:00+08:00',
									account: 'person:' + p,
									fen: -x.cancelled_fen,
									valid_on: month + '-01',
									cause: off[0]?.id,
								},
							]
						: []),
				]
			: [],
		clause: 'C4.4',
		policy: 'dachuan-2017-96',
		readings: [],
		steps: [
			{
				zh: `在村 ${x.days_present} 天 × 100.00 元 − 取消 ${x.cancelled_fen / RATE} 天`,
				en: `${x.days_present} days × 100.00 − ${x.cancelled_fen / RATE} days`,
			},
		],
	}
}

export function payroll(month) {
	const r = runs.get(month)
	if (!r) return undefined
	const lines = paid
		.map((p, i) => {
			const x = monthOf(p, month)
			const due = x.accrued_fen - x.cancelled_fen
			// some corrections of earlier months, so that each kind of line is there
			const wish = i % 61 === 7 ? -150000 : i % 97 === 11 ? 140000 : i % 83 === 20 ? -250000 : 0
			const pay = Math.max(0, due + wish)
			const owed = due + wish < 0 ? -(due + wish) : 0
			return {
				person_id: p,
				due_fen: due,
				correction_fen: pay - due,
				pay_fen: pay,
				...(owed ? { owed_fen: owed } : {}),
				clause: x.cancelled_fen ? 'C3.2.1-1' : 'C4.4',
				policy: 'dachuan-2017-96',
				readings: [],
				steps: [
					{
						zh: `在村 ${x.days_present} 天 × 100.00 元${x.cancelled_fen ? `，取消 ${x.cancelled_fen / RATE} 天` : ''}`,
						en: `${x.days_present} days`,
					},
					...(wish
						? [
								{
									zh:
										wish < 0
											? `扣回以前月份 ${-wish / RATE} 天`
											: `补回以前月份 ${wish / RATE} 天`,
									en: 'correction',
								},
							]
						: []),
				],
			}
		})
		.sort((a, b) => (b.correction_fen !== 0) - (a.correction_fen !== 0))
	return {
		month,
		state: r.state,
		total_fen: lines.reduce((a, l) => a + l.pay_fen, 0),
		lines,
		stale: r.stale ?? [],
		owed_total_fen: lines.reduce((a, l) => a + (l.owed_fen ?? 0), 0),
		decisions: r.decisions,
	}
}
export const nameOf = (p) => persons.get(p)?.name

// 领导看板: five minutes for a leader, no scroll at 1366 × 768; every figure is a link.
import type { Overview } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { Line } from '../../charts/line'
import { Card } from '../../kit/card'
import { Page, Shown } from '../../kit/page'
import { to } from '../../router'
import { d, who } from '../../session'
import { dateWeek, dayOf, month, percent } from '../../words/format'
import { t, tt, word } from '../../words/words'
import { PeopleToday } from './people-today'
import { VacantPlaces } from './vacant-places'
import { YearCases } from './year-cases'

function Sentences({ of }: { of: Overview }) {
	const here = (of.people.present ?? 0) + (of.people.present_weak ?? 0)
	const n = (to: string, x: number) => (
		<a class="fig" href={to}>
			<b>{x}</b>
		</a>
	)
	const busy =
		(of.recalls?.proposed ?? 0) +
		(of.recalls?.reviewed ?? 0) +
		(of.recalls?.ordered ?? 0) +
		(of.recalls?.handed_over ?? 0)
	return (
		<Card title={t('in_words')}>
			<ul class="plain words">
				<li>
					{tt('say_people', {
						posted: n(to('attendance'), of.people.posted ?? 0),
						here: n(to('attendance') + '?status=present', here),
						unknown: n(to('attendance') + '?status=unknown', of.people.unknown ?? 0),
					})}
				</li>
				<li>
					{tt('say_vacant', {
						n: n(to('vacancies'), of.vacancies.open),
						late: n(to('vacancies'), of.vacancies.overdue),
					})}
				</li>
				<li>
					{tt('say_findings', {
						n: n(to('findings') + '?state=confirmed', of.findings?.confirmed ?? 0),
						wait: n(to('findings'), (of.findings?.noted ?? 0) + (of.findings?.heard ?? 0)),
					})}
				</li>
				<li>
					{tt('say_recalls', {
						n: n(to('recalls'), busy),
						late: n(to('recalls') + '?overdue=true', of.recalls?.overdue ?? 0),
					})}
				</li>
				{of.payroll && (
					<li>
						{tt('say_payroll', {
							month: (
								<a class="fig" href={to('payrolls', of.payroll.month)}>
									{month(of.payroll.month)}
								</a>
							),
							state: word('payroll', of.payroll.state),
						})}
					</li>
				)}
			</ul>
		</Card>
	)
}

function Weeks({ of }: { of: Overview }) {
	const end = of.weeks[of.weeks.length - 1]
	if (!end) return null
	const shares = of.weeks.map((w) => (w.posted_days ? w.present_days / w.posted_days : 0))
	return (
		<Card title={<span data-free="rule">{t('eight_weeks')}</span>} note={end.week}>
			<p>
				<a class="big fig" href={to('attendance')}>
					{percent(end.present_days, end.posted_days)}
				</a>
			</p>
			<Line
				shares={shares}
				label={of.weeks.map((w) => `${w.week} ${percent(w.present_days, w.posted_days)}`).join(t('comma'))}
			/>
			<details class="why link">
				<summary>{t('see_data')}</summary>
				<div class="sum">
					<table>
						<tbody>
							{of.weeks.map((w) => (
								<tr>
									<td>{w.week}</td>
									<td>
										{w.present_days} / {w.posted_days} = {percent(w.present_days, w.posted_days)}
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			</details>
		</Card>
	)
}

export function Board() {
	const on = dayOf(now())
	const read = useRead<Overview>(d(`/overview?on=${on}&names=1`))
	return (
		<Page title={t('board_title', { district: who.value?.district?.name ?? '' })} sub={dateWeek(on)}>
			<Shown of={read}>
				{(o) => (
					<div class="grid board">
						<PeopleToday of={o} />
						<Weeks of={o} />
						<Sentences of={o} />
						<YearCases of={o} />
						<VacantPlaces of={o} />
					</div>
				)}
			</Shown>
		</Page>
	)
}

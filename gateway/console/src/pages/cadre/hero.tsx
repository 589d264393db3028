// The first line answers the first question: how many days of this year I have been in my village, and why they count.
import type { Names, Year } from '../../api/contract'
import { now } from '../../api/client'
import { Card } from '../../kit/card'
import { Chip } from '../../kit/chip'
import { Why } from '../../kit/why'
import { wide } from '../../kit/wide'
import { fullVillage } from '../../parts/people'
import { inVillage, monthWith, YearHeat, YearKey } from '../../parts/year'
import { to } from '../../router'
import { dateWeek, dayOf } from '../../words/format'
import { t, tt } from '../../words/words'

interface Props {
	of: Year
	names?: Names
	villages: string[]
}

export function Hero({ of, names, villages }: Props) {
	const n = inVillage(of)
	const where = villages.map((v) => fullVillage(names, v)).join(t('comma')) || t('no_village_today')
	const link = (status: string) => to('days', monthWith(of, status)) + '?status=' + status
	const month = dayOf(now()).slice(0, 7)
	const inMonth = [...of.days.slice(dayIndex(month + '-01'), dayIndex(dayOf(now())) + 1)].filter(
		(x) => x === 'P' || x === 'w',
	).length
	return (
		<Card
			title={
				<>
					{where}
					<br />
					<span class="faint">
						{t('stationed')} · {dateWeek(dayOf(now()))}
					</span>
				</>
			}
			aside={of.provisional ? <Chip as="risk">{t('provisional')}</Chip> : undefined}>
			<div class="hero">
				<div>
					<p>{t('year_days')}</p>
					<p>
						<a class="big fig" href={to('days')}>
							{n}
						</a>
						<span>{t('days_unit')}</span>
					</p>
				</div>
				<div>
					<p class="soft">
						{tt('month_days', {
							n: (
								<a class="fig" href={to('days', month)}>
									<b>{inMonth}</b>
								</a>
							),
						})}
					</p>
					{!wide.value && <YearKey of={of} link={link} />}
				</div>
				<div class="wide">
					<Why of={of.steps?.length ? of : undefined} link more={<a href={to('days')}>{t('see_days')}</a>}>
						{of.steps?.length ? t('why_days', { n }) : ''}
					</Why>
				</div>
				{wide.value && (
					<div class="wide">
						<YearHeat of={of} link={link} />
					</div>
				)}
			</div>
		</Card>
	)
}

const dayIndex = (day: string) => Math.round((Date.parse(day) - Date.parse(day.slice(0, 4) + '-01-01')) / 86400_000)

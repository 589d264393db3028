// 日历: every day of mine, and why it counts or does not.  Year strip above; a month; a day opens below it.
import type { Year } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Chip } from '../../kit/chip'
import { Page, Shown } from '../../kit/page'
import { MonthCalendar } from '../../parts/month'
import { inVillage, monthWith, YearHeat } from '../../parts/year'
import { to } from '../../router'
import { d, who } from '../../session'
import { dayOf } from '../../words/format'
import { t } from '../../words/words'
import { Why } from '../../kit/why'

export function Days({ id }: { id: string }) {
	const today = dayOf(now())
	const month = /^\d{4}-\d{2}$/.test(id) ? id : today.slice(0, 7)
	const person = who.value?.person_id ?? ''
	const year = useRead<Year>(d(`/persons/${person}/attendance?year=${month.slice(0, 4)}&why=1`), true)
	return (
		<Page title={t('calendar_of', { y: month.slice(0, 4) })}>
			<div class="grid">
				<Shown of={year} rows={1}>
					{(y) => (
						<Card
							title={
								<>
									{t('in_village_n')}{' '}
									<a class="fig" href={to('days', monthWith(y, 'present'))}>
										{inVillage(y)}
									</a>{' '}
									{t('days_unit')}
								</>
							}
							aside={
								y.provisional ? (
									<Chip as="risk">{t('provisional_year', { y: y.year })}</Chip>
								) : undefined
							}>
							<div class="scroll">
								<YearHeat of={y} link={(s) => to('days', monthWith(y, s)) + '?status=' + s} />
							</div>
							{!!y.steps?.length && (
								<Why of={y} link>
									{t('why_days', { n: inVillage(y) })}
								</Why>
							)}
						</Card>
					)}
				</Shown>
				<MonthCalendar person={person} month={month} href={(m) => to('days', m)} />
			</div>
		</Page>
	)
}

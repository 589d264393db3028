// Who is where today, of everybody posted: on the day's page and on the board.
import type { ComponentChildren } from 'preact'
import type { Overview } from '../../api/contract'
import { Card } from '../../kit/card'
import { TodayBar } from '../../parts/today'
import { to } from '../../router'
import { t } from '../../words/words'

export function PeopleToday({ of, aside }: { of: Overview; aside?: ComponentChildren }) {
	return (
		<Card
			title={
				<>
					{t('due_today_people')}{' '}
					<a class="fig" href={to('attendance')}>
						{of.people.posted ?? 0}
					</a>{' '}
					{t('people_unit')}
				</>
			}
			aside={aside}>
			<TodayBar of={of.people} href={(s) => `${to('attendance')}?status=${s}`} />
			<p class="faint">{t('unknown_is_not_absent')}</p>
		</Card>
	)
}

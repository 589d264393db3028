// 今天: what needs somebody today.
import type { Overview } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { Icon } from '../../kit/icon'
import { Page, Shown } from '../../kit/page'
import { Export } from '../../parts/exports'
import { to } from '../../router'
import { d, has } from '../../session'
import { clock, dateWeek, dayOf } from '../../words/format'
import { t } from '../../words/words'
import { Deadlines } from './deadlines'
import { Exceptions } from './exceptions'
import { PeopleToday } from './people-today'
import { Tiles } from './tiles'
import { VacantPlaces } from './vacant-places'
import { YearCases } from './year-cases'

export function Today() {
	const on = dayOf(now())
	const read = useRead<Overview>(d(`/overview?on=${on}&names=1`))
	return (
		<Page
			title={t('nav_today')}
			sub={`${dateWeek(on)} · ${read.at.value ? t('as_of_live', { at: clock(new Date(read.at.value)) }) : t('syncing')}`}
			acts={
				<>
					<Export list="tasks" filter="state=open" />
					<a class="b sm" href={to('board')}>
						<Icon name="eye" />
						{t('nav_board')}
					</a>
				</>
			}>
			<Shown of={read}>
				{(o) => (
					<div class="grid">
						<Tiles of={o} />
						<div class="grid two">
							<div class="grid">
								<PeopleToday of={o} aside={<a href={to('attendance')}>{t('name_list')}</a>} />
								<Exceptions of={o} />
								<YearCases of={o} />
							</div>
							<div class="grid">
								{has('district_admin', 'auditor', 'reviewer') && <Deadlines />}
								<VacantPlaces of={o} />
							</div>
						</div>
					</div>
				)}
			</Shown>
		</Page>
	)
}

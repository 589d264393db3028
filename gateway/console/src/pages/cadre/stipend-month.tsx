// A month of my stipend.
import type { StipendDays } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Page, Shown } from '../../kit/page'
import { StipendDaysCards } from '../../parts/stipend-days'
import { to } from '../../router'
import { d, who } from '../../session'
import { month } from '../../words/format'
import { t } from '../../words/words'

export function StipendMonthPage({ id }: { id: string }) {
	const read = useRead<StipendDays>(d(`/persons/${who.value?.person_id}/stipend?month=${id}&why=1&names=1`), true)
	return (
		<Page title={t('stipend_in', { month: month(id) })} crumb={[[t('nav_stipend'), to('stipend')], [month(id)]]}>
			<Shown of={read}>
				{(s) => <StipendDaysCards of={s} dayHref={(day) => to('days', day.slice(0, 7)) + '?day=' + day} />}
			</Shown>
		</Page>
	)
}

// 补助: each yuan of the year.
import type { Stipend } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Icon } from '../../kit/icon'
import { Empty, Page, Shown } from '../../kit/page'
import { StipendTable } from '../../parts/stipend-table'
import { query, to } from '../../router'
import { d, who } from '../../session'
import { dayOf } from '../../words/format'
import { t } from '../../words/words'
import { StipendCard } from './stipend-card'

export function StipendPage() {
	const year = query.value.get('year') ?? dayOf(now()).slice(0, 4)
	const read = useRead<Stipend>(d(`/persons/${who.value?.person_id}/stipend?year=${year}&why=1&names=1`), true)
	const other = (by: number) => to('stipend') + '?year=' + (Number(year) + by)
	return (
		<Page
			title={t('stipend_of', { y: year })}
			acts={
				<>
					<a class="b sm" rel="prev" href={other(-1)}>
						{t('year', { y: Number(year) - 1 })}
					</a>
					<button class="b sm" type="button" onClick={() => print()}>
						<Icon name="print" />
						{t('print_statement')}
					</button>
				</>
			}>
			<Shown of={read}>
				{(s) => (
					<div class="grid two">
						<Card title={t('stipend_by_month')} flush>
							{s.months.length ? (
								<StipendTable of={s} href={(m) => to('stipend', m)} />
							) : (
								<Empty>{t('no_stipend')}</Empty>
							)}
						</Card>
						<div class="grid">
							<StipendCard of={s} />
						</div>
					</div>
				)}
			</Shown>
		</Page>
	)
}

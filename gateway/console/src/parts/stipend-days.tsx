// A month of stipend, day by day, and what the ledger says of it.
import type { StipendDays } from '../api/contract'
import { Card } from '../kit/card'
import { State } from '../kit/chip'
import { Empty } from '../kit/page'
import { Table } from '../kit/table'
import { Num, Why } from '../kit/why'
import { to } from '../router'
import { dateWeek, money, stamp } from '../words/format'
import { t } from '../words/words'

export function StipendDaysCards({ of, dayHref }: { of: StipendDays; dayHref: (day: string) => string }) {
	const paidFor = of.days.filter((x) => x.fen || x.cancelled_by)
	return (
		<div class="grid two">
			<Card title={t('by_day')} note={of.run ? <State of="payroll" is={of.run.state} /> : t('not_run')} flush>
				{paidFor.length ? (
					<Table
						caption={t('by_day')}
						rows={paidFor}
						id={(x) => x.on}
						columns={[
							{
								head: t('day_head'),
								as: 'k',
								label: false,
								cell: (x) => <a href={dayHref(x.on)}>{dateWeek(x.on)}</a>,
							},
							{ head: t('status_head'), cell: (x) => <State of="day" is={x.status} />, label: false },
							{
								head: t('cancelled'),
								cell: (x) =>
									x.cancelled_by && (
										<a href={to('measures', x.cancelled_by)}>{x.clause ?? t('case')}</a>
									),
								as: 'soft',
							},
							{
								head: t('yuan'),
								as: 'r v',
								label: false,
								cell: (x) => (
									<Num to={dayHref(x.on)} neg={!!x.cancelled_by}>
										{money(x.fen)}
									</Num>
								),
							},
						]}
					/>
				) : (
					<Empty>{t('no_paid_days')}</Empty>
				)}
			</Card>
			<div class="grid">
				<Card title={t('ledger')}>
					{of.entries.length ? (
						<ul class="list two">
							{of.entries.map((x) => (
								<li>
									<div>
										{stamp(x.at)}
										<div class="faint">
											{x.cause && <a href={to('measures', x.cause)}>{t('case')}</a>}{' '}
											{x.valid_on}
										</div>
									</div>
									<Num to={dayHref(x.valid_on)} neg={x.fen < 0}>
										{money(x.fen, true)}
									</Num>
								</li>
							))}
						</ul>
					) : (
						<Empty>{t('no_entries')}</Empty>
					)}
					{!!of.steps?.length && (
						<Why of={of} link>
							{t('how_reckoned')}
						</Why>
					)}
				</Card>
			</div>
		</div>
	)
}

// Twelve months of a person's stipend: days, accrued, cancelled, paid, taken back.  Each figure opens its month.
import type { Stipend, StipendMonth } from '../api/contract'
import { Table, type Column } from '../kit/table'
import { Num } from '../kit/why'
import { money, monthOnly } from '../words/format'
import { t } from '../words/words'

export function StipendTable({ of, href }: { of: Stipend; href: (month: string) => string }) {
	const fen = (
		head: string,
		value: (m: StipendMonth) => number,
		as = 'r half',
		neg = false,
	): Column<StipendMonth> => ({
		head,
		as,
		cell: (m) => (
			<Num to={href(m.month)} neg={neg && value(m) > 0}>
				{money(value(m))}
			</Num>
		),
	})
	return (
		<Table
			caption={t('stipend_by_month')}
			rows={of.months}
			id={(m) => m.month}
			columns={[
				{
					head: t('month_head'),
					as: 'k',
					label: false,
					cell: (m) => <a href={href(m.month)}>{monthOnly(m.month)}</a>,
				},
				{ head: t('days_head'), as: 'r half', cell: (m) => <Num to={href(m.month)}>{m.days_present}</Num> },
				fen(t('accrued'), (m) => m.accrued_fen),
				fen(t('cancelled'), (m) => m.cancelled_fen, 'r half', true),
				fen(t('clawed_back'), (m) => m.clawback_fen, 'r half', true),
				fen(t('paid_yuan'), (m) => m.paid_fen, 'r v'),
			]}
		/>
	)
}

// This year's stipend as a sum: accrued − cancelled − paid = what is still owed, either way.
import type { Stipend, StipendMonth } from '../../api/contract'
import { Card } from '../../kit/card'
import { Why } from '../../kit/why'
import { Sumup, type Term } from '../../parts/sumup'
import { to } from '../../router'
import { money } from '../../words/format'
import { t } from '../../words/words'

const sum = (ms: StipendMonth[], of: (m: StipendMonth) => number) => ms.reduce((a, m) => a + of(m), 0)
const which = (ms: StipendMonth[]) => ms.map((m) => +m.month.slice(5)).join(t('enum'))

// 1 2 3 7 → 1—3、7
export function runs(ns: number[]): string {
	const out: string[] = []
	for (let i = 0; i < ns.length; i++) {
		const from = ns[i]!
		while (ns[i + 1] === ns[i]! + 1) i++
		out.push(ns[i] === from ? `${from}` : `${from}—${ns[i]}`)
	}
	return out.join(t('enum'))
}

export function stipendTerms(of: Stipend, at: string): { terms: Term[]; equals: Term } {
	const days = sum(of.months, (m) => m.days_present)
	const off = of.months.filter((m) => m.cancelled_fen)
	const paid = of.months.filter((m) => m.paid_fen)
	const terms: Term[] = [
		{ what: t('accrued_days', { n: days }), fen: sum(of.months, (m) => m.accrued_fen), href: at },
		...(off.length
			? [
					{
						what: t('cancelled_months', { m: which(off) }),
						op: '−',
						fen: sum(off, (m) => m.cancelled_fen),
						neg: true,
						href: off.length === 1 ? to('stipend', off[0]!.month) : at,
					},
				]
			: []),
		{
			what: paid.length ? t('paid_months', { m: runs(paid.map((m) => +m.month.slice(5))) }) : t('paid_none'),
			op: '−',
			fen: sum(of.months, (m) => m.paid_fen),
			href: at,
		},
	]
	return {
		terms,
		equals: {
			what: t(of.balance_fen < 0 ? 'owes' : 'to_be_paid'),
			fen: Math.abs(of.balance_fen),
			neg: of.balance_fen < 0,
			href: at,
		},
	}
}

export function StipendCard({ of }: { of: Stipend }) {
	const { terms, equals } = stipendTerms(of, to('stipend'))
	return (
		<Card title={t('stipend_year')} aside={<a href={to('stipend')}>{t('by_month')}</a>}>
			<Sumup caption={t('stipend_year')} terms={terms} equals={equals} />
			{of.balance_fen < 0 && <p class="soft">{t('owes_why', { yuan: money(-of.balance_fen) })}</p>}
			{!!of.steps?.length && (
				<Why of={of} link>
					{t('how_reckoned')}
				</Why>
			)}
		</Card>
	)
}

// 对账: three sums that must be one, or the persons in whom they differ.
import type { List, Proof, Run } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Chip } from '../../kit/chip'
import { Filter } from '../../kit/filter'
import { Empty, Page, Shown } from '../../kit/page'
import { Sumup } from '../../parts/sumup'
import { now } from '../../api/client'
import { query, to } from '../../router'
import { d } from '../../session'
import { dayOf, month, monthOnly, monthPlus } from '../../words/format'
import { t } from '../../words/words'

export function Proofs() {
	const year = query.value.get('month')?.slice(0, 4) ?? monthPlus(dayOf(now()).slice(0, 7), -1).slice(0, 4)
	const runs = useRead<List<Run>>(d('/payrolls?year=' + year))
	const closed = (runs.data.value?.items ?? []).filter((r) => r.state === 'closed').reverse()
	const is = query.value.get('month') ?? closed[0]?.month
	const proof = useRead<Proof>(is && d(`/payrolls/${is}/proof`))
	return (
		<Page title={t('nav_proofs')} sub={t('proofs_sub')}>
			<Shown of={runs}>
				{() =>
					is ? (
						<div class="grid">
							<Filter
								name="month"
								label={t('month_head')}
								choices={closed.map((r) => ({ value: r.month, label: monthOnly(r.month) }))}
							/>
							<Shown of={proof}>
								{(p) => (
									<Card
										title={month(p.month)}
										aside={
											<Chip as={p.holds ? 'ok' : 'bad'}>
												{t(p.holds ? 'holds' : 'holds_not')}
											</Chip>
										}>
										<Sumup
											caption={t('nav_proofs')}
											terms={[
												{
													what: t('proof_ledger'),
													fen: p.ledger_fen,
													href: to('payrolls', p.month),
												},
												{
													what: t('proof_lines'),
													op: '=',
													fen: p.lines_fen,
													href: to('payrolls', p.month),
												},
											]}
											equals={{
												what: t('proof_total'),
												fen: p.total_fen,
												href: to('payrolls', p.month),
											}}
										/>
										<p class={p.persons_unequal ? 'neg' : 'faint'}>
											{p.persons_unequal ? (
												<a href={to('payrolls', p.month)}>
													{t('persons_differ', { n: p.persons_unequal })}
												</a>
											) : (
												t('nobody_differs')
											)}
										</p>
									</Card>
								)}
							</Shown>
						</div>
					) : (
						<div class="card">
							<Empty>{t('nothing_closed')}</Empty>
						</div>
					)
				}
			</Shown>
		</Page>
	)
}

// 月度发放: the year's runs; the next one is made from here.
import type { List, Run } from '../../api/contract'
import { mark, useRead } from '../../api/cache'
import { call, now } from '../../api/client'
import { Act } from '../../kit/button'
import { State } from '../../kit/chip'
import { Empty, Page, Shown } from '../../kit/page'
import { Table } from '../../kit/table'
import { Num } from '../../kit/why'
import { go, query, to } from '../../router'
import { d, has } from '../../session'
import { dayOf, money, month, monthPlus } from '../../words/format'
import { t } from '../../words/words'

export function Payrolls() {
	const thisMonth = dayOf(now()).slice(0, 7)
	const year = query.value.get('year') ?? monthPlus(thisMonth, -1).slice(0, 4)
	const read = useRead<List<Run>>(d('/payrolls?year=' + year))
	const rows = read.data.value?.items ?? []
	// the newest month that is over and has no run yet
	const next = [1, 2, 3]
		.map((n) => monthPlus(thisMonth, -n))
		.find((m) => m.startsWith(year) && !rows.some((r) => r.month === m))
	const draft = async () => {
		await call('POST', d('/payrolls'), { body: { month: next } })
		mark('/payrolls', '/tasks', '/overview')
		go(to('payrolls', next!))
	}
	return (
		<Page
			title={t('payrolls_of', { y: year })}
			acts={
				<>
					<a class="b sm" rel="prev" href={`${to('payrolls')}?year=${+year - 1}`}>
						{t('year', { y: +year - 1 })}
					</a>
					{next && read.data.value && has('finance') && (
						<Act small as="go" act={draft}>
							{t('draft_month', { month: month(next) })}
						</Act>
					)}
				</>
			}>
			<section class="card flush" aria-label={t('payrolls_of', { y: year })}>
				<Shown of={read}>
					{(l) =>
						l.items.length ? (
							<Table
								caption={t('payrolls_of', { y: year })}
								rows={l.items.slice().reverse()}
								id={(r) => r.month}
								columns={[
									{
										head: t('month_head'),
										as: 'k',
										label: false,
										cell: (r) => <a href={to('payrolls', r.month)}>{month(r.month)}</a>,
									},
									{
										head: t('state_head'),
										label: false,
										cell: (r) => <State of="payroll" is={r.state} />,
									},
									{
										head: t('pay_yuan'),
										as: 'r v',
										label: false,
										cell: (r) => <Num to={to('payrolls', r.month)}>{money(r.total_fen)}</Num>,
									},
								]}
							/>
						) : (
							<Empty>{t('no_runs')}</Empty>
						)
					}
				</Shown>
			</section>
		</Page>
	)
}

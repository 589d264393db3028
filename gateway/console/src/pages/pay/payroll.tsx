// One month's run: the steps with who and when, the lines with corrections first, the sum, what is checked before closing.
import { useState } from 'preact/hooks'
import type { Payroll } from '../../api/contract'
import { useRead } from '../../api/cache'
import { State } from '../../kit/chip'
import { Icon } from '../../kit/icon'
import { Page, Shown } from '../../kit/page'
import { accountName } from '../../kit/trail'
import { query, to } from '../../router'
import { d, who } from '../../session'
import { date, dayOf, month } from '../../words/format'
import { t } from '../../words/words'
import { Before } from './before'
import { useCorrections } from './corrections'
import { Flow } from './flow'
import { Lines } from './lines'
import { PrintRun, PrintTable, type Whole } from './print-table'
import { Total } from './total'

export function PayrollPage({ id }: { id: string }) {
	const only = query.value.get('only') ?? ''
	const cursor = query.value.get('cursor')
	const read = useRead<Payroll>(
		d(
			`/payrolls/${id}?names=1&count=1&why=1&limit=50${only ? '&only=' + only : ''}${cursor ? '&cursor=' + encodeURIComponent(cursor) : ''}`,
		),
	)
	const fixed = useCorrections(id)
	const [whole, setWhole] = useState<Whole>()
	const p = read.data.value
	const drafted = p?.decisions?.filter((x) => /^draft/.test(x.step)).pop()
	const closed = p?.state === 'closed'
	return (
		<>
			<div class="redhead plain-head">
				{t('redhead_payroll', { district: who.value?.district?.name ?? '', month: month(id) })}
			</div>
			<Page
				title={t('payroll_of', { month: month(id) })}
				crumb={[[t('nav_payrolls'), to('payrolls')], [month(id)]]}
				sub={
					drafted &&
					t('drafted_by', {
						who: drafted.account ? accountName(p?.names, drafted.account) : '',
						on: date(dayOf(drafted.at)),
					})
				}
				acts={
					p && (
						<>
							<State of="payroll" is={p.state} />
							<PrintRun month={id} onLines={setWhole} />
							{closed ? (
								<>
									<a class="b sm" download href={d(`/payrolls/${id}/export?format=csv`)}>
										<Icon name="down" />
										{t('export_bank')}
									</a>
									<a class="b sm" download href={d(`/payrolls/${id}/export?format=xlsx`)}>
										<Icon name="down" />
										XLSX
									</a>
								</>
							) : (
								<button class="b sm" type="button" disabled title={t('export_after')}>
									<Icon name="down" />
									{t('export_bank')}
								</button>
							)}
						</>
					)
				}>
				<Shown of={read}>
					{(x) => (
						<div class={'grid' + (whole ? ' printing' : '')}>
							<div class="grid noprint-run">
								<Flow of={x} />
								<div class="grid two">
									<Lines of={x} fixed={fixed} />
									<div class="grid">
										<Total of={x} fixed={fixed} />
										<Before of={x} />
									</div>
								</div>
							</div>
							{whole && <PrintTable of={whole} total={x.total_fen} />}
							<p class="print-foot">{t('print_signs')}</p>
						</div>
					)}
				</Shown>
			</Page>
		</>
	)
}

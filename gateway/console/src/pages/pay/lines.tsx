// The table of a run.  Every figure opens the person's month.
import type { Names, Payroll, PayLine } from '../../api/contract'
import { Card } from '../../kit/card'
import { Filter, Pager } from '../../kit/filter'
import { Empty } from '../../kit/page'
import { Table, type Column } from '../../kit/table'
import { Steps } from '../../kit/why'
import { can } from '../../api/until'
import { d } from '../../session'
import { personName, unitOf } from '../../parts/people'
import { query, to } from '../../router'
import { money } from '../../words/format'
import { t } from '../../words/words'
import { useCount, type Corrections } from './corrections'

function Reason({ l }: { l: PayLine }) {
	if (!l.steps?.length && !l.owed_fen) return <>—</>
	return (
		<details class="why link">
			<summary>
				{t(
					l.correction_fen < 0
						? 'taken_back'
						: l.correction_fen > 0
							? 'given_back'
							: l.pay_fen
								? 'how_reckoned'
								: 'why_nothing',
				)}
			</summary>
			<Steps of={l} more={l.owed_fen ? t('owed_later', { yuan: money(l.owed_fen) }) : undefined} />
		</details>
	)
}

function columns(month: string, names?: Names): Column<PayLine>[] {
	const at = (l: PayLine) => `${to('persons', l.person_id)}?tab=stipend&month=${month}`
	const fen = (l: PayLine, n: number, sign = false) => (
		<a class={'fig' + (sign && n ? (n < 0 ? ' neg' : ' pos') : '')} href={at(l)}>
			{sign && !n ? '—' : money(n, sign)}
		</a>
	)
	return [
		{
			head: t('person'),
			as: 'k',
			label: false,
			cell: (l) => (
				<>
					<a href={at(l)}>{personName(names, l.person_id)}</a>
					<br />
					<span class="faint">{unitOf(names, l.person_id)}</span>
				</>
			),
		},
		{ head: t('due_yuan'), as: 'r half', cell: (l) => fen(l, l.due_fen) },
		{ head: t('correction'), as: 'r half', cell: (l) => fen(l, l.correction_fen, true) },
		{ head: t('pay_yuan'), as: 'r v', label: false, cell: (l) => <b>{fen(l, l.pay_fen)}</b> },
		{ head: t('cause'), as: 'soft', label: false, cell: (l) => <Reason l={l} /> },
	]
}

export function Lines({ of, fixed }: { of: Payroll; fixed?: Corrections }) {
	const only = query.value.get('only') ?? ''
	const first = only || query.value.has('cursor') ? [] : (fixed?.lines ?? [])
	const rows = [...first, ...of.lines.items.filter((l) => !first.some((x) => x.person_id === l.person_id))]
	const choices: [string, Parameters<typeof t>[0]][] = [
		['', 'all'],
		['correction', 'only_correction'],
		['cancelled', 'only_cancelled'],
		['zero', 'only_zero'],
		['owed', 'only_owed'],
	]
	const filtered = can(d(`/payrolls/${of.month}?only=x`))
	const n: Record<string, number | undefined> = {
		correction: fixed?.lines.length,
		cancelled: useCount(of.month, 'cancelled'),
		zero: useCount(of.month, 'zero'),
		owed: useCount(of.month, 'owed'),
		[only]: of.lines.count,
	}
	const sum = (f: (l: PayLine) => number) => rows.reduce((a, l) => a + f(l), 0)
	const whole = !of.lines.next && !query.value.has('cursor')
	return (
		<Card title={t('pay_table')} aside={filtered ? <span class="faint">{t('corrections_first')}</span> : undefined} flush>
			<div class="bar">
				<Filter
					name="only"
					label={t('pay_table')}
					choices={(filtered ? choices : choices.slice(0, 1)).map(([value, k]) => ({ value, label: t(k), n: n[value] }))}
				/>
			</div>
			{rows.length ? (
				<Table
					caption={t('pay_table')}
					rows={rows}
					id={(l) => l.person_id}
					columns={columns(of.month, of.names)}
					foot={
						whole && (
							<tfoot>
								<tr>
									<td class="k" data-free="count">
										{t('sum_people', { n: rows.length })}
									</td>
									<td class="r half" data-l={t('due_yuan')} data-free="sum">
										{money(sum((l) => l.due_fen))}
									</td>
									<td class="r half" data-l={t('correction')} data-free="sum">
										{money(
											sum((l) => l.correction_fen),
											true,
										)}
									</td>
									<td class="r v" data-free="sum">
										{money(sum((l) => l.pay_fen))}
									</td>
									<td class="hide" />
								</tr>
							</tfoot>
						)
					}
				/>
			) : (
				<Empty>{t('no_lines')}</Empty>
			)}
			<Pager next={of.lines.next} shown={rows.length} count={of.lines.count} />
		</Card>
	)
}

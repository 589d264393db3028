// The whole run on paper, as an office signs it: every line, the heading on each page, the total, who answers for it.
import { useState } from 'preact/hooks'
import type { Names, Payroll, PayLine } from '../../api/contract'
import { read } from '../../api/until'
import { Act } from '../../kit/button'
import { Icon } from '../../kit/icon'
import { personName, unitOf } from '../../parts/people'
import { d } from '../../session'
import { money } from '../../words/format'
import { t } from '../../words/words'

export interface Whole {
	lines: PayLine[]
	names?: Names
}

// All pages of the run, then the printer.
export function PrintRun({ month, onLines }: { month: string; onLines: (w: Whole) => void }) {
	const [n, setN] = useState(0)
	const print_ = async () => {
		const lines: PayLine[] = []
		const names: Names = { persons: {}, units: {}, villages: {}, townships: {}, accounts: {} }
		let cursor: string | undefined
		do {
			const p = (
				await read<Payroll>(
					d(`/payrolls/${month}?names=1&limit=500${cursor ? '&cursor=' + encodeURIComponent(cursor) : ''}`),
				)
			).data
			lines.push(...p.lines.items)
			Object.assign(names.persons, p.names?.persons)
			Object.assign(names.units, p.names?.units)
			cursor = p.lines.next
			setN(lines.length)
		} while (cursor)
		onLines({ lines, names })
		await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
		print()
	}
	return (
		<Act small act={print_}>
			<Icon name="print" />
			{t('print')}
			{n ? ` ${n}` : ''}
		</Act>
	)
}

export function PrintTable({ of, total }: { of: Whole; total: number }) {
	const sum = (f: (l: PayLine) => number) => money(of.lines.reduce((a, l) => a + f(l), 0))
	return (
		<div class="print-only">
			<table class="pay-print">
				<thead>
					<tr>
						<th>{t('serial')}</th>
						<th>{t('name')}</th>
						<th>{t('unit')}</th>
						<th>{t('due_yuan')}</th>
						<th>{t('correction')}</th>
						<th>{t('pay_yuan')}</th>
						<th>{t('signed_for')}</th>
					</tr>
				</thead>
				<tbody>
					{of.lines.map((l, i) => (
						<tr>
							<td class="r">{i + 1}</td>
							<td>{personName(of.names, l.person_id)}</td>
							<td>{unitOf(of.names, l.person_id)}</td>
							<td class="r">{money(l.due_fen)}</td>
							<td class="r">{l.correction_fen ? money(l.correction_fen, true) : ''}</td>
							<td class="r">{money(l.pay_fen)}</td>
							<td />
						</tr>
					))}
					<tr>
						<td colSpan={3}>{t('sum_people', { n: of.lines.length })}</td>
						<td class="r">{sum((l) => l.due_fen)}</td>
						<td class="r">{sum((l) => l.correction_fen)}</td>
						<td class="r">{money(total)}</td>
						<td />
					</tr>
				</tbody>
			</table>
		</div>
	)
}

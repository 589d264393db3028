// 本月实发 as a sum.
import type { Payroll } from '../../api/contract'
import { Card } from '../../kit/card'
import { Why } from '../../kit/why'
import { query, to } from '../../router'
import { money, yuan } from '../../words/format'
import { t } from '../../words/words'

export function Total({ of }: { of: Payroll }) {
	const rows = of.lines.items
	const whole = !of.lines.next && !query.value.has('cursor') && !query.value.get('only')
	const due = rows.reduce((a, l) => a + l.due_fen, 0), corrected = rows.reduce((a, l) => a + l.correction_fen, 0)
	const up = rows.filter((l) => l.correction_fen > 0).length, down = rows.filter((l) => l.correction_fen < 0).length
	return (
		<Card title={t('paid_this_month')}>
			<p><a class="big fig" href={to('payrolls', of.month)}>{yuan(of.total_fen)}</a><span>{t('yuan_unit')}</span></p>
			{whole && (
				<div class="sum"><table><tbody>
					<tr><td>{t('sum_due')}</td><td>{money(due)}</td></tr>
					<tr><td>{t('sum_corrections', { up, down })}</td><td>{money(corrected, true)}</td></tr>
					<tr class="eq"><td>{t('sum_paid')}</td><td>{money(of.total_fen)}</td></tr>
				</tbody></table></div>
			)}
			{!!(of as { steps?: unknown[] }).steps?.length && <Why of={of as never} link>{t('how_reckoned')}</Why>}
		</Card>
	)
}

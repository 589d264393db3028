// 本月实发 as a sum.
import type { Payroll } from '../../api/contract'
import { Card } from '../../kit/card'
import { Why } from '../../kit/why'
import { to } from '../../router'
import { money, yuan } from '../../words/format'
import { t } from '../../words/words'
import type { Corrections } from './corrections'

export function Total({ of, fixed }: { of: Payroll; fixed?: Corrections }) {
	return (
		<Card title={t('paid_this_month')}>
			<p>
				<a class="big fig" href={to('payrolls', of.month)}>
					{yuan(of.total_fen)}
				</a>
				<span>{t('yuan_unit')}</span>
			</p>
			{fixed?.whole && (
				<div class="sum">
					<table>
						<tbody>
							<tr>
								<td>{t('sum_due')}</td>
								<td>{money(of.total_fen - fixed.fen)}</td>
							</tr>
							<tr>
								<td>{t('sum_corrections', { up: fixed.up, down: fixed.down })}</td>
								<td>{money(fixed.fen, true)}</td>
							</tr>
							<tr class="eq">
								<td>{t('sum_paid')}</td>
								<td>{money(of.total_fen)}</td>
							</tr>
						</tbody>
					</table>
				</div>
			)}
			{!!(of as { steps?: unknown[] }).steps?.length && (
				<Why of={of as never} link>
					{t('how_reckoned')}
				</Why>
			)}
		</Card>
	)
}

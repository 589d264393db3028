// 生成草稿 → 审批 → 关账 → 导出 → 对账, each with who and when.
import type { Payroll } from '../../api/contract'
import { accountName } from '../../kit/trail'
import { clock, date, dayOf } from '../../words/format'
import { t, type Key } from '../../words/words'

const STEPS: [Key, RegExp, string][] = [
	['flow_draft', /^draft/, 'draft'],
	['flow_approve', /^approve/, 'approved'],
	['flow_close', /^close/, 'closed'],
]
const DONE: Record<string, number> = { draft: 1, approved: 2, closed: 3 }

export function Flow({ of }: { of: Payroll }) {
	const done = DONE[of.state] ?? 0
	return (
		<section class="card" aria-label={t('steps_label')}>
			<ol class="flow">
				{STEPS.map(([label, step], i) => {
					const x = of.decisions?.filter((y) => step.test(y.step)).pop()
					return (
						<li class={i < done ? 'done' : i === done ? 'now' : ''}>
							<b>{t(label)}</b>
							{i < done && x
								? `${x.account ? accountName(of.names, x.account) : ''} ${date(dayOf(x.at))} ${clock(x.at)}`
								: i === done
									? t('now_this')
									: ''}
						</li>
					)
				})}
				<li class={done === 3 ? 'now' : ''}>
					<b>{t('flow_export')}</b>
					{t('flow_export_sub')}
				</li>
				<li>
					<b>{t('flow_proof')}</b>
					{t('flow_proof_sub')}
				</li>
			</ol>
		</section>
	)
}

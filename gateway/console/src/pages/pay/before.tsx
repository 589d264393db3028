// 关账前检查, and the button with its amount.
import type { List, Payroll, Proof, Task } from '../../api/contract'
import { mark, useRead } from '../../api/cache'
import { call, Problem } from '../../api/client'
import { Act } from '../../kit/button'
import { Card } from '../../kit/card'
import { Glyph, type GlyphName } from '../../kit/icon'
import { tell } from '../../kit/toast'
import { hindrance } from '../../parts/moves'
import { PersonLink } from '../../parts/people'
import { to } from '../../router'
import { d, has } from '../../session'
import { money, month, monthPlus, yuan } from '../../words/format'
import { said } from '../../words/said'
import { t } from '../../words/words'
import type { ComponentChildren } from 'preact'

const Check = ({
	as,
	glyph,
	children,
	aside,
}: {
	as: string
	glyph: GlyphName
	children: ComponentChildren
	aside?: ComponentChildren
}) => (
	<li>
		<span class={as}>
			<Glyph name={glyph} />
		</span>
		<div>{children}</div>
		{aside ?? <span />}
	</li>
)

function useOpenFindings(): number {
	const read = useRead<List<Task>>(
		has('reviewer', 'district_admin')
			? d('/findings?state=noted,heard&kind=unexcused_absence&count=1&limit=1')
			: undefined,
	)
	return read.data.value?.count ?? 0
}

const NEXT: Record<string, string> = { draft: 'approve', approved: 'close' }

function Acts({ of }: { of: Payroll }) {
	const step = NEXT[of.state]
	const move = of.moves?.find((m) => m.move === step)
	const done = () => mark('/payrolls', '/tasks', '/overview', '/stipend')
	const redraft = async () => {
		await call('POST', d('/payrolls'), { body: { month: of.month } })
		done()
		tell(t('drafted'))
	}
	const go = async () => {
		await call('POST', d(`/payrolls/${of.month}/${step}`), { body: {} })
		done()
		tell(t(step === 'close' ? 'closed_run' : 'approved_run'))
	}
	const trouble = (p: Problem) => {
		if (p.code === 'payroll.stale') mark('/payrolls')
		tell(said(p))
	}
	const off = of.stale?.length ? t('redraft_first') : move && hindrance(move)
	return (
		<div class="act">
			{step === 'close' && <p class="soft">{t('close_why', { month: month(of.month) })}</p>}
			<div class="row">
				<Act act={redraft}>{t('redraft')}</Act>
				{step && (
					<Act as="go" act={go} onProblem={trouble} off={off}>
						{step === 'close'
							? t('close_do', { yuan: yuan(of.total_fen) })
							: t('approve_do', { yuan: yuan(of.total_fen) })}
					</Act>
				)}
			</div>
		</div>
	)
}

export function Before({ of }: { of: Payroll }) {
	const before = monthPlus(of.month, -1)
	const proof = useRead<Proof>(
		has('finance', 'district_admin', 'auditor')
			? d(`/payrolls/${of.state === 'closed' ? of.month : before}/proof`)
			: undefined,
	)
	const waiting = useOpenFindings()
	const stale = of.stale ?? []
	const p = proof.data.value
	return (
		<Card title={t(of.state === 'closed' ? 'after_closing' : 'before_closing')}>
			<ul class="list">
				{stale.length ? (
					<Check as="neg" glyph="bad">
						<b data-free="count">{t('stale_run', { n: stale.length })}</b>
						<div>
							{stale.slice(0, 6).map((id) => (
								<PersonLink id={id} names={of.names} />
							))}
						</div>
					</Check>
				) : (
					of.state !== 'closed' && (
						<Check as="pos" glyph="ok">
							{t('facts_stand')}
						</Check>
					)
				)}
				{of.state !== 'draft' && (
					<Check as="pos" glyph="ok">
						{t('approver_other')}
					</Check>
				)}
				{p && (
					<Check
						as={p.holds ? 'pos' : 'neg'}
						glyph={p.holds ? 'ok' : 'bad'}
						aside={<a href={`${to('proofs')}?month=${p.month}`}>{t('proof')}</a>}>
						{t(p.holds ? 'proof_holds' : 'proof_fails', { month: month(p.month) })}
					</Check>
				)}
				{!!waiting && (
					<Check as="warn" glyph="risk" aside={<a href={to('findings')}>{t('look')}</a>}>
						<a class="plain-link" href={to('findings')}>
							{t('waiting_findings', { n: waiting })}
						</a>
					</Check>
				)}
				{!!of.owed_total_fen && (
					<Check
						as="warn"
						glyph="risk"
						aside={<a href={to('payrolls', of.month) + '?only=owed'}>{t('look')}</a>}>
						<a class="plain-link" href={to('payrolls', of.month) + '?only=owed'}>
							{t('owed_total', { yuan: money(of.owed_total_fen) })}
						</a>
					</Check>
				)}
			</ul>
			{has('finance') && of.state !== 'closed' && <Acts of={of} />}
		</Card>
	)
}

// The document itself, in the order of an office: 一、条款 二、事实 三、推算 四、金额 五、告知.
import type { Case, Fact, Names, Two } from '../../api/contract'
import { State } from '../../kit/chip'
import { Clause } from '../../kit/clause'
import { Sumup } from '../../parts/sumup'
import { personName } from '../../parts/people'
import { to } from '../../router'
import { has } from '../../session'
import { monthOnly } from '../../words/format'
import { t, two, word } from '../../words/words'

const ID = /(F\d{12}|m-[0-9a-z-]+|[A-Za-z0-9._-]{2,64})/

// Ids within a sentence that stand in `names` too are shown as names with links; findings and measures as links.
export function Linked({ text, names }: { text: Two; names?: Names }) {
	const open = has('district_admin', 'reviewer', 'auditor', 'inspector')
	return (
		<>
			{two(text)
				.split(ID)
				.map((part, i) => {
					if (!(i % 2)) return part
					if (names?.persons[part]) return <a href={to('persons', part)}>{personName(names, part)}</a>
					if (names?.units[part]) return names.units[part]
					if (/^F\d{12}$/.test(part)) return open ? <a href={to('findings', part)}>{part}</a> : part
					return /^m-/.test(part) ? <a href={to('measures', part)}>{part}</a> : part
				})}
		</>
	)
}

function FactRow({ f }: { f: Fact }) {
	const open = has('district_admin', 'reviewer', 'auditor', 'inspector')
	return (
		<>
			<dt>{word('finding_kind', f.kind)}</dt>
			<dd>
				<b>{f.on}</b> {f.source && word('source', f.source)}{' '}
				{open ? <a href={to('findings', f.finding_id)}>{f.finding_id}</a> : f.finding_id}
				{f.confirmed && <> · {t('confirmed_on', { on: f.confirmed })}</>} <State of="finding" is={f.state} />
			</dd>
			{!!f.evidence_sha256?.length && (
				<>
					<dt>{t('evidence')}</dt>
					<dd>
						{f.evidence_sha256.map((h) => (
							<span class="hash" title={h}>
								{h.slice(0, 8)}…{h.slice(-4)}{' '}
							</span>
						))}
					</dd>
				</>
			)}
		</>
	)
}

// What the measure moved of the person's own account, by month.
function Money({ of }: { of: Case }) {
	const mine = of.money.filter((x) => x.account.startsWith('person:'))
	const months = [...new Set(mine.map((x) => x.valid_on.slice(0, 7)))].sort()
	const rows = months.map((m) => ({ m, of: mine.filter((x) => x.valid_on.startsWith(m)) }))
	const href = (m: string) =>
		of.subject.person_id && !has('cadre')
			? `${to('persons', of.subject.person_id)}?tab=stipend&month=${m}`
			: to('stipend', m)
	if (!rows.length) return <p class="soft">{t('no_money')}</p>
	return (
		<Sumup
			caption={t('money_title')}
			terms={rows.map((r) => ({
				what: t('cancel_days', { month: monthOnly(r.m), n: r.of.length }),
				op: '',
				fen: r.of.reduce((a, x) => a + x.fen, 0),
				neg: true,
				href: href(r.m),
			}))}
			equals={{
				what: t('money_all'),
				fen: mine.reduce((a, x) => a + x.fen, 0),
				neg: true,
				href: href(months[0]!),
			}}
		/>
	)
}

export function SheetBody({ of }: { of: Case }) {
	return (
		<article class="card doc" aria-label={t('case_body')}>
			<h2>{t('sheet_1')}</h2>
			<blockquote data-free="text">{two(of.clause_text ?? of.reason)}</blockquote>
			<p class="faint">
				<Clause id={of.clause} /> · {t('policy_version', { v: of.policy })}
				{of.policy_from && `（${t('since_day', { on: of.policy_from })}）`}
			</p>
			{!!of.readings.length && (
				<p data-free="text">
					{t('readings')}
					{of.readings.map((r, i) => (
						<>
							{i > 0 && ' · '}
							<b>{r.id}</b> {two(r.text)}
						</>
					))}
				</p>
			)}
			<h2>{t('sheet_2')}</h2>
			<dl class="facts">
				{of.facts.map((f) => (
					<FactRow f={f} />
				))}
			</dl>
			<h2>{t('sheet_3')}</h2>
			<ol class="num">
				{of.steps.map((s) => (
					<li>
						<Linked text={s} names={of.names} />
					</li>
				))}
			</ol>
			<h2>{t('sheet_4')}</h2>
			<Money of={of} />
			<h2>{t('sheet_5')}</h2>
			{of.messages.length ? (
				<ul class="list two">
					{of.messages.map((m) => (
						<li>
							<div>
								<b>{personName(of.names, m.recipient)}</b> <span class="faint">{m.alert_id}</span>
							</div>
							<State of="alert" is={m.state} />
						</li>
					))}
				</ul>
			) : (
				<p class="soft">{t('told_nobody')}</p>
			)}
		</article>
	)
}

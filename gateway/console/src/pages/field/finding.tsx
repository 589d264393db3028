// 确认: this record on the left, what a decision would bring on the right, and under it the decision.
import type { Finding, List, Names, Posting } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Chip, State } from '../../kit/chip'
import { Page, Shown } from '../../kit/page'
import { Trail } from '../../kit/trail'
import { later } from '../../kit/lazy'
import { hindrance, MOVES_OF_FINDING, offered } from '../../parts/moves'
import { fullVillage, personName, unitName, unitOf } from '../../parts/people'
import { to } from '../../router'
import { d, has } from '../../session'
import { date, dayOf, month, stamp } from '../../words/format'
import { t, word } from '../../words/words'
import { accountName } from '../../kit/trail'
import { NewFinding } from './new-finding'

const Decide = later(() => import('../desk').then((m) => m.Decide))

function Record({ f, names }: { f: Finding; names?: Names }) {
	const day = f.person_id && (
		<a href={`${to('persons', f.person_id)}?tab=days&month=${f.on.slice(0, 7)}&day=${f.on}`}>
			{month(f.on.slice(0, 7))}
			{t('nav_days')}
		</a>
	)
	return (
		<Card title={t('this_record')} aside={<a href="#trail">{t('all_trail')}</a>}>
			<dl class="facts">
				<dt>{t('source_head')}</dt>
				<dd>
					{word('source', f.source) || t('not_shown')}
					{f.level && ` · ${word('level', f.level)}`} · {stamp(f.noted_at)}
				</dd>
				{f.bulletin && (
					<>
						<dt>{t('bulletin')}</dt>
						<dd data-free="text">{f.bulletin}</dd>
					</>
				)}
				{f.note && (
					<>
						<dt>{t('circumstances')}</dt>
						<dd data-free="text">{f.note}</dd>
					</>
				)}
				{f.noted_by && (
					<>
						<dt>{t('noted_by')}</dt>
						<dd>{accountName(names, f.noted_by)}</dd>
					</>
				)}
				<dt>{t('evidence')}</dt>
				<dd>
					{f.evidence?.length
						? f.evidence.map((e) => (
								<div>
									<a
										href={d(`/files/${e.sha256}?of=findings/${f.id}`)}
										target="_blank"
										rel="noopener">
										{e.name}
									</a>{' '}
									<span class="hash">
										{e.sha256.slice(0, 4)}…{e.sha256.slice(-4)}
									</span>
								</div>
							))
						: t('none')}
				</dd>
				{day && (
					<>
						<dt>{t('that_day')}</dt>
						<dd>{day}</dd>
					</>
				)}
				{f.confirmed && (
					<>
						<dt>{t('confirmed_head')}</dt>
						<dd>{f.confirmed}</dd>
					</>
				)}
			</dl>
		</Card>
	)
}

function Statements({ f, names }: { f: Finding; names?: Names }) {
	return (
		<Card
			title={t('statement')}
			aside={
				f.hearing_due ? (
					<span class="faint">{t('hearing_until', { on: date(f.hearing_due) })}</span>
				) : undefined
			}>
			{f.statements?.length ? (
				f.statements.map((s) => (
					<div>
						<p class="faint">
							{stamp(s.at)}{' '}
							{s.own ? personName(names, f.person_id) : s.account && accountName(names, s.account)}
						</p>
						<p data-free="text">“{s.statement}”</p>
					</div>
				))
			) : (
				<p class="soft">{t('no_statement')}</p>
			)}
		</Card>
	)
}

// Whether one may decide, said before one tries.
function Recusal({ f }: { f: Finding }) {
	const rows = offered(f.moves ?? [], MOVES_OF_FINDING)
	const stop = rows.map(hindrance).find(Boolean)
	return (
		<Card
			title={t('recusal')}
			aside={stop ? <Chip as="risk">{t('may_not')}</Chip> : <Chip as="ok">{t('may')}</Chip>}>
			<p class="soft">{stop ?? t('may_why')}</p>
		</Card>
	)
}

function Body({ f }: { f: Finding }) {
	const rows = offered(f.moves ?? [], MOVES_OF_FINDING)
	return (
		<div class="grid even">
			<div class="grid">
				<Record f={f} names={f.names} />
				<Statements f={f} names={f.names} />
				{!!rows.length && !rows[0]?.untold && has('reviewer') && <Recusal f={f} />}
				<Card title={t('trail')} id="trail">
					<Trail of={f.decisions} names={f.names} />
				</Card>
			</div>
			{has('reviewer', 'district_admin', 'auditor') ? (
				<Decide
					noun="findings"
					what={word('finding_kind', f.kind)}
					id={f.id}
					moves={f.moves ?? []}
					stale={['/findings', '/tasks', '/measures', '/overview']}
				/>
			) : (
				<Card title={t('what_follows')}>
					<p class="soft">{t('not_yours_to_see')}</p>
				</Card>
			)}
		</div>
	)
}

export function FindingPage({ id }: { id: string }) {
	const read = useRead<Finding>(id === 'new' ? undefined : d(`/findings/${encodeURIComponent(id)}?names=1`))
	if (id === 'new') return <NewFinding />
	const f = read.data.value
	const posts = useRead<List<Posting>>(
		f?.person_id && has('district_admin', 'reviewer', 'auditor', 'inspector')
			? d(`/postings?person_id=${f.person_id}&on=${f.on}&names=1`)
			: undefined,
	).data.value
	const where = posts?.items
		.map((p) => `${fullVillage(posts.names, p.village_id)}${word('post', p.role)}`)
		.join(t('enum'))
	const who = f && (f.person_id ? personName(f.names, f.person_id) : unitName(f.names, f.unit_id))
	const due = f?.hearing_due && ['noted', 'heard'].includes(f.state) ? f.hearing_due : ''
	const today = dayOf(now())
	return (
		<Page
			title={
				f ? t('finding_of', { what: word('finding_kind', f.kind), who: who ?? '', on: f.on }) : t('finding')
			}
			sub={
				f?.person_id &&
				[where, unitOf(f.names, f.person_id) && t('sent_by', { unit: unitOf(f.names, f.person_id) })]
					.filter(Boolean)
					.join(' · ')
			}
			crumb={[[t('findings_title'), to('findings')], [id]]}
			acts={
				f && (
					<>
						<State of="finding" is={f.state} />
						{due && (
							<span class={'due' + (due <= today ? ' late' : '')}>
								{due === today ? t('hearing_ends_today') : t('hearing_until', { on: date(due) })}
							</span>
						)}
					</>
				)
			}>
			<Shown of={read}>{(x) => <Body f={x} />}</Shown>
		</Page>
	)
}

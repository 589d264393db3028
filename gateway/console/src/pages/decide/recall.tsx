// One recall: where it stands, what the next step brings, and the step.
import { useState } from 'preact/hooks'
import type { List, Posting, Recall } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { State } from '../../kit/chip'
import { Field } from '../../kit/field'
import { Page, Shown } from '../../kit/page'
import { Trail } from '../../kit/trail'
import { Decide } from '../../parts/decide'
import { PersonLink, personName, unitName, UnitLink } from '../../parts/people'
import { to } from '../../router'
import { d, has } from '../../session'
import { date } from '../../words/format'
import { t, word } from '../../words/words'

const STEPS = ['proposed', 'reviewed', 'ordered', 'handed_over', 'replaced']

function Flow({ r }: { r: Recall }) {
	const at = STEPS.indexOf(r.state)
	return (
		<section class="card" aria-label={t('steps_label')}>
			<ol class="flow">
				{STEPS.map((s, i) => (
					<li class={i < at || r.state === 'replaced' ? 'done' : i === at ? 'now' : ''}>
						<b>{word('recall', s)}</b>
						{i === at && r.due ? (
							<span class={r.overdue ? 'neg' : ''}>
								{t(r.overdue ? 'due_was' : 'due_on', { on: date(r.due) })}
							</span>
						) : i < at ? (
							t('passed')
						) : (
							''
						)}
					</li>
				))}
			</ol>
		</section>
	)
}

// Who takes over: of those who are posted to the village in that role by now.
function Successor({ r, value, onPick }: { r: Recall; value: string; onPick: (v: string) => void }) {
	const old = useRead<Posting>(d('/postings/' + encodeURIComponent(r.posting_id)))
	const village = old.data.value?.village_id
	const read = useRead<List<Posting>>(village && d(`/postings?village_id=${village}&names=1&limit=100`))
	const rows = (read.data.value?.items ?? []).filter(
		(p) => p.role === old.data.value?.role && p.person_id !== r.person_id && !p.to,
	)
	if (!rows.length)
		return (
			<p class="note warn">
				<span>
					{t('no_successor')} {village && <a href={to('villages', village)}>{t('post_successor')}</a>}
				</span>
			</p>
		)
	return (
		<Field
			label={t('successor')}
			name="posting_id"
			value={value}
			onInput={onPick}
			options={[
				['', t('choose')],
				...rows.map((p): [string, string] => [
					p.id,
					`${personName(read.data.value?.names, p.person_id)} ${p.from}`,
				]),
			]}
		/>
	)
}

export function RecallPage({ id }: { id: string }) {
	const read = useRead<Recall>(d(`/recalls/${encodeURIComponent(id)}?names=1`))
	const [successor, setSuccessor] = useState('')
	const r = read.data.value
	const replaces = r?.state === 'handed_over'
	return (
		<Page
			title={r ? t('recall_of', { who: personName(r.names, r.person_id) }) : t('recall')}
			sub={r && unitName(r.names, r.unit_id)}
			crumb={[[t('nav_recalls'), to('recalls')], [r ? personName(r.names, r.person_id) : id]]}
			acts={r && <State of="recall" is={r.state} />}>
			<Shown of={read}>
				{(x) => (
					<div class="grid">
						<Flow r={x} />
						<div class="grid even">
							<div class="grid">
								<Card title={t('this_case')} aside={<a href={to('measures', x.id)}>{t('case')}</a>}>
									<dl class="facts">
										<dt>{t('person')}</dt>
										<dd>
											<PersonLink id={x.person_id} names={x.names} />
										</dd>
										<dt>{t('unit')}</dt>
										<dd>
											<UnitLink id={x.unit_id} names={x.names} />
										</dd>
										<dt>{t('facts')}</dt>
										<dd>
											{x.cause.map((f) => (
												<div>
													<a href={to('findings', f)}>{f}</a>
												</div>
											))}
										</dd>
										{x.ordered && (
											<>
												<dt>{t('ordered_on')}</dt>
												<dd>{x.ordered}</dd>
											</>
										)}
									</dl>
								</Card>
								<Card title={t('trail')}>
									<Trail of={x.decisions} names={x.names} />
								</Card>
							</div>
							{has('reviewer', 'district_admin', 'auditor') && x.moves && (
								<Decide
									noun="recalls"
									id={x.id}
									moves={x.moves}
									stale={[
										'/recalls',
										'/measures',
										'/tasks',
										'/overview',
										'/vacancies',
										'/postings',
									]}
									body={replaces && successor ? { posting_id: successor } : undefined}
									needs={replaces && !successor ? t('choose_successor') : undefined}>
									{replaces && <Successor r={x} value={successor} onPick={setSuccessor} />}
								</Decide>
							)}
						</div>
					</div>
				)}
			</Shown>
		</Page>
	)
}

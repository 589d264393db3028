// 召回: five columns, each a step; a card is a case, and moving it is a page of its own.
import type { List, Recall } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Empty, Page, Shown } from '../../kit/page'
import { Export } from '../../parts/exports'
import { personName, unitName } from '../../parts/people'
import { query, to } from '../../router'
import { d, has } from '../../session'
import { date } from '../../words/format'
import { t, word } from '../../words/words'

const STEPS = ['proposed', 'reviewed', 'ordered', 'handed_over', 'replaced']

function CaseCard({ r, l }: { r: Recall; l: List<Recall> }) {
	const nth = l.items.filter(
		(x) =>
			x.unit_id === r.unit_id && x.ordered && x.state !== 'cancelled' && (!r.ordered || x.ordered <= r.ordered),
	).length
	return (
		<li class="card" data-row={r.id}>
			<a href={to('recalls', r.id)}>
				<b>{personName(l.names, r.person_id)}</b>
			</a>
			<div class="faint">{unitName(l.names, r.unit_id)}</div>
			{r.due && (
				<div class={'due' + (r.overdue ? ' late' : '')}>
					{t(r.overdue ? 'due_was' : 'due_on', { on: date(r.due) })}
				</div>
			)}
			{r.ordered && nth > 1 && <div class="warn">{t('recall_nth', { n: nth })}</div>}
		</li>
	)
}

export function Recalls() {
	const q = new URLSearchParams({ names: '1', limit: '200' })
	for (const k of ['unit_id', 'person_id', 'overdue', 'state'])
		if (query.value.get(k)) q.set(k, query.value.get(k)!)
	const read = useRead<List<Recall>>(d('/recalls?' + q))
	return (
		<Page
			title={t('nav_recalls')}
			sub={t('recalls_sub')}
			acts={
				has('district_admin', 'reviewer', 'auditor') && (
					<Export list="recalls" filter={q.toString()} n={read.data.value?.items.length} />
				)
			}>
			<Shown of={read}>
				{(l) =>
					l.items.length ? (
						<div class="lanes">
							{STEPS.map((s) => {
								const rows = l.items.filter((r) => r.state === s)
								return (
									<section aria-label={word('recall', s)} class={rows.length ? '' : 'none'}>
										<h2>
											{word('recall', s)}{' '}
											<span class="faint" data-free="count">
												{rows.length}
											</span>
										</h2>
										<ul>
											{rows.map((r) => (
												<CaseCard key={r.id} r={r} l={l} />
											))}
										</ul>
									</section>
								)
							})}
						</div>
					) : (
						<div class="card">
							<Empty>{t('no_recalls')}</Empty>
						</div>
					)
				}
			</Shown>
			{!!read.data.value?.items.some((r) => r.state === 'cancelled') && (
				<p class="faint">{t('cancelled_not_shown')}</p>
			)}
		</Page>
	)
}

// 督查记录: what was noted, what waits first.
import type { Finding, List } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { State } from '../../kit/chip'
import { Filter, Pager } from '../../kit/filter'
import { Icon } from '../../kit/icon'
import { Empty, Page, Shown } from '../../kit/page'
import { Table } from '../../kit/table'
import { Export } from '../../parts/exports'
import { personName, unitName, unitOf } from '../../parts/people'
import { query, to } from '../../router'
import { d, has } from '../../session'
import { dayOf } from '../../words/format'
import { t, word } from '../../words/words'

const STATES = [
	['noted,heard', 'noted'],
	['confirmed', 'confirmed'],
	['dismissed', 'dismissed'],
	['annulled', 'annulled'],
	['all', ''],
] as const
const PASSED = ['kind', 'source', 'person_id', 'unit_id', 'from', 'until', 'noted_by', 'cursor']

export function findingsFilter(): string {
	const q = new URLSearchParams({ order: 'due', names: '1', count: '1', limit: '50' })
	const mine = query.value.has('noted_by')
	const state = query.value.get('state') ?? (mine ? 'all' : 'noted,heard')
	if (state !== 'all') q.set('state', state)
	for (const k of PASSED) if (query.value.get(k)) q.set(k, query.value.get(k)!)
	return q.toString()
}

const subject = (f: Finding, l: List<Finding>) =>
	f.person_id ? personName(l.names, f.person_id) : unitName(l.names, f.unit_id)

function Due({ f }: { f: Finding }) {
	const today = dayOf(now())
	if (!f.hearing_due || !['noted', 'heard'].includes(f.state)) return <>—</>
	return (
		<span class={'due' + (f.hearing_due <= today ? ' late' : '')}>
			{f.hearing_due === today ? t('today') : f.hearing_due}
		</span>
	)
}

export function Findings() {
	const filter = findingsFilter()
	const read = useRead<List<Finding>>(d('/findings?' + filter))
	const mine = query.value.get('noted_by') === 'me'
	const n = read.data.value?.count
	return (
		<Page
			title={t(mine ? 'nav_noted' : 'findings_title')}
			acts={
				<>
					<Export list="findings" filter={filter} n={n} />
					{has('inspector') && (
						<a class="b sm go" href={to('findings', 'new')}>
							<Icon name="add" />
							{t('nav_note')}
						</a>
					)}
				</>
			}>
			<section class="card flush" aria-label={t('findings_title')}>
				<div class="bar">
					<Filter
						name="state"
						label={t('by_state')}
						choices={(mine ? [STATES[4], ...STATES.slice(0, 4)] : STATES).map(([value, w]) => ({
							value,
							label: w ? word('finding', w) : t('all'),
							n:
								value === new URLSearchParams(filter).get('state') ||
								(value === 'all' && !/state=/.test(filter))
									? n
									: undefined,
						}))}
					/>
				</div>
				<Shown of={read}>
					{(l) =>
						l.items.length ? (
							<>
								<Table
									caption={t('findings_title')}
									rows={l.items}
									id={(f) => f.id}
									columns={[
										{
											head: t('subject'),
											as: 'k',
											label: false,
											cell: (f) => (
												<>
													<a href={to('findings', f.id)}>{subject(f, l)}</a>
													<br />
													<span class="faint">
														{f.person_id ? unitOf(l.names, f.person_id) : ''}
													</span>
												</>
											),
										},
										{ head: t('what'), cell: (f) => word('finding_kind', f.kind), label: false },
										{ head: t('date_head'), as: 'n', cell: (f) => f.on },
										{
											head: t('source_head'),
											as: 'soft',
											cell: (f) => (
												<>
													{word('source', f.source)}
													{f.level && ` · ${word('level', f.level)}`}
												</>
											),
										},
										{
											head: t('statement_head'),
											as: 'soft hide',
											cell: (f) =>
												f.statements?.length || f.state === 'heard' ? t('yes') : t('no'),
										},
										{ head: t('hearing_till'), cell: (f) => <Due f={f} />, as: 'hide' },
										{ head: t('number'), as: 'hash hide', cell: (f) => f.id },
										{
											head: t('state_head'),
											as: 'v r',
											label: false,
											cell: (f) => <State of="finding" is={f.state} />,
										},
									]}
								/>
								<Pager next={l.next} shown={l.items.length} count={l.count} />
							</>
						) : (
							<Empty>{t(mine ? 'none_noted' : 'no_findings')}</Empty>
						)
					}
				</Shown>
			</section>
		</Page>
	)
}

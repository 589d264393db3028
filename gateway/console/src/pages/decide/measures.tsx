// 措施: by state; a row opens beside the list with what a decision would bring.  Several of one kind at once.
import type { List, Measure, Task } from '../../api/contract'
import { useRead } from '../../api/cache'
import { State } from '../../kit/chip'
import { Sheet } from '../../kit/dialog'
import { Filter, Pager } from '../../kit/filter'
import { Empty, Page, Shown } from '../../kit/page'
import { Table } from '../../kit/table'
import { Export } from '../../parts/exports'
import { personName, unitName, unitOf } from '../../parts/people'
import { measureTitle } from '../../parts/standing'
import { query, set, to } from '../../router'
import { d, has } from '../../session'
import { t } from '../../words/words'
import { Bulk } from './bulk'
import { MeasurePanel } from './measure-panel'

const STATES: [string, Parameters<typeof t>[0]][] = [
	['proposed', 'tab_proposed'],
	['approved,in_force', 'tab_in_force'],
	['served', 'tab_served'],
	['lifted,rejected,revoked', 'tab_ended'],
]

export function Measures() {
	const state = query.value.get('state') ?? 'proposed'
	const q = new URLSearchParams({ state, names: '1', count: '1', limit: '50' })
	for (const k of ['kind', 'clause', 'person_id', 'unit_id', 'cursor'])
		if (query.value.get(k)) q.set(k, query.value.get(k)!)
	const read = useRead<List<Measure>>(d('/measures?' + q))
	const open = query.value.get('open') ?? ''
	const tasks = useRead<List<Task>>(has('reviewer') ? d('/tasks?mine=1&order=due&names=1&limit=200') : undefined)
	const mine = new Set((tasks.data.value?.items ?? []).filter((x) => x.kind === 'approve').map((x) => x.about))
	const who = (m: Measure, l: List<Measure>) =>
		m.subject.person_id ? personName(l.names, m.subject.person_id) : unitName(l.names, m.subject.unit_id)
	return (
		<Page
			title={t('measures_title')}
			acts={
				<>
					<Export list="measures" filter={q.toString()} n={read.data.value?.count} />
					<a class="b sm" href={to('recalls')}>
						{t('nav_recalls')}
					</a>
				</>
			}>
			<section class="card flush" aria-label={t('measures_title')}>
				<div class="bar">
					<Filter
						name="state"
						label={t('by_state')}
						choices={STATES.map(([value, k]) => ({
							value,
							label: t(k),
							n: value === state ? read.data.value?.count : undefined,
						}))}
					/>
				</div>
				<Shown of={read}>
					{(l) =>
						l.items.length ? (
							<>
								{state === 'proposed' && has('reviewer') && (
									<Bulk of={l.items.filter((m) => mine.has(m.id) && m.kind !== 'recall')} />
								)}
								<Table
									caption={t('measures_title')}
									rows={l.items}
									id={(m) => m.id}
									open={open}
									onOpen={(m) => set({ open: m.id })}
									columns={[
										{
											head: t('subject'),
											as: 'k',
											label: false,
											cell: (m) => (
												<>
													<a href={to('measures', m.id)}>{who(m, l)}</a>
													<br />
													<span class="faint">
														{m.subject.person_id
															? unitOf(l.names, m.subject.person_id)
															: ''}
													</span>
												</>
											),
										},
										{ head: t('measure'), cell: (m) => <b>{measureTitle(m)}</b>, label: false },
										{ head: t('clause_head'), as: 'soft n', cell: (m) => m.clause },
										{ head: t('from_head'), as: 'n hide', cell: (m) => m.from },
										{
											head: t('state_head'),
											as: 'v r',
											label: false,
											cell: (m) => <State of="measure" is={m.state} />,
										},
										{
											head: t('do_head'),
											as: 'r',
											label: false,
											cell: (m) => (
												<button
													class="b sm"
													type="button"
													onClick={() => set({ open: m.id })}>
													{t(
														m.kind === 'recall' && state === 'proposed' && has('reviewer')
															? 'go_recall'
															: mine.has(m.id)
																? 'go_approve'
																: 'look',
													)}
												</button>
											),
										},
									]}
								/>
								<Pager next={l.next} shown={l.items.length} count={l.count} />
							</>
						) : (
							<Empty>{t('no_measures')}</Empty>
						)
					}
				</Shown>
			</section>
			{open && (
				<Sheet side title={t('case')} onClose={() => set({ open: undefined })}>
					<MeasurePanel id={open} />
				</Sheet>
			)}
		</Page>
	)
}

// Who is where on a day: the list behind each number of 「今日应到」.
import type { List, Present } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { State } from '../../kit/chip'
import { Field } from '../../kit/field'
import { Filter, Pager } from '../../kit/filter'
import { Empty, Page, Shown } from '../../kit/page'
import { Table } from '../../kit/table'
import { fullVillage, PersonLink, UnitLink } from '../../parts/people'
import { query, set, to } from '../../router'
import { d } from '../../session'
import { dateWeek, dayOf } from '../../words/format'
import { t, word } from '../../words/words'

const STATUSES = ['present', 'present_weak', 'official_duty', 'on_leave', 'rest_day', 'unknown', 'absent_confirmed']

export function AttendancePage() {
	const on = query.value.get('on') ?? dayOf(now())
	const q = new URLSearchParams({ on, names: '1', count: '1', limit: '50' })
	for (const k of ['status', 'unit_id', 'village_id', 'township_id', 'cursor'])
		if (query.value.get(k)) q.set(k, query.value.get(k)!)
	const read = useRead<List<Present>>(d('/attendance?' + q))
	return (
		<Page title={t('who_is_where')} sub={dateWeek(on)}>
			<section class="card flush" aria-label={t('who_is_where')}>
				<div class="bar">
					<Filter
						name="status"
						label={t('by_state')}
						choices={[
							{ label: t('all'), value: '' },
							...STATUSES.map((s) => ({
								label: word('day', s),
								value: s,
								n: query.value.get('status') === s ? read.data.value?.count : undefined,
							})),
						]}
					/>
					<Field
						label={t('date_head')}
						name="on"
						type="date"
						value={on}
						max={dayOf(now())}
						onInput={(v) => set({ on: v || undefined, cursor: undefined })}
					/>
				</div>
				<Shown of={read}>
					{(l) =>
						l.items.length ? (
							<>
								<Table
									caption={t('who_is_where')}
									rows={l.items}
									id={(x) => x.person_id}
									columns={[
										{
											head: t('name'),
											as: 'k',
											label: false,
											cell: (x) => <PersonLink id={x.person_id} names={l.names} />,
										},
										{
											head: t('unit'),
											label: false,
											cell: (x) => <UnitLink id={x.unit_id} names={l.names} />,
										},
										{
											head: t('village'),
											label: false,
											cell: (x) =>
												x.village_ids.map((v) => (
													<a href={to('villages', v)}>{fullVillage(l.names, v)} </a>
												)),
										},
										{
											head: t('state_head'),
											as: 'r v',
											label: false,
											cell: (x) => <State of="day" is={x.status} />,
										},
									]}
								/>
								<Pager next={l.next} shown={l.items.length} count={l.count} />
							</>
						) : (
							<Empty>{t('nobody_so')}</Empty>
						)
					}
				</Shown>
			</section>
		</Page>
	)
}

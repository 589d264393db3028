// Messages of the district that did not arrive.
import type { Alert, List } from '../../api/contract'
import { useRead } from '../../api/cache'
import { State } from '../../kit/chip'
import { Pager } from '../../kit/filter'
import { Empty, Page, Shown } from '../../kit/page'
import { Table } from '../../kit/table'
import { PersonLink } from '../../parts/people'
import { query } from '../../router'
import { d } from '../../session'
import { stamp } from '../../words/format'
import { t, two } from '../../words/words'

export function AlertsPage() {
	const q = new URLSearchParams({ names: '1', limit: '50', state: query.value.get('state') ?? 'failed' })
	for (const k of ['person_id', 'cursor']) if (query.value.get(k)) q.set(k, query.value.get(k)!)
	const read = useRead<List<Alert>>(d('/alerts?' + q))
	return (
		<Page title={t('x_sms')}>
			<section class="card flush" aria-label={t('x_sms')}>
				<Shown of={read}>
					{(l) =>
						l.items.length ? (
							<>
								<Table
									caption={t('x_sms')}
									rows={l.items}
									id={(a) => a.id}
									columns={[
										{
											head: t('person'),
											as: 'k',
											label: false,
											cell: (a) =>
												a.person_id ? (
													<PersonLink id={a.person_id} names={l.names} />
												) : (
													a.phone
												),
										},
										{
											head: t('text'),
											label: false,
											cell: (a) => <span data-free="text">{two(a.text)}</span>,
										},
										{
											head: t('date_head'),
											as: 'soft n',
											label: false,
											cell: (a) => stamp(a.at),
										},
										{
											head: t('state_head'),
											as: 'v r',
											label: false,
											cell: (a) => <State of="alert" is={a.state} />,
										},
									]}
								/>
								<Pager next={l.next} shown={l.items.length} />
							</>
						) : (
							<Empty>{t('no_messages')}</Empty>
						)
					}
				</Shown>
			</section>
		</Page>
	)
}

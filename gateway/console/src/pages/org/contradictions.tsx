// Days on which what was found and what was recorded cannot both be.
import type { Contradiction, List } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Pager } from '../../kit/filter'
import { Empty, Page, Shown } from '../../kit/page'
import { Table } from '../../kit/table'
import { PersonLink } from '../../parts/people'
import { query, to } from '../../router'
import { d } from '../../session'
import { t } from '../../words/words'

export function ContradictionsPage() {
	const cursor = query.value.get('cursor')
	const read = useRead<List<Contradiction>>(
		d('/contradictions?names=1&count=1&limit=50' + (cursor ? '&cursor=' + encodeURIComponent(cursor) : '')),
	)
	return (
		<Page title={t('x_clash')}>
			<section class="card flush" aria-label={t('x_clash')}>
				<Shown of={read}>
					{(l) =>
						l.items.length ? (
							<>
								<Table
									caption={t('x_clash')}
									rows={l.items}
									id={(c) => c.person_id + c.on}
									columns={[
										{
											head: t('name'),
											as: 'k',
											label: false,
											cell: (c) => <PersonLink id={c.person_id} names={l.names} />,
										},
										{
											head: t('facts'),
											cell: (c) => (
												<a href={`${to('findings')}?state=all&person_id=${c.person_id}`}>
													{t('clash_of', { checkins: c.checkins, findings: c.findings })}
												</a>
											),
										},
										{
											head: t('date_head'),
											as: 'r v',
											label: false,
											cell: (c) => (
												<a
													href={`${to('persons', c.person_id)}?tab=days&month=${c.on.slice(0, 7)}&day=${c.on}`}>
													{c.on}
												</a>
											),
										},
									]}
								/>
								<Pager next={l.next} shown={l.items.length} count={l.count} />
							</>
						) : (
							<Empty>{t('no_clash')}</Empty>
						)
					}
				</Shown>
			</section>
		</Page>
	)
}

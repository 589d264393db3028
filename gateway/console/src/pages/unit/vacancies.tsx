// 空缺: all posts that are empty, of one's township or of the district.
import type { Vacancies } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Pager } from '../../kit/filter'
import { Empty, Page, Shown } from '../../kit/page'
import { Export } from '../../parts/exports'
import { VacancyRows } from '../../parts/vacancies'
import { query, to } from '../../router'
import { d, limited, who } from '../../session'
import { t, word } from '../../words/words'

export function VacanciesPage() {
	const q = new URLSearchParams({ state: 'open', names: '1', limit: '50' })
	const township = limited.value ? who.value?.township_ids[0] : query.value.get('township_id')
	if (township) q.set('township_id', township)
	for (const k of ['area_id', 'cursor']) if (query.value.get(k)) q.set(k, query.value.get(k)!)
	const read = useRead<Vacancies>(d('/vacancies?' + q))
	return (
		<Page
			title={t('nav_vacancies')}
			acts={<Export list="vacancies" filter={q.toString()} n={read.data.value?.count} />}>
			<Shown of={read}>
				{(v) => (
					<div class="grid two">
						<Card
							title={t('empty_posts')}
							note={<span data-free="count">{t('n_posts', { n: v.count })}</span>}>
							{v.items.length ? (
								<VacancyRows of={v} names={v.names} />
							) : (
								<Empty>{t('no_vacancies')}</Empty>
							)}
							<Pager next={v.next} shown={v.items.length} count={v.count} />
						</Card>
						<Card title={t('complete_villages')}>
							<ul class="list two">
								{(['poor', 'non_poor'] as const).map((k) => (
									<li>
										<div>{word('village_kind', k)}</div>
										<a
											class="fig"
											href={
												limited.value
													? to('people')
													: `${to('roster')}?tab=villages&kind=${k}`
											}>
											{v.villages[k].complete} / {v.villages[k].all}
										</a>
									</li>
								))}
							</ul>
							<p class="faint" data-free="rule">
								{t('five_two')}
							</p>
						</Card>
					</div>
				)}
			</Shown>
		</Page>
	)
}

// 缺位的村: one square a township, three rows of areas.
import type { District, List, Overview, Township } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Places } from '../../charts/places'
import { Card } from '../../kit/card'
import { to } from '../../router'
import { d } from '../../session'
import { t } from '../../words/words'

export function VacantPlaces({ of }: { of: Overview }) {
	const district = useRead<District>(d('')).data.value
	const townships = useRead<List<Township>>(d('/townships?limit=500')).data.value
	const open = new Map(of.vacancies.townships.map((x) => [x.id, x.open]))
	const rows = (district?.areas ?? []).map((a) => {
		const places = (townships?.items ?? [])
			.filter((x) => x.area_id === a.id)
			.map((x) => ({ id: x.id, name: x.name, n: open.get(x.id) ?? 0 }))
		return { ...a, places, n: places.reduce((s, p) => s + p.n, 0) }
	})
	return (
		<Card
			title={t('vacant_posts')}
			aside={<a href={to('vacancies')}>{t('n_posts', { n: of.vacancies.open })}</a>}>
			<div class="places">
				{rows.map((a) => (
					<>
						<b>{a.name}</b>
						<Places of={a.places} label={t('places_label', { area: a.name, n: a.n })} />
						<a href={`${to('vacancies')}?area_id=${a.id}`}>{t('n_posts', { n: a.n })}</a>
					</>
				))}
			</div>
			<p class="faint" data-free="rule">
				{t('places_why')}
			</p>
		</Card>
	)
}

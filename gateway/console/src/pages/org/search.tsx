// 查找: people, villages, units whose names or ids hold what was typed.
import type { List, Person, Unit, Village } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Empty, Page } from '../../kit/page'
import { unitName } from '../../parts/people'
import { query, to } from '../../router'
import { d } from '../../session'
import { t, word } from '../../words/words'

const MAX = 20

export function Search() {
	const q = query.value.get('q') ?? ''
	const ask = (list: string) => (q ? d(`/${list}?q=${encodeURIComponent(q)}&limit=${MAX}&names=1`) : undefined)
	const persons = useRead<List<Person>>(ask('persons')).data.value
	const villages = useRead<List<Village>>(ask('villages')).data.value
	const units = useRead<List<Unit>>(ask('units')).data.value
	const none =
		persons && villages && units && !persons.items.length && !villages.items.length && !units.items.length
	return (
		<Page title={t('found_for', { q })} plain={t('find')}>
			{none && (
				<div class="card">
					<Empty>{t('found_nothing')}</Empty>
				</div>
			)}
			<div class="grid half">
				{!!persons?.items.length && (
					<Card title={t('tab_persons')}>
						<ul class="list two">
							{persons.items.map((p) => (
								<li>
									<a href={to('persons', p.id)}>{p.name}</a>
									<span class="faint">{unitName(persons.names, p.unit_id)}</span>
								</li>
							))}
						</ul>
					</Card>
				)}
				{!!villages?.items.length && (
					<Card title={t('tab_villages')}>
						<ul class="list two">
							{villages.items.map((v) => (
								<li>
									<a href={to('villages', v.id)}>{v.name}</a>
									<span class="faint">
										{villages.names?.townships[v.township_id]} {word('village_kind', v.kind)}
									</span>
								</li>
							))}
						</ul>
					</Card>
				)}
				{!!units?.items.length && (
					<Card title={t('tab_units')}>
						<ul class="list two">
							{units.items.map((u) => (
								<li>
									<a href={to('units', u.id)}>{u.name}</a>
									<span />
								</li>
							))}
						</ul>
					</Card>
				)}
			</div>
		</Page>
	)
}

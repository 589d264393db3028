// 个人补助: find a person; the rest is the person's own page.
import type { List, Person } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Field } from '../../kit/field'
import { Empty, Page, Shown } from '../../kit/page'
import { unitName } from '../../parts/people'
import { query, set, to } from '../../router'
import { d } from '../../session'
import { t } from '../../words/words'

export function Stipends() {
	const q = query.value.get('q') ?? ''
	const read = useRead<List<Person>>(q ? d(`/persons?q=${encodeURIComponent(q)}&names=1&limit=20`) : undefined)
	return (
		<Page title={t('nav_stipends')} sub={t('stipends_sub')}>
			<section class="card" aria-label={t('nav_stipends')}>
				<Field
					label={t('find_short')}
					name="q"
					value={q}
					onInput={(v) => set({ q: v })}
					placeholder={t('name_or_number')}
				/>
				{q && (
					<Shown of={read} rows={1}>
						{(l) =>
							l.items.length ? (
								<ul class="list two">
									{l.items.map((p) => (
										<li data-row={p.id}>
											<a href={`${to('persons', p.id)}?tab=stipend`}>{p.name}</a>
											<span class="faint">{unitName(l.names, p.unit_id)}</span>
										</li>
									))}
								</ul>
							) : (
								<Empty>{t('found_nothing')}</Empty>
							)
						}
					</Shown>
				)}
			</section>
		</Page>
	)
}

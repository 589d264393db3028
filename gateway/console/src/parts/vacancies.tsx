// Posts that nobody holds: where, which, since when, by when.
import type { Names, Vacancies } from '../api/contract'
import { now } from '../api/client'
import { Glyph } from '../kit/icon'
import { has } from '../session'
import { to } from '../router'
import { between, date, dayOf } from '../words/format'
import { t, word } from '../words/words'
import { VillageLink } from './people'

export function VacancyRows({ of, names, max }: { of: Vacancies; names?: Names; max?: number }) {
	const today = dayOf(now())
	return (
		<ul class="list">
			{of.items.slice(0, max ?? of.items.length).map((v) => {
				const late = v.due && v.due < today
				return (
					<li data-row={v.id}>
						<span class={late ? 'neg' : 'warn'}>
							<Glyph name={late ? 'bad' : 'risk'} />
						</span>
						<div>
							<div class="t">
								<VillageLink id={v.village_id} names={names} />{' '}
								{t('lacks', { post: word('post', v.role) })}
							</div>
							<div class={late ? 'neg' : 'faint'} data-free="sum">
								{v.from
									? t('empty_since', { on: date(v.from), n: Math.max(0, between(v.from, today)) })
									: t('never_held')}
								{v.due && ` · ${t(late ? 'due_was' : 'due_on', { on: date(v.due) })}`}
							</div>
						</div>
						{has('district_admin') ? (
							<a class="b sm" href={`${to('villages', v.village_id)}?post=${v.role}`}>
								{t('appoint')}
							</a>
						) : v.recall_id ? (
							<a href={to('measures', v.recall_id)}>{t('case')}</a>
						) : (
							<span />
						)}
					</li>
				)
			})}
		</ul>
	)
}

// Postings as a timeline, newest first.
import type { Names, Posting } from '../api/contract'
import { now } from '../api/client'
import { Chip } from '../kit/chip'
import { Empty } from '../kit/page'
import { dayOf } from '../words/format'
import { t, word } from '../words/words'
import { PersonLink, VillageLink } from './people'

export function PostingList({ of, names, people }: { of: Posting[]; names?: Names; people?: boolean }) {
	const today = dayOf(now())
	if (!of.length) return <Empty>{t('no_postings')}</Empty>
	return (
		<ol class="trail">
			{of
				.slice()
				.sort((a, b) => (a.from < b.from ? 1 : -1))
				.map((p) => {
					const live = p.from <= today && (!p.to || p.to > today)
					return (
						<li class={live ? 'key-step' : ''} data-row={p.id}>
							<time>
								{p.from} — {p.to ?? t('until_now')}
							</time>
							<b>
								{people ? (
									<PersonLink id={p.person_id} names={names} />
								) : (
									<VillageLink id={p.village_id} names={names} />
								)}
							</b>{' '}
							{word('post', p.role)}
							{p.reason && p.reason !== 'appointed' && (
								<>
									{' '}
									<Chip as="go">{word('posting_reason', p.reason)}</Chip>
								</>
							)}
							{p.term_from && (
								<div class="faint">{t('term', { from: p.term_from, to: p.term_to ?? '' })}</div>
							)}
						</li>
					)
				})}
		</ol>
	)
}

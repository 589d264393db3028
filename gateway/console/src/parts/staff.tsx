// People by posting with how they are today; whoever needs a look first.
import type { List, Names, Posting, Present } from '../api/contract'
import { Card } from '../kit/card'
import { State } from '../kit/chip'
import { Empty } from '../kit/page'
import { Table } from '../kit/table'
import { to } from '../router'
import { look, t, word } from '../words/words'
import { fullVillage, personName } from './people'

interface Row {
	id: string
	person: string
	posts: Posting[]
	status?: string
}
const RANK: Record<string, number> = { bad: 0, risk: 1, care: 2, go: 3, '': 4, ok: 5 }

export function staff(postings: Posting[], today: Present[] | undefined): Row[] {
	const rows = new Map<string, Row>()
	for (const p of postings) {
		const r = rows.get(p.person_id) ?? { id: p.person_id, person: p.person_id, posts: [] }
		r.posts.push(p)
		r.status = today?.find((x) => x.person_id === p.person_id)?.status
		rows.set(p.person_id, r)
	}
	return [...rows.values()].sort(
		(a, b) => (RANK[look('day', a.status ?? '')] ?? 4) - (RANK[look('day', b.status ?? '')] ?? 4),
	)
}

export function StaffCard({
	postings,
	today,
	names,
	title,
	max,
	all,
}: {
	postings?: List<Posting>
	today?: List<Present>
	names?: Names
	title: string
	max?: number
	all?: string
}) {
	const rows = staff(postings?.items ?? [], today?.items)
	return (
		<Card
			title={title}
			note={
				<span data-free="count">
					{t('n_people', { n: rows.length })}
					{max ? t('attention_first') : ''}
				</span>
			}
			aside={all ? <a href={all}>{t('all')}</a> : undefined}
			flush>
			{rows.length ? (
				<Table
					caption={title}
					rows={max ? rows.slice(0, max) : rows}
					id={(r) => r.id}
					columns={[
						{
							head: t('name'),
							as: 'k',
							label: false,
							cell: (r) => <a href={to('persons', r.person)}>{personName(names, r.person)}</a>,
						},
						{
							head: t('post'),
							label: false,
							cell: (r) =>
								r.posts.map((p) => (
									<div>
										{fullVillage(names, p.village_id)} {word('post', p.role)}
									</div>
								)),
						},
						{ head: t('posted_since'), as: 'soft n hide', cell: (r) => r.posts[0]?.from },
						{
							head: t('today'),
							as: 'v r',
							label: false,
							cell: (r) => (r.status ? <State of="day" is={r.status} /> : '—'),
						},
					]}
				/>
			) : (
				<Empty>{t('no_people')}</Empty>
			)}
		</Card>
	)
}

// A village: who should be there by role, with the gaps; its history; and 新增任职.
import { useState } from 'preact/hooks'
import type { List, Person, Posting, Village, VillageHome } from '../../api/contract'
import { mark, useRead } from '../../api/cache'
import { call, now, uuid } from '../../api/client'
import { Act } from '../../kit/button'
import { Card } from '../../kit/card'
import { Chip, State } from '../../kit/chip'
import { Field } from '../../kit/field'
import { Page, Shown } from '../../kit/page'
import { tell } from '../../kit/toast'
import { PersonLink } from '../../parts/people'
import { PostingList } from '../../parts/postings'
import { query, set, to } from '../../router'
import { d, has } from '../../session'
import { dayOf } from '../../words/format'
import { t, word } from '../../words/words'

const ROLES: Record<string, string[]> = {
	poor: [
		'contact_leader',
		'first_secretary',
		'team_member',
		'agri_technician',
		'legal_adviser',
		'credit_officer',
		'paired_helper',
	],
	non_poor: ['first_secretary', 'agri_circuit', 'legal_circuit', 'paired_helper', 'credit_officer'],
}

function Force({ of, kind }: { of: VillageHome; kind: string }) {
	const today = dayOf(now())
	const posts = (of.postings?.items ?? []).filter((p) => p.from <= today && (!p.to || p.to > today))
	return (
		<ul class="list two">
			{(ROLES[kind] ?? []).map((r) => {
				const mine = posts.filter((p) => p.role === r)
				return (
					<li>
						<div>
							<b>{word('post', r)}</b>
							{mine.map((p) => {
								const s = of.today?.items.find((x) => x.person_id === p.person_id)?.status
								return (
									<div>
										<PersonLink id={p.person_id} names={of.names} />{' '}
										{s && <State of="day" is={s} />}
									</div>
								)
							})}
						</div>
						{!mine.length ? (
							<span class="row end">
								<Chip as="risk">{t('vacant')}</Chip>
								{has('district_admin') && (
									<button class="b sm" type="button" onClick={() => set({ post: r })}>
										{t('appoint')}
									</button>
								)}
							</span>
						) : (
							<span />
						)}
					</li>
				)
			})}
		</ul>
	)
}

function Appoint({ village, role }: { village: string; role: string }) {
	const [q, setQ] = useState('')
	const [who, setWho] = useState<Person>()
	const [from, setFrom] = useState(dayOf(now()))
	const [termTo, setTermTo] = useState('')
	const found = useRead<List<Person>>(q ? d(`/persons?q=${encodeURIComponent(q)}&limit=8&names=1`) : undefined).data
		.value
	const save = async () => {
		const body = {
			person_id: who?.id,
			village_id: village,
			role,
			from,
			...(termTo ? { term_from: from, term_to: termTo } : {}),
		}
		await call('PUT', d('/postings/p' + uuid().slice(0, 16)), { body })
		mark('/postings', '/vacancies', '/home', '/overview')
		tell(t('appointed', { name: who?.name ?? '' }))
		set({ post: undefined })
	}
	return (
		<Card title={t('appoint_to', { post: word('post', role) })}>
			<Field
				label={t('person')}
				name="person"
				value={who ? who.name : q}
				onInput={(v) => {
					setWho(undefined)
					setQ(v)
				}}
				placeholder={t('whom_hint')}
				autocomplete="off"
			/>
			{!who && !!found?.items.length && (
				<ul class="card pick">
					{found.items.map((p) => (
						<li>
							<button class="tool" type="button" onClick={() => setWho(p)}>
								{p.name} <span class="faint">{found.names?.units[p.unit_id]}</span>
							</button>
						</li>
					))}
				</ul>
			)}
			<Field label={t('from_head')} name="from" type="date" value={from} onInput={setFrom} />
			<Field label={t('term_to')} name="term_to" type="date" value={termTo} onInput={setTermTo} />
			<p class="row">
				<Act as="go" act={save} off={who ? false : t('choose_person')}>
					{t('appoint_do')}
				</Act>
				<button class="b" type="button" onClick={() => set({ post: undefined })}>
					{t('not_now')}
				</button>
			</p>
		</Card>
	)
}

export function VillagePage({ id }: { id: string }) {
	const read = useRead<VillageHome>(d(`/villages/${encodeURIComponent(id)}/home?names=1`))
	const plain = useRead<Village>(d(`/villages/${encodeURIComponent(id)}?names=1`))
	const history = useRead<List<Posting>>(d(`/postings?village_id=${encodeURIComponent(id)}&names=1&limit=200`))
	const v = plain.data.value
	const post = query.value.get('post')
	return (
		<Page
			title={v?.name ?? id}
			sub={
				v && (
					<>
						<a href={to('townships', v.township_id)}>
							{v.names?.townships[v.township_id] ?? v.township_id}
						</a>{' '}
						· {word('village_kind', v.kind)}
					</>
				)
			}
			crumb={[[t('nav_roster'), to('roster')], [v?.name ?? id]]}>
			<div class="grid two">
				<div class="grid">
					<Shown of={read}>
						{(h) => (
							<Card
								title={t('force')}
								note={<span data-free="rule">{v?.kind === 'poor' ? '5+2' : '3+2'}</span>}>
								<Force of={h} kind={v?.kind ?? 'poor'} />
							</Card>
						)}
					</Shown>
				</div>
				<div class="grid">
					{post && has('district_admin') && <Appoint village={id} role={post} />}
					<Shown of={history}>
						{(l) => (
							<Card title={t('history')}>
								<PostingList of={l.items} names={l.names} people />
							</Card>
						)}
					</Shown>
				</div>
			</div>
		</Page>
	)
}

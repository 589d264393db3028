// 人员与村: villages, units, persons, postings, vacancies as one set of lists; a new district gets a list of steps instead.
import type { List, Person, Posting, Unit, Village } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Chip } from '../../kit/chip'
import { Field } from '../../kit/field'
import { Filter, Pager } from '../../kit/filter'
import { Icon } from '../../kit/icon'
import { Empty, Page, Shown } from '../../kit/page'
import { Table, type Column } from '../../kit/table'
import { Export } from '../../parts/exports'
import { fullVillage, PersonLink, personName, UnitLink } from '../../parts/people'
import { query, set, to } from '../../router'
import { d, has } from '../../session'
import { t, word } from '../../words/words'
import { FirstSteps } from './first-steps'

type Tab = 'villages' | 'units' | 'persons' | 'postings'
const TABS: Tab[] = ['villages', 'units', 'persons', 'postings']
const PASSED: Record<Tab, string[]> = {
	villages: ['q', 'kind', 'lacking', 'township_id', 'area_id'],
	units: ['q', 'area_id'],
	persons: ['q', 'unit_id', 'role'],
	postings: ['person_id', 'village_id', 'unit_id', 'role', 'on'],
}
const LACKING = [
	'first_secretary',
	'team_member',
	'contact_leader',
	'agri_technician',
	'legal_adviser',
	'credit_officer',
]

function columns(tab: Tab, l: List<unknown>): Column<never>[] {
	const n = l.names
	const of: Record<Tab, Column<never>[]> = {
		villages: [
			{
				head: t('village'),
				as: 'k',
				label: false,
				cell: (v: Village) => <a href={to('villages', v.id)}>{v.name}</a>,
			},
			{
				head: t('township'),
				label: false,
				cell: (v: Village) => (
					<a href={to('townships', v.township_id)}>{n?.townships[v.township_id] ?? v.township_id}</a>
				),
			},
			{ head: t('number'), as: 'hash hide', cell: (v: Village) => v.id },
			{
				head: t('kind'),
				as: 'r v',
				label: false,
				cell: (v: Village) => <Chip as={v.kind === 'poor' ? 'go' : ''}>{word('village_kind', v.kind)}</Chip>,
			},
		] as Column<never>[],
		units: [
			{ head: t('unit'), as: 'k', label: false, cell: (u: Unit) => <a href={to('units', u.id)}>{u.name}</a> },
			{
				head: t('head'),
				label: false,
				cell: (u: Unit) =>
					u.head_person_id ? (
						<PersonLink id={u.head_person_id} names={n} />
					) : (
						<Chip as="risk">{t('no_head')}</Chip>
					),
			},
			{ head: t('number'), as: 'hash r v', label: false, cell: (u: Unit) => u.id },
		] as Column<never>[],
		persons: [
			{
				head: t('name'),
				as: 'k',
				label: false,
				cell: (p: Person) => <a href={to('persons', p.id)}>{p.name}</a>,
			},
			{ head: t('unit'), label: false, cell: (p: Person) => <UnitLink id={p.unit_id} names={n} /> },
			{
				head: t('phone'),
				as: 'n',
				label: false,
				cell: (p: Person) => <span data-free="phone">{p.phone}</span>,
			},
			{
				head: t('establishment'),
				as: 'soft r v',
				label: false,
				cell: (p: Person) => word('establishment', p.establishment),
			},
		] as Column<never>[],
		postings: [
			{
				head: t('name'),
				as: 'k',
				label: false,
				cell: (p: Posting) => <a href={to('persons', p.person_id)}>{personName(n, p.person_id)}</a>,
			},
			{
				head: t('village'),
				label: false,
				cell: (p: Posting) => <a href={to('villages', p.village_id)}>{fullVillage(n, p.village_id)}</a>,
			},
			{ head: t('post'), label: false, cell: (p: Posting) => word('post', p.role) },
			{ head: t('from_head'), as: 'n soft', cell: (p: Posting) => p.from },
			{ head: t('to_head'), as: 'n r v', label: false, cell: (p: Posting) => p.to ?? t('until_now') },
		] as Column<never>[],
	}
	return of[tab]
}

function Filters({ tab }: { tab: Tab }) {
	return (
		<div class="bar filters">
			{tab !== 'postings' && (
				<Field
					label={t('find_short')}
					name="q"
					value={query.value.get('q') ?? ''}
					onInput={(q) => set({ q, cursor: undefined })}
					placeholder={t('name_or_number')}
				/>
			)}
			{tab === 'villages' && (
				<Field
					label={t('kind')}
					name="kind"
					value={query.value.get('kind') ?? ''}
					onInput={(kind) => set({ kind, cursor: undefined })}
					options={[
						['', t('all')],
						['poor', word('village_kind', 'poor')],
						['non_poor', word('village_kind', 'non_poor')],
					]}
				/>
			)}
			{tab === 'villages' && (
				<Field
					label={t('lacking')}
					name="lacking"
					value={query.value.get('lacking') ?? ''}
					onInput={(lacking) => set({ lacking, cursor: undefined })}
					options={[['', t('any')], ...LACKING.map((r): [string, string] => [r, word('post', r)])]}
				/>
			)}
		</div>
	)
}

export function Roster() {
	const tab = (TABS.find((x) => x === query.value.get('tab')) ?? 'villages') as Tab
	const q = new URLSearchParams({ names: '1', count: '1', limit: '50' })
	for (const k of [...PASSED[tab], 'cursor']) if (query.value.get(k)) q.set(k, query.value.get(k)!)
	const read = useRead<List<{ id: string }>>(d(`/${tab}?${q}`))
	const bare = [...q.keys()].length === 3
	return (
		<Page
			title={t('nav_roster')}
			acts={
				<>
					{tab !== 'villages' && tab !== 'units' && (
						<Export list={tab} filter={q.toString()} n={read.data.value?.count} />
					)}
					<a class="b sm" href={to('accounts')}>
						{t('nav_accounts')}
					</a>
					{has('district_admin') && (
						<a class="b sm go" href={to('imports')}>
							<Icon name="up" />
							{t('nav_imports')}
						</a>
					)}
				</>
			}>
			<section class="card flush" aria-label={t('nav_roster')}>
				<div class="bar">
					<Filter
						name="tab"
						label={t('nav_roster')}
						choices={TABS.map((x) => ({
							value: x,
							label: t(`tab_${x}`),
							n: x === tab ? read.data.value?.count : undefined,
						}))}
					/>
					<a href={to('vacancies')}>{t('nav_vacancies')}</a>
				</div>
				<Filters tab={tab} />
				<Shown of={read}>
					{(l) =>
						l.items.length ? (
							<>
								<Table
									caption={t(`tab_${tab}`)}
									rows={l.items}
									id={(x) => x.id}
									columns={columns(tab, l) as Column<{ id: string }>[]}
								/>
								<Pager next={l.next} shown={l.items.length} count={l.count} />
							</>
						) : bare ? (
							<FirstSteps />
						) : (
							<Empty>{t('found_nothing')}</Empty>
						)
					}
				</Shown>
			</section>
		</Page>
	)
}

// The side list of a desktop, the tabs of a phone: the same entries, always with their words.
import { computed } from '@preact/signals'
import type { List, Task } from '../api/contract'
import { useRead } from '../api/cache'
import { Icon } from '../kit/icon'
import { parts, query, to } from '../router'
import { d, role, who } from '../session'
import { t } from '../words/words'
import { isOffered } from '../api/offered'
import { entriesOf, NAV, UNDER, type Entry } from './nav'

// The home of the highest role first.
const entries = computed(() => {
	const roles = who.value?.roles ?? []
	const first = role.value ? NAV[role.value] : []
	const all = [...first, ...entriesOf(roles)]
	const seen = new Set<string>()
	return all
		.filter((e) => isOffered(e.to) && !seen.has(e.to) && seen.add(e.to))
		.sort((a, b) => Number(a.to === 'me') - Number(b.to === 'me'))
})

function isHere(e: Entry): boolean {
	const [page, search] = e.to.split('?')
	const here = parts.value.join('/')
	if (search) return here === page && [...new URLSearchParams(search)].every(([k, v]) => query.value.get(k) === v)
	if (here === page) return !entries.value.some((x) => x.to.startsWith(page + '?') && isHere(x))
	const top = parts.value[0] ?? ''
	if (page === top) return !entries.value.some((x) => x.to === here)
	return UNDER[top] === page && !entries.value.some((x) => x.to === top)
}

function useCounts(): (e: Entry) => number {
	const open = useRead<List<Task>>(
		who.value && role.value !== 'cadre' && isOffered('tasks') ? d('/tasks?mine=1&order=due&names=1&limit=200') : undefined,
	)
	return (e) => {
		const items = open.data.value?.items ?? []
		return e.counts ? items.filter((x) => e.counts?.[0] === '*' || e.counts?.includes(x.kind)).length : 0
	}
}

const Dot = ({ n }: { n: number }) =>
	n ? (
		<span class="dot">
			{n}
			<span class="vh"> {t('tasks_open')}</span>
		</span>
	) : null

export function Side() {
	const n = useCounts()
	return (
		<nav class="side" aria-label={t('main_menu')}>
			{entries.value.map((e) => (
				<a href={to(e.to)} aria-current={isHere(e) ? 'page' : undefined}>
					<Icon name={e.icon} />
					<span>{t(e.label)}</span>
					<Dot n={n(e)} />
				</a>
			))}
		</nav>
	)
}

const TABS = 5

export function Tabs() {
	const n = useCounts()
	const all = entries.value.filter((e) => !e.wide || entries.value.length > TABS + 1)
	const fits = all.length <= TABS
	const shown = fits ? all : [...all.slice(0, TABS - 1)]
	const rest = fits ? [] : all.slice(TABS - 1)
	return (
		<nav class="tabs" aria-label={t('bottom_menu')}>
			{shown.map((e) => (
				<a href={to(e.to)} aria-current={isHere(e) ? 'page' : undefined}>
					<Icon name={e.icon} />
					<span>{t(e.short ?? e.label)}</span>
					<Dot n={n(e)} />
				</a>
			))}
			{!!rest.length && (
				<a
					href={to('more')}
					aria-current={parts.value[0] === 'more' || rest.some(isHere) ? 'page' : undefined}>
					<Icon name="more" />
					<span>{t('nav_more')}</span>
					<Dot n={rest.reduce((sum, e) => sum + n(e), 0)} />
				</a>
			)}
		</nav>
	)
}

// What the tabs have no room for, as a page of its own on a phone.
export function More() {
	return (
		<>
			<div class="head">
				<div>
					<h1 tabIndex={-1}>{t('nav_more')}</h1>
				</div>
			</div>
			<ul class="card list">
				{entries.value.slice(TABS - 1).map((e) => (
					<li>
						<Icon name={e.icon} />
						<a href={to(e.to)}>{t(e.label)}</a>
						<span />
					</li>
				))}
			</ul>
		</>
	)
}

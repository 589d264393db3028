// The only reader of location.  Page, filters, order, open panel: the URL is the state, and Back brings the same scroll.
import { computed, signal } from '@preact/signals'

const read = () => ({ path: location.pathname, search: location.search })
const here = signal(read())

export const path = computed(() => here.value.path)
export const query = computed(() => new URLSearchParams(here.value.search))
export const district = computed(() => /^\/(\d{6})(\/|$)/.exec(path.value)?.[1] ?? '')
// The parts below the district: /511703/measures/m-1 → ['measures', 'm-1']
export const parts = computed(() =>
	path.value
		.replace(/^\/\d{6}\/?/, '')
		.split('/')
		.filter(Boolean)
		.map(decodeURIComponent),
)

const scrolls = new Map<string, number>()
let key = history.state?.key ?? 'first'
const fresh = () => Math.random().toString(36).slice(2)

function arrive(y: number) {
	here.value = read()
	// the page draws itself first; what it still has to ask for holds its place by its skeleton
	requestAnimationFrame(() => requestAnimationFrame(() => scrollTo(0, y)))
}

export function go(to: string, replace = false) {
	const was = here.value.path
	scrolls.set(key, scrollY)
	if (!replace) key = fresh()
	history[replace ? 'replaceState' : 'pushState']({ key }, '', to)
	const moved = location.pathname !== was
	arrive(moved ? 0 : scrollY)
	if (moved) setTimeout(() => document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }), 60)
}

// Changes parameters of this page; an empty one goes.
export function set(change: Record<string, string | undefined>, replace = true) {
	const q = new URLSearchParams(location.search)
	for (const [k, v] of Object.entries(change)) v ? q.set(k, v) : q.delete(k)
	const text = q.toString()
	go(location.pathname + (text ? '?' + text : ''), replace)
}

export const to = (...p: (string | number)[]) =>
	'/' + [district.value, ...p].map((x, i) => (i ? String(x) : x)).join('/')

addEventListener('popstate', () => {
	scrolls.set(key, scrollY)
	key = history.state?.key ?? 'first'
	arrive(scrolls.get(key) ?? 0)
})

addEventListener('click', (e) => {
	if (e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
	const a = (e.target as Element | null)?.closest?.('a')
	if (!a || a.target || a.hasAttribute('download') || a.origin !== location.origin) return
	if (a.pathname.startsWith('/api/') || (a.hash && a.pathname === location.pathname)) return
	e.preventDefault()
	go(a.pathname + a.search + a.hash)
})
history.scrollRestoration = 'manual'

// What the server does not answer yet, put together from what it does answer.  Each row goes unused by itself once its call is
// served (fit.ts); what neither is served nor stands here is `not_yet`, and its page is not offered (offered.ts).
import type { Day, List, MonthDays, Move, Named, Names, Posting } from './contract'
import { call, now, Problem, type Answer, type Ask } from './client'
import { fit } from './fit'
import { has } from './who'

export const NOT_YET = 'not_yet'
const notYet = () => new Problem(0, NOT_YET, '')
const DRESS = /^(names|why|count|order|limit|cursor)$/
const below = (path: string) => /^\/api\/v1\/districts\/\w+(?=[/?]|$)/.exec(path)?.[0] ?? ''

type Get = <T>(rest: string) => Promise<T>
interface Row {
	form: RegExp
	by: string[] // the parameters without which it is another question
	more?: string[] // those it may have besides
	make: (get: Get, of: string, q: URLSearchParams) => Promise<unknown>
}

function join(all: (Named | undefined)[]): Names {
	const names: Names = { persons: {}, units: {}, villages: {}, townships: {}, accounts: {} }
	for (const noun of Object.keys(names) as (keyof Names)[])
		Object.assign(names[noun], ...all.map((x) => x?.names?.[noun]))
	return names
}

// What the caller may read of several answers, each under its name; one that he may not, or that is not there, is absent.
async function together(get: Get, of: Record<string, string>): Promise<Record<string, unknown>> {
	const parts = await Promise.all(
		Object.entries(of).map(async ([name, rest]): Promise<[string, Named][]> => {
			try {
				return [[name, await get<Named>(rest + (rest.includes('?') ? '&' : '?') + 'names=1')]]
			} catch (e) {
				if (e instanceof Problem && (e.code === NOT_YET || e.status === 403 || e.status === 404)) return []
				throw e
			}
		}),
	)
	if (!parts.flat().length) throw notYet()
	return { ...Object.fromEntries(parts.flat()), names: join(parts.flat().map(([, x]) => x)) }
}

const today = () => new Date(now().getTime() + 8 * 3600_000).toISOString().slice(0, 10)
const monthsOf = (year: string) =>
	Array.from({ length: 12 }, (_, i) => `${year}-${String(i + 1).padStart(2, '0')}`).filter(
		(m) => m <= today().slice(0, 7),
	)

const LETTER: Record<string, string> = {
	present: 'P',
	present_weak: 'w',
	official_duty: 'd',
	on_leave: 'l',
	rest_day: 'r',
	unknown: 'u',
	absent_confirmed: 'A',
}

// A year of days from its months; days without a posting are nothing.
async function yearOf(get: Get, person: string, year: string) {
	const [posts, ...months] = await Promise.all([
		get<List<Posting>>(`/postings?person_id=${person}&limit=500`),
		...monthsOf(year).map((m) => get<MonthDays>(`/persons/${person}/attendance?month=${m}`)),
	])
	const posted = (on: string) => posts.items.some((p) => p.from <= on && (!p.to || on < p.to))
	const counts: Record<string, number> = {}
	const letter = (x: Day | undefined) => {
		if (!x || x.on > today() || !posted(x.on)) return '.'
		counts[x.status] = (counts[x.status] ?? 0) + 1
		return LETTER[x.status] ?? '.'
	}
	const by = new Map(months.flatMap((m) => m.days).map((x) => [x.on, x]))
	let days = ''
	for (let t = Date.UTC(+year, 0, 1); t < Date.UTC(+year + 1, 0, 1); t += 86400_000)
		days += letter(by.get(new Date(t).toISOString().slice(0, 10)))
	return { person_id: person, year: +year, days, counts, provisional: months.some((m) => m.provisional) }
}

// Several states of a list that takes one at a time: one after the other, as if they were one list.  The cursor says in which.
const LIMIT = 50
async function inStates(get: Get, list: string, q: URLSearchParams): Promise<List<unknown>> {
	const states = (q.get('state') ?? '').split(',')
	const limit = Number(q.get('limit')) || LIMIT
	const one = (state: string, more: Record<string, string>) => {
		const of = new URLSearchParams(q)
		of.delete('cursor')
		for (const [k, v] of Object.entries({ ...more, state })) of.set(k, v)
		return get<List<unknown>>(`/${list}?${of}`)
	}
	let [at, cursor = ''] = (q.get('cursor') ?? '0.').split(/\.(.*)/)
	let i = Number(at)
	const pages: List<unknown>[] = []
	const items: unknown[] = []
	for (; i < states.length && items.length < limit; i += cursor ? 0 : 1) {
		const left = String(limit - items.length)
		const page = await one(states[i]!, { limit: left, ...(cursor ? { cursor } : {}) })
		pages.push(page)
		items.push(...page.items)
		cursor = page.next ?? ''
	}
	const all = q.has('count') ? await Promise.all(states.map((s) => one(s, { limit: '1' }))) : []
	return {
		items,
		names: join(pages),
		...(i < states.length ? { next: `${i}.${cursor}` } : {}),
		...(all.length ? { count: all.reduce((n, l) => n + (l.count ?? 0), 0) } : {}),
	}
}

const ROWS: Row[] = [
	{
		form: /^\/persons\/([^/]+)\/home$/,
		by: [],
		make: (get, id) => {
			const year = today().slice(0, 4)
			return together(get, {
				attendance: `/persons/${id}/attendance?year=${year}`,
				tasks: '/tasks?mine=1&order=due',
				stipend: `/persons/${id}/stipend?year=${year}`,
				standing: `/persons/${id}/standing`,
			})
		},
	},
	{
		form: /^\/units\/([^/]+)\/home$/,
		by: [],
		make: (get, id) =>
			together(get, {
				postings: `/postings?unit_id=${id}&on=${today()}&limit=500`,
				today: `/attendance?on=${today()}&unit_id=${id}&limit=500`,
				standing: `/units/${id}/standing`,
				tasks: '/tasks?mine=1&order=due',
			}),
	},
	{
		form: /^\/townships\/([^/]+)\/home$/,
		by: [],
		make: (get, id) =>
			together(get, {
				postings: `/postings?township_id=${id}&on=${today()}&limit=500`,
				today: `/attendance?on=${today()}&township_id=${id}&limit=500`,
				vacancies: `/vacancies?township_id=${id}&state=open`,
			}),
	},
	{
		form: /^\/villages\/([^/]+)\/home$/,
		by: [],
		make: (get, id) =>
			together(get, {
				village: `/villages/${id}`,
				postings: `/postings?village_id=${id}&on=${today()}&limit=500`,
				today: `/attendance?on=${today()}&village_id=${id}&limit=500`,
				vacancies: `/vacancies?village_id=${id}&state=open`,
			}),
	},
	{
		form: /^\/persons\/([^/]+)\/attendance$/,
		by: ['year'],
		make: (get, id, q) => yearOf(get, id, q.get('year') ?? ''),
	},
	{
		form: /^\/(findings|measures)$/,
		by: ['state'],
		more: ['kind', 'source', 'clause', 'person_id', 'unit_id', 'from', 'until', 'noted_by'],
		make: inStates,
	},
]

function rowOf(path: string): { row: Row; of: string; q: URLSearchParams } | undefined {
	const [at = '', search = ''] = path.slice(below(path).length).split('?')
	const q = new URLSearchParams(search)
	for (const row of ROWS) {
		const m = row.form.exec(at)
		if (!m || !row.by.every((k) => q.has(k))) continue
		if ([...q.keys()].every((k) => row.by.includes(k) || row.more?.includes(k) || DRESS.test(k)))
			return { row, of: m[1] ?? '', q }
	}
	return undefined
}

// Whether a question has an answer.
export const can = (path: string) => fit(path) !== undefined || !!rowOf(path)

// ---- moves: what a state allows; who may not is told so when he tries

const MOVES: [RegExp, string, Record<string, string[]>][] = [
	[
		/^\/findings\/[^/]+$/,
		'reviewer',
		{ noted: ['confirm', 'dismiss'], heard: ['confirm', 'dismiss'], confirmed: ['annul'] },
	],
	[
		/^\/measures\/[^/]+$/,
		'reviewer',
		{ proposed: ['approve', 'reject'], approved: ['serve', 'lift'], in_force: ['serve', 'lift'] },
	],
	[
		/^\/recalls\/[^/]+$/,
		'reviewer',
		{
			proposed: ['review', 'cancel'],
			reviewed: ['order', 'cancel'],
			ordered: ['hand_over', 'cancel'],
			handed_over: ['replace'],
		},
	],
	[/^\/payrolls\/\d{4}-\d{2}$/, 'finance', { draft: ['approve'], approved: ['close'] }],
]

function movesOf(path: string, state: string): Move[] | undefined {
	const at = path.slice(below(path).length).split('?')[0] ?? ''
	const row = MOVES.find(([form]) => form.test(at))
	if (!row) return undefined
	return has(row[1] as 'reviewer') ? (row[2][state] ?? []).map((move) => ({ move, allowed: true, untold: true as const })) : []
}

// ---- reading

type Thing = { moves?: Move[]; state?: string } | undefined

export async function read<T>(path: string, ask: Ask = {}): Promise<Answer<T>> {
	const put = fit(path)
	const instead = put === undefined ? rowOf(path) : undefined
	if (put === undefined && !instead) throw notYet()
	const get: Get = async <X>(rest: string) => (await read<X>(below(path) + rest, { quiet: ask.quiet })).data
	const a = instead
		? { data: (await instead.row.make(get, instead.of, instead.q)) as T, status: 200, etag: '', date: now().getTime() }
		: await call<T>('GET', put!, ask)
	const it = a.data as Thing
	if (it?.state && !it.moves) it.moves = movesOf(path, it.state)
	return a
}

// What the server does not answer yet, put together from what it does answer.  Each row goes unused by itself once its call is
// served (fit.ts); what neither is served nor stands here is `not_yet`, and its page is not offered (shell/nav.ts).
import type { Day, List, MonthDays, Move, Names, Posting, Present, Recall, Run } from './contract'
import { call, now, Problem, type Answer, type Ask } from './client'
import { dressed, fit } from './fit'
import { allOf, namesIn, register, type Register, type Thing } from './registers'
import { has } from './who'

export const NOT_YET = 'not_yet'
const notYet = () => new Problem(0, NOT_YET, '')
const DRESS = /^(names|why|count|order|limit)$/
const below = (path: string) => /^\/api\/v1\/districts\/\w+(?=[/?]|$)/.exec(path)?.[0] ?? ''

type Get = <T>(rest: string) => Promise<T>
interface Row {
	form: RegExp
	by: string[] // the parameters without which it is another question
	more?: string[] // those it may have besides
	make: (get: Get, id: string, q: URLSearchParams) => Promise<unknown>
}

// What the caller may read of several answers, each under its name; one that he may not, or that is not there, is absent.
async function together(get: Get, of: Record<string, string>): Promise<Record<string, unknown>> {
	const parts = await Promise.all(
		Object.entries(of).map(async ([name, rest]) => {
			try {
				return [[name, await get(rest)]]
			} catch (e) {
				if (e instanceof Problem && (e.code === NOT_YET || e.status === 403 || e.status === 404)) return []
				throw e
			}
		}),
	)
	if (!parts.flat().length) throw notYet()
	return Object.fromEntries(parts.flat())
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
		allOf<Posting>(get, '/postings?person_id=' + person),
		...monthsOf(year).map((m) => get<MonthDays>(`/persons/${person}/attendance?month=${m}`)),
	])
	const posted = (on: string) => posts.some((p) => p.from <= on && (!p.to || on < p.to))
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

const flat = async <T>(of: Promise<T[]>[]): Promise<T[]> => (await Promise.all(of)).flat()

async function postingsOf(get: Get, q: URLSearchParams): Promise<List<Posting>> {
	const on = '&on=' + (q.get('on') ?? today())
	const unit = q.get('unit_id')
	const things = unit
		? await allOf<Thing>(get, '/persons?unit_id=' + unit)
		: await allOf<Thing>(get, '/villages?township_id=' + q.get('township_id'))
	const by = unit ? 'person_id' : 'village_id'
	return { items: await flat(things.map((x) => allOf<Posting>(get, `/postings?${by}=${x.id}${on}`))) }
}

// Who is posted on a day, and how the day stands: each person's month is asked for.
async function presentOn(get: Get, q: URLSearchParams): Promise<List<Present>> {
	const on = q.get('on') ?? today()
	const village = q.get('village_id')
	const posts = village
		? await get<List<Posting>>(`/postings?village_id=${village}&on=${on}`)
		: await postingsOf(get, q)
	const people = [...new Set(posts.items.map((p) => p.person_id))].sort()
	const statusOf = async (person: string): Promise<Present> => {
		const m = await get<MonthDays>(`/persons/${person}/attendance?month=${on.slice(0, 7)}`)
		return {
			person_id: person,
			unit_id: q.get('unit_id') ?? '',
			village_ids: posts.items.filter((p) => p.person_id === person).map((p) => p.village_id),
			status: m.days.find((x) => x.on === on)?.status ?? 'unknown',
		}
	}
	return { items: await Promise.all(people.map(statusOf)) }
}

async function found(get: Get, of: Register, q: URLSearchParams): Promise<List<Thing>> {
	const text = q.get('q') ?? ''
	const rest = [...q].filter(([k]) => k !== 'q' && k !== 'cursor' && !DRESS.test(k))
	const items = [...(await register(get, of)).values()].filter(
		(x) =>
			(x.name.includes(text) || x.id.startsWith(text)) &&
			rest.every(([k, v]) => (x as unknown as Record<string, string>)[k] === v),
	)
	return { items: items.slice(0, Number(q.get('limit')) || 50) }
}

async function runsOf(get: Get, year: string): Promise<List<Run>> {
	const runs = await Promise.all(
		monthsOf(year).map((m) =>
			get<Run>(`/payrolls/${m}?limit=1`).catch((e) => {
				if (e instanceof Problem && e.status === 404) return undefined
				throw e
			}),
		),
	)
	return { items: runs.flatMap((r) => (r ? [{ month: r.month, state: r.state, total_fen: r.total_fen }] : [])) }
}

async function recallOf(get: Get, id: string): Promise<Recall> {
	const one = (await allOf<Recall>(get, '/recalls')).find((r) => r.id === id)
	if (!one) throw new Problem(404, 'recall.unknown', '')
	return one
}

// Several states of a list that takes one at a time; more than a page of one is more than this can put in order.
async function inStates(get: Get, q: URLSearchParams): Promise<List<unknown>> {
	const each = (q.get('state') ?? '').split(',').map((state) => {
		const one = new URLSearchParams([...q].filter(([k]) => !/^(names|why|count|order)$/.test(k)))
		one.set('state', state)
		one.set('limit', '500')
		return get<List<unknown>>('/findings?' + one)
	})
	const all = await Promise.all(each)
	if (all.some((l) => l.next)) throw notYet()
	return { items: all.flatMap((l) => l.items) }
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
				postings: `/postings?unit_id=${id}&on=${today()}`,
				today: `/attendance?on=${today()}&unit_id=${id}`,
				standing: `/units/${id}/standing`,
				tasks: '/tasks?mine=1&order=due',
			}),
	},
	{
		form: /^\/townships\/([^/]+)\/home$/,
		by: [],
		make: (get, id) =>
			together(get, {
				postings: `/postings?township_id=${id}&on=${today()}`,
				today: `/attendance?on=${today()}&township_id=${id}`,
				vacancies: `/vacancies?township_id=${id}&state=open`,
			}),
	},
	{
		form: /^\/villages\/([^/]+)\/home$/,
		by: [],
		make: (get, id) =>
			together(get, {
				village: `/villages/${id}`,
				postings: `/postings?village_id=${id}&on=${today()}`,
				today: `/attendance?on=${today()}&village_id=${id}`,
				vacancies: `/vacancies?village_id=${id}&state=open`,
			}),
	},
	{
		form: /^\/persons\/([^/]+)\/attendance$/,
		by: ['year'],
		make: (get, id, q) => yearOf(get, id, q.get('year') ?? ''),
	},
	{ form: /^\/postings$/, by: ['unit_id'], more: ['on'], make: (get, _, q) => postingsOf(get, q) },
	{ form: /^\/postings$/, by: ['township_id'], more: ['on'], make: (get, _, q) => postingsOf(get, q) },
	...['unit_id', 'township_id', 'village_id'].map((by) => ({
		form: /^\/attendance$/,
		by: ['on', by],
		make: (get: Get, _: string, q: URLSearchParams) => presentOn(get, q),
	})),
	...(['persons', 'units', 'villages'] as const).map((of) => ({
		form: new RegExp(`^/${of}$`),
		by: ['q'],
		more: ['unit_id', 'township_id', 'kind', 'cursor'],
		make: (get: Get, _: string, q: URLSearchParams) => found(get, of, q),
	})),
	{ form: /^\/payrolls$/, by: ['year'], make: (get, _, q) => runsOf(get, q.get('year') ?? '') },
	{ form: /^\/recalls\/([^/]+)$/, by: [], make: (get, id) => recallOf(get, id) },
	{ form: /^\/findings$/, by: ['state'], more: ['person_id', 'unit_id'], make: (get, _, q) => inStates(get, q) },
]

function rowOf(path: string): { row: Row; id: string; q: URLSearchParams } | undefined {
	const [at = '', search = ''] = path.slice(below(path).length).split('?')
	const q = new URLSearchParams(search)
	for (const row of ROWS) {
		const m = row.form.exec(at)
		if (!m || !row.by.every((k) => q.has(k))) continue
		if ([...q.keys()].every((k) => row.by.includes(k) || row.more?.includes(k) || DRESS.test(k)))
			return { row, id: m[1] ?? '', q }
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

type Thingish = { names?: Names; moves?: Move[]; state?: string } | undefined

export async function read<T>(path: string, ask: Ask = {}): Promise<Answer<T>> {
	const put = fit(path)
	const instead = put === undefined ? rowOf(path) : undefined
	if (put === undefined && !instead) throw notYet()
	const get: Get = async <X>(rest: string) => (await read<X>(below(path) + rest, { quiet: ask.quiet })).data
	const a = instead
		? { data: (await instead.row.make(get, instead.id, instead.q)) as T, status: 200, etag: '', date: now().getTime() }
		: await call<T>('GET', put!, ask)
	const it = a.data as Thingish
	if (!it || !below(path)) return a
	if (/[?&]names=1/.test(path) && !it.names && (instead || !dressed(path, 'names')))
		it.names = await namesIn(get, it)
	if (it.state && !it.moves) it.moves = movesOf(path, it.state)
	return a
}

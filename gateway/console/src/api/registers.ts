// Names of ids, and lists by part of a name, from the registers that the caller may read whole: until the server gives them
// (`names=1`, `q=`).  A register is read once in a while and again after whatever changes it.
import type { List, Names } from './contract'
import { has, who } from './who'

export interface Thing {
	id: string
	name: string
	unit_id?: string
	township_id?: string
	kind?: string
}
export type Register = 'persons' | 'units' | 'villages' | 'townships'
export type Get = <T>(rest: string) => Promise<T>

const FRESH_MS = 5 * 60_000
const PAGES_MAX = 20
const PAGE = 500
const kept = new Map<Register, { at: number; rows: Promise<Map<string, Thing>> }>()
export const forgetRegisters = () => kept.clear()

const staff = () => has('district_admin', 'inspector', 'reviewer', 'finance', 'auditor')

// The lists, or the single things, by which the caller reads a register; none: he may not.
function ways(of: Register): string[] {
	if (staff()) return ['/' + of]
	const { unit_ids = [], township_ids = [] } = who.value ?? {}
	if (has('unit_head'))
		return of === 'persons'
			? unit_ids.map((u) => '/persons?unit_id=' + u)
			: of === 'units'
				? unit_ids.map((u) => '/units/' + u)
				: []
	if (!has('township_leader')) return []
	return of === 'villages'
		? township_ids.map((x) => '/villages?township_id=' + x)
		: of === 'townships'
			? township_ids.map((x) => '/townships/' + x)
			: []
}

export async function allOf<T>(get: Get, list: string): Promise<T[]> {
	const items: T[] = []
	let cursor = ''
	for (let i = 0; i < PAGES_MAX; i++) {
		const page = await get<List<T>>(`${list}${list.includes('?') ? '&' : '?'}limit=${PAGE}${cursor}`)
		items.push(...page.items)
		if (!page.next) break
		cursor = '&cursor=' + encodeURIComponent(page.next)
	}
	return items
}

async function readWhole(get: Get, of: Register): Promise<Map<string, Thing>> {
	const parts = await Promise.all(
		ways(of).map((way) => (/^\/\w+\//.test(way) ? get<Thing>(way).then((x) => [x]) : allOf<Thing>(get, way))),
	)
	return new Map(parts.flat().map((x) => [x.id, x]))
}

export function register(get: Get, of: Register): Promise<Map<string, Thing>> {
	const was = kept.get(of)
	if (was && Date.now() - was.at < FRESH_MS) return was.rows
	const rows = readWhole(get, of)
	kept.set(of, { at: Date.now(), rows })
	rows.catch(() => kept.delete(of))
	return rows
}

const MEMBER: [RegExp, Register][] = [
	[/^(.*_)?person_ids?$|^recipient$/, 'persons'],
	[/^unit_ids?$/, 'units'],
	[/^village_ids?$/, 'villages'],
	[/^township_ids?$/, 'townships'],
]

function idsIn(value: unknown, into: Map<Register, Set<string>>) {
	if (!value || typeof value !== 'object') return
	for (const [k, v] of Object.entries(value)) {
		const of = MEMBER.find(([form]) => form.test(k))?.[1]
		const ids = of ? [v].flat().filter((x): x is string => typeof x === 'string') : []
		if (of && ids.length) into.set(of, new Set([...(into.get(of) ?? []), ...ids]))
		else idsIn(v, into)
	}
}

// A township's leader has no list of persons, but may read each who is posted there.
async function oneByOne(get: Get, all: Map<string, Thing>, ids: string[]) {
	const read = (id: string) => get<Thing>('/persons/' + id).catch(() => undefined)
	for (const x of await Promise.all(ids.filter((id) => !all.has(id)).map(read))) if (x) all.set(x.id, x)
}

// Of every id in an answer that the caller may name.
export async function namesIn(get: Get, answer: unknown): Promise<Names> {
	const names: Names = { persons: {}, units: {}, villages: {}, townships: {}, accounts: {} }
	const ids = new Map<Register, Set<string>>()
	idsIn(answer, ids)
	const me = who.value
	if (me?.person_id && me.name) names.persons[me.person_id] = { name: me.name, unit_id: me.unit_ids[0] }
	const found = async (of: Register) => {
		const wanted = [...(ids.get(of) ?? [])]
		const all = wanted.length ? await register(get, of) : new Map<string, Thing>()
		if (of === 'persons' && has('township_leader')) await oneByOne(get, all, wanted)
		return wanted.flatMap((id) => all.get(id) ?? [])
	}
	const add = (of: Register, id: string) => ids.set(of, new Set([...(ids.get(of) ?? []), id]))
	for (const p of await found('persons')) {
		names.persons[p.id] = { name: p.name, unit_id: p.unit_id }
		if (p.unit_id) add('units', p.unit_id)
	}
	for (const u of await found('units')) names.units[u.id] = u.name
	for (const v of await found('villages')) {
		names.villages[v.id] = { name: v.name, township_id: v.township_id }
		if (v.township_id) add('townships', v.township_id)
	}
	for (const x of await found('townships')) names.townships[x.id] = x.name
	return names
}

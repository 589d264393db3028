// names.mjs - names=1: of every id that stands in a member called so.
import { accounts, persons, townships, units, villages } from './world.mjs'

const NOUN = {
	person_id: 'persons',
	head_person_id: 'persons',
	recipient: 'persons',
	owner: 'persons',
	stale: 'persons',
	unit_id: 'units',
	unit_ids: 'units',
	village_id: 'villages',
	village_ids: 'villages',
	township_id: 'townships',
	township_ids: 'townships',
	account: 'accounts',
	noted_by: 'accounts',
	for_account: 'accounts',
}
const ALL = {
	persons: (id) => persons.has(id) && { name: persons.get(id).name, unit_id: persons.get(id).unit_id },
	units: (id) => units.get(id)?.name,
	villages: (id) => villages.has(id) && { name: villages.get(id).name, township_id: villages.get(id).township_id },
	townships: (id) => townships.get(id)?.name,
	accounts: (id) =>
		accounts.has(id) && {
			person_id: accounts.get(id).person_id,
			name: persons.get(accounts.get(id).person_id)?.name,
		},
}

export function namesOf(value) {
	const out = { persons: {}, units: {}, villages: {}, townships: {}, accounts: {} }
	const add = (noun, id) => {
		const name = ALL[noun](id)
		if (!name || out[noun][id]) return
		out[noun][id] = name
		if (noun === 'persons') add('units', name.unit_id)
		if (noun === 'villages') add('townships', name.township_id)
	}
	const walk = (v, key) => {
		if (Array.isArray(v)) v.forEach((x) => walk(x, key))
		else if (v && typeof v === 'object') for (const [k, x] of Object.entries(v)) walk(x, k)
		else if (typeof v === 'string' && NOUN[key]) add(NOUN[key], v)
	}
	walk(value, '')
	return out
}

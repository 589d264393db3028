// Names for ids, as links to what they are.  Ids without a name stay ids.
import type { Names } from '../api/contract'
import { to } from '../router'
import { limited } from '../session'

export const personName = (names: Names | undefined, id: string | undefined) =>
	(id && names?.persons[id]?.name) || id || ''
export const unitName = (names: Names | undefined, id: string | undefined) => (id && names?.units[id]) || id || ''
export const villageName = (names: Names | undefined, id: string | undefined) =>
	(id && names?.villages[id]?.name) || id || ''
export const unitOf = (names: Names | undefined, person: string | undefined) =>
	unitName(names, person ? names?.persons[person]?.unit_id : undefined)
export const townshipOf = (names: Names | undefined, village: string | undefined) => {
	const t = village ? names?.villages[village]?.township_id : undefined
	return (t && names?.townships[t]) || ''
}
// 景市镇高庙村
export const fullVillage = (names: Names | undefined, id: string | undefined) =>
	townshipOf(names, id) + villageName(names, id)

export const PersonLink = ({ id, names }: { id: string; names?: Names }) => (
	<a href={to('persons', id)}>{personName(names, id)}</a>
)
export const UnitLink = ({ id, names }: { id: string; names?: Names }) => (
	<a href={to('units', id)}>{unitName(names, id)}</a>
)
export const VillageLink = ({ id, names }: { id: string; names?: Names }) =>
	limited.value ? <>{fullVillage(names, id)}</> : <a href={to('villages', id)}>{fullVillage(names, id)}</a>

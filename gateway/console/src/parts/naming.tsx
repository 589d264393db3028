// How consequences are named and linked.
import type { Names } from '../api/contract'
import type { Words4 } from '../kit/consequences'
import { accountName } from '../kit/trail'
import { to } from '../router'
import { t } from '../words/words'
import { personName, unitName } from './people'
import { useRungs } from './rungs'
import { measureTitle } from './standing'

export function useNaming(names: Names | undefined): Words4 {
	const rung = useRungs()
	return {
		measure: measureTitle,
		person: (id) => personName(names, id),
		// a person, an office (`unit_head`), or an account
		recipient: (id) =>
			names?.persons[id]
				? personName(names, id)
				: names?.units[id]
					? unitName(names, id)
					: id === 'department'
						? t('department')
						: accountName(names, id),
		rung,
		link: (noun, id, person) =>
			noun === 'stipend' ? `${to('persons', person ?? '')}?tab=stipend&month=${id}` : to(noun, id),
	}
}

// Who sees what: an entry a page, home first; the tabs of a phone are the first
// four and 「更多」 for the rest; `wide` ones are reached from the home there.
import type { Role } from '../api/contract'
import { isOffered } from '../api/offered'
import type { IconName } from '../kit/icon'
import type { Key } from '../words/words'

export interface Entry {
	to: string
	label: Key
	short?: Key
	icon: IconName
	counts?: string[]
	wide?: true
}

const tasks: Entry = { to: 'tasks', label: 'nav_tasks', icon: 'list', counts: ['*'] }
const messages: Entry = { to: 'messages', label: 'nav_messages', icon: 'message' }
const me: Entry = { to: 'me', label: 'nav_me', icon: 'me' }
const today: Entry = { to: 'today', label: 'nav_today', icon: 'home' }
const board: Entry = { to: 'board', label: 'nav_board', icon: 'eye' }
const proofs: Entry = { to: 'proofs', label: 'nav_proofs', icon: 'scales' }
const payrolls: Entry = {
	to: 'payrolls',
	label: 'nav_payrolls',
	short: 'nav_payrolls_short',
	icon: 'yuan',
	counts: ['payroll'],
}

const findings: Entry = {
	to: 'findings',
	label: 'nav_findings',
	short: 'nav_findings_short',
	icon: 'find',
	counts: ['decide'],
}

const recalls: Entry = { to: 'recalls', label: 'nav_recalls', icon: 'back', counts: ['recall'] }

export const NAV: Record<Role, Entry[]> = {
	cadre: [
		{ to: 'home', label: 'nav_home', icon: 'home' },
		{ to: 'days', label: 'nav_days', icon: 'days' },
		{ to: 'stipend', label: 'nav_stipend', icon: 'yuan' },
		{
			to: 'standing',
			label: 'nav_standing',
			short: 'nav_standing_short',
			icon: 'scales',
			counts: ['hearing'],
			wide: true,
		},
		messages,
		me,
	],
	unit_head: [
		{ to: 'unit', label: 'nav_unit', icon: 'home' },
		tasks,
		{ to: 'people', label: 'nav_unit_people', short: 'nav_people', icon: 'people' },
		{ to: 'unit?see=cases', label: 'nav_unit_cases', short: 'nav_cases_short', icon: 'scales' },
		messages,
		me,
	],
	township_leader: [
		{ to: 'township', label: 'nav_township', icon: 'home' },
		tasks,
		{ to: 'people', label: 'nav_villages', short: 'nav_people', icon: 'people' },
		{ to: 'vacancies', label: 'nav_vacancies', icon: 'place' },
		messages,
		me,
	],
	inspector: [
		{ to: 'findings/new', label: 'nav_note', icon: 'add' },
		{ to: 'findings?noted_by=me', label: 'nav_noted', icon: 'find' },
		...(isOffered('findings?noted_by=me') ? [] : [findings]),
		me,
	],
	reviewer: [
		tasks,
		findings,
		{ to: 'measures', label: 'nav_measures', icon: 'scales', counts: ['approve'] },
		recalls,
		me,
	],
	district_admin: [
		today,
		{
			to: 'findings',
			label: 'nav_supervision',
			short: 'nav_supervision_short',
			icon: 'find',
			counts: ['decide'],
		},
		{
			to: 'measures',
			label: 'nav_consequences',
			short: 'nav_measures',
			icon: 'scales',
			counts: ['approve', 'recall'],
		},
		...(isOffered('measures') ? [] : [recalls]),
		{ to: 'roster', label: 'nav_roster', short: 'nav_people', icon: 'people' },
		{ to: 'payrolls', label: 'nav_money', short: 'nav_payrolls_short', icon: 'yuan' },
		board,
		me,
	],
	finance: [
		payrolls,
		{ to: 'stipends', label: 'nav_stipends', short: 'nav_stipend', icon: 'people' },
		proofs,
		tasks,
		me,
	],
	auditor: [
		today,
		{ to: 'trail', label: 'nav_trail', icon: 'list' },
		{ to: 'measures', label: 'nav_cases', icon: 'paper' },
		{ to: 'proofs', label: 'nav_pay_proofs', short: 'nav_proofs', icon: 'scales' },
		{ to: 'accounts', label: 'nav_account_changes', icon: 'me' },
		board,
		me,
	],
}
// Pages that are reached from others are shown under these.
export const UNDER: Record<string, string> = {
	imports: 'roster',
	accounts: 'roster',
	persons: 'roster',
	villages: 'roster',
	units: 'roster',
	vacancies: 'roster',
	recalls: 'measures',
	measures: 'standing',
}

export function entriesOf(roles: Role[]): Entry[] {
	const all = (Object.keys(NAV) as Role[]).filter((r) => roles.includes(r)).flatMap((r) => NAV[r])
	const seen = new Set<string>()
	const once = all.filter((e) => isOffered(e.to) && !seen.has(e.to) && seen.add(e.to))
	// one's own settings last
	return [...once.filter((e) => e.to !== 'me'), ...once.filter((e) => e.to === 'me')]
}

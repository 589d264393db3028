// The types of GET /events, and what each makes stale (parts of paths that have been read).
const CASES = ['/findings', '/measures', '/recalls', '/overview', '/tasks', '/standing', '/home']
const MONEY = ['/payrolls', '/stipend', '/overview', '/tasks', '/home']
const DAYS = ['/attendance', '/overview', '/contradictions', '/home']
const PLACES = [
	'/postings',
	'/vacancies',
	'/persons',
	'/villages',
	'/units',
	'/townships',
	'/overview',
	'/tasks',
	'/home',
]

const TABLE: [string, string, string[]][] = [
	[
		'supervision',
		'FindingNoted FindingHeard FindingConfirmed FindingDismissed FindingAnnulled HearingMissed',
		CASES,
	],
	['accountability', 'MeasuresChanged RecallMoved RecallOverdue', CASES],
	[
		'funding',
		'StipendCancelled StipendRestored PayrollDrafted PayrollLinesDrafted PayrollApproved PayrollClosed PayrollLinesPaid',
		MONEY,
	],
	['attendance', 'CheckinRecorded DayStatusChanged', DAYS],
	[
		'roster',
		'DistrictPut TownshipPut UnitPut VillagePut PersonPut PostingPut VacancyOpened VacancyClosed TaskOpened TaskClosed',
		PLACES,
	],
	['roster', 'AccountPut AccountAltered', ['/accounts']],
	['roster', 'PolicyPublished', ['/']],
	['alerts', 'AlertQueued AlertSent AlertFailed', ['/alerts', '/overview']],
]

export const STALE = new Map<string, string[]>()
for (const [service, names, words] of TABLE)
	for (const name of names.split(' ')) STALE.set(`${service}.${name}`, words)

// Each event has its type for its name, so a listener a type.
export function listen(source: EventSource, then: (type: string, e: MessageEvent) => void) {
	for (const type of STALE.keys()) source.addEventListener(type, (e) => then(type, e as MessageEvent))
}

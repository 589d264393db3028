// Which pages are offered.
import { can } from './until'

// The calls without which a page has nothing to show, below /districts/{district}: as long as one of them has no answer the page
// is not offered, and its address says so.
const NEEDS: Record<string, string[]> = {
	tasks: ['/tasks?mine=1'],
	today: ['/overview?on=x'],
	board: ['/overview?on=x'],
	measures: ['/measures?state=x'],
	attendance: ['/attendance?on=x'],
	alerts: ['/alerts?state=x'],
	'findings?noted_by=me': ['/findings?noted_by=me'],
	'stipend/': ['/persons/x/stipend?month=x'],
}
export const isOffered = (page: string) => (NEEDS[page] ?? []).every((call) => can('/api/v1/districts/x' + call))

// The pages of the organisation department: today, the board, the roster, accounts; and of the auditor: the trail.
import { AccountPage } from './account'
import { Accounts } from './accounts'
import { AlertsPage } from './alerts'
import { AttendancePage } from './attendance'
import { Board } from './board'
import { ContradictionsPage } from './contradictions'
import { Imports } from './imports'
import { PersonPage } from './person'
import { Roster } from './roster'
import { Search } from './search'
import { Today } from './today'
import { TrailPage } from './trail'
import { VillagePage } from './village'

export const pages = {
	today: Today,
	board: Board,
	roster: Roster,
	imports: Imports,
	accounts: Accounts,
	'accounts/': AccountPage,
	'persons/': PersonPage,
	'villages/': VillagePage,
	search: Search,
	trail: TrailPage,
	contradictions: ContradictionsPage,
	attendance: AttendancePage,
	alerts: AlertsPage,
}

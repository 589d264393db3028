// The pages of whoever stands in a village: where one stands, each day, each yuan, what stands against one and how to answer.
import { Days } from './days'
import { Home } from './home'
import { Me } from './me'
import { Messages } from './messages'
import { Sheet } from './sheet'
import { StandingPage } from './standing'
import { StipendMonthPage } from './stipend-month'
import { StipendPage } from './stipend'

export const pages = {
	home: Home,
	days: Days,
	'days/': Days,
	stipend: StipendPage,
	'stipend/': StipendMonthPage,
	standing: StandingPage,
	messages: Messages,
	me: Me,
	'measures/': Sheet,
}

// Paths → chunks.  A chunk is a role area; within it a page is a name.
import type { ComponentType } from 'preact'

type Area = Record<string, ComponentType<{ id: string }>>
const cadre = () => import('../pages/cadre').then((m) => m.pages as Area)
const decide = () => import('../pages/decide').then((m) => m.pages as Area)
const unit = () => import('../pages/unit').then((m) => m.pages as Area)
const org = () => import('../pages/org').then((m) => m.pages as Area)
const pay = () => import('../pages/pay').then((m) => m.pages as Area)
const ops = () => import('../pages/ops').then((m) => m.pages as Area)

// first part of the path; with a second one `name/`
export const ROUTES: Record<string, () => Promise<Area>> = {
	home: cadre, days: cadre, 'days/': cadre, stipend: cadre, 'stipend/': cadre, standing: cadre, messages: cadre, me: cadre,
	'measures/': cadre,
	tasks: decide, findings: decide, 'findings/': decide, measures: decide, recalls: decide, 'recalls/': decide,
	unit: unit, township: unit, people: unit, vacancies: unit, 'units/': unit, 'townships/': unit,
	today: org, board: org, roster: org, imports: org, accounts: org, 'accounts/': org, 'persons/': org, 'villages/': org,
	search: org, trail: org, contradictions: org, attendance: org, alerts: org,
	payrolls: pay, 'payrolls/': pay, stipends: pay, proofs: pay,
	ops, 'ops/': ops, districts: ops,
}

// The shapes that the pages read, by their names in the contract: those of the document that the gateway prints
// (`gateway --openapi`), and beside them what it does not give yet (notyet.ts).
import type {
	Because,
	Moved,
	OfCase,
	OfDay,
	OfFinding,
	OfMeasure,
	OfPayLine,
	OfPayroll,
	With,
} from './notyet'
import type { components, paths } from './types'

export type * from './notyet'
type S = components['schemas']
type Of = '/api/v1/districts/{district}'
type Answer<P extends keyof paths> = paths[P] extends {
	get: { responses: { 200: { content: { 'application/json': infer A } } } }
}
	? A
	: never

// beside an answer: names=1, count=1
export type Names = S['Names']
export interface Named {
	names?: Names
}
export interface Counted extends Named {
	count?: number
	more?: boolean
}
export type Two = S['common.Text']
export type List<T> = Counted & { items: T[]; next?: string }

export type Session = With<S['roster.CurrentSession'], Named>
export type Role = S['wire.AccountRole']

export type Evidence = S['supervision.Evidence']
export type Finding = With<S['supervision.Finding'], OfFinding>
export type Measure = With<S['accountability.Measure'], OfMeasure>
export type Fact = S['accountability.Fact']
export type Reading = S['accountability.ReadingUsed']
export type Case = With<Answer<`${Of}/measures/{id}`>, OfCase>
export type Recall = With<S['accountability.RecallCase'], Moved>
export type Standing = With<S['accountability.Standing'], Named>
export type UnitStanding = With<S['accountability.UnitStanding'], Named>

export type Day = With<S['attendance.Day'], OfDay>
export type MonthDays = With<Omit<S['attendance.Days'], 'days'>, Named & { days: Day[] }>
export type Present = S['attendance.DayOf']
export type Contradiction = S['attendance.Contradiction']

export type StipendMonth = With<S['funding.StipendMonth'], Because>
export type Stipend = With<
	Omit<S['funding.Stipend'], 'months' | 'cancelled_days'>,
	Because & Named & { months: StipendMonth[]; cancelled_days: [string, string][] }
>
export type PayLine = With<S['funding.PayrollLine'], OfPayLine>
export type Payroll = With<Omit<S['funding.Payroll'], 'lines'>, OfPayroll & { lines: List<PayLine> }>
export type Run = S['funding.PayrollRun']
export type Proof = S['funding.PayrollProof']

export type Alert = S['alerts.Alert']

export type District = S['roster.District']
export type Township = S['roster.Township']
export type Unit = With<S['roster.Unit'], Named>
export type Village = With<S['roster.Village'], Named>
export type Person = With<S['roster.Person'], Named>
export type Posting = S['roster.Posting']
export type Vacancy = S['roster.Vacancy']
export type Vacancies = With<S['roster.VacancyList'], Counted>
export type Account = With<S['roster.Account'], Moved>
export type Imported = S['roster.Imported']
export type Progress = S['engine.Progress']

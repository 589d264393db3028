// The shapes that the pages read, by their names in the contract.  Written by hand until the gateway prints its document
// (`gateway --openapi`); then each becomes an alias of what is made from it, and no page changes.
export interface Two {
	zh: string
	en: string
}
export interface List<T> {
	items: T[]
	next?: string
	count?: number
	more?: boolean
	names?: Names
}

// names=1: of every id that stands in a member called so.
export interface Names {
	persons: Record<string, { name: string; unit_id?: string }>
	units: Record<string, string>
	villages: Record<string, { name: string; township_id?: string }>
	townships: Record<string, string>
	accounts: Record<string, { person_id?: string; name?: string }>
}

// why=1: the four members that a number is explained by.
export interface Because {
	clause?: string
	policy?: string
	readings?: Reading[]
	steps?: Two[]
}
export interface Reading {
	id: string
	reading?: string
	text?: string | Two
}
export interface Decision {
	at: string
	account?: string
	step: string
	reason?: string
}
export interface Move {
	move: string
	allowed: boolean
	code?: string
	because?: string
}
export interface Moved {
	decisions?: Decision[]
	moves?: Move[]
}

export interface Session {
	account: string
	person_id?: string
	name?: string
	roles: Role[]
	district?: { id: string; name: string }
	unit_ids: string[]
	township_ids: string[]
	village_ids: string[]
	deputy_for: string[]
	now: string
	expires_at: string
	stepped_up_until?: string
	names?: Names
}
export type Role =
	'district_admin' | 'inspector' | 'reviewer' | 'finance' | 'auditor' | 'unit_head' | 'township_leader' | 'cadre'

export interface Evidence {
	sha256: string
	name: string
}
export interface Finding extends Moved {
	id: string
	kind: string
	person_id?: string
	unit_id?: string
	on: string
	source?: string
	level?: string
	bulletin?: string
	major?: boolean
	note?: string
	evidence?: Evidence[]
	state: string
	noted_at: string
	noted_by?: string
	confirmed?: string
	hearing_due?: string
	heard_on?: string
	names?: Names
	statements?: { at: string; own: boolean; account?: string; statement: string; evidence: Evidence[] }[]
}
export interface Measure extends Moved {
	id: string
	kind: string
	clause: string
	policy: string
	subject: { person_id?: string; unit_id?: string }
	from: string
	until?: string
	state: string
	cause: string[]
	reason: Two
	served_on?: string
	names?: Names
}
export interface Fact {
	finding_id: string
	kind: string
	on: string
	source?: string
	state: string
	confirmed?: string
	evidence_sha256?: string[]
}
export interface Case extends Measure {
	clause_text?: Two
	policy_from?: string
	facts: Fact[]
	readings: Reading[]
	steps: Two[]
	money: { account: string; fen: number; valid_on: string }[]
	messages: { alert_id: string; recipient: string; state: string }[]
	as_of?: string
}
export interface Recall extends Moved {
	id: string
	person_id: string
	unit_id: string
	posting_id: string
	state: string
	due?: string
	cause: string[]
	ordered?: string
	overdue?: boolean
	names?: Names
}
export interface Eligible {
	eligible: boolean
	reasons: string[]
}
export interface Standing {
	person_id: string
	on: string
	absences: { finding_id: string; on: string; rung: number }[]
	measures: Measure[]
	eligibility: { award: Eligible; promotion: Eligible }
	names?: Names
}
export interface UnitStanding {
	unit_id: string
	on: string
	criticisms: { finding_id: string; bulletin: string; on: string; rung: number }[]
	recalls: Recall[]
	measures: Measure[]
	names?: Names
}

export interface Year extends Because {
	person_id: string
	year: number | string
	days: string
	counts: Record<string, number>
	provisional: boolean
}
export interface Day extends Because {
	on: string
	posted?: boolean
	status: string
	working_day: boolean
	contradiction: boolean
	evidence?: { id: string; village_id?: string; strong: boolean; kind: string; at: string; received_at?: string }[]
	unused?: { id: string; at: string; why: Two }[]
}
export interface MonthDays {
	person_id: string
	month: string
	days: Day[]
	provisional?: boolean
	names?: Names
}
export interface Present {
	person_id: string
	unit_id: string
	village_ids: string[]
	status: string
}

export interface StipendMonth extends Because {
	month: string
	days_present: number
	accrued_fen: number
	cancelled_fen: number
	paid_fen: number
	clawback_fen: number
}
export interface Stipend extends Because {
	person_id: string
	year: number | string
	months: StipendMonth[]
	cancelled_days: [string, string][]
	balance_fen: number
	names?: Names
}
export interface StipendDays extends Because {
	person_id: string
	month: string
	days: { on: string; status: string; fen: number; cancelled_by?: string; clause?: string }[]
	entries: { at: string; account: string; fen: number; valid_on: string; cause?: string }[]
	run?: { state: string; closed_on?: string }
	names?: Names
}
export interface PayLine extends Because {
	person_id: string
	due_fen: number
	correction_fen: number
	pay_fen: number
	owed_fen?: number
}
export interface Payroll extends Moved {
	month: string
	state: string
	total_fen: number
	lines: List<PayLine>
	stale?: string[]
	owed_total_fen?: number
	names?: Names
}
export interface Run {
	month: string
	state: string
	total_fen: number
}
export interface Proof {
	month: string
	total_fen: number
	lines_fen: number
	ledger_fen: number
	persons_unequal: number
	months_unequal: number
	holds: boolean
}

export interface Task {
	id: string
	kind: string
	state: string
	about: string
	role?: string
	person_id?: string
	unit_id?: string
	village_id?: string
	due?: string
	overdue: boolean
	opened_at: string
	for_account?: string
}
export interface Alert {
	id: string
	person_id?: string
	phone: string
	template: string
	text: string | Two
	cause: string
	state: string
	at: string
	reason?: string
	digest?: string
}

export interface Preview {
	if?: string
	basis?: string
	ladders: {
		subject: { person_id?: string; unit_id?: string }
		ladder: string
		year: number
		was: number
		is: number
		of: number
	}[]
	measures: { change: 'new' | 'changed' | 'gone'; was?: Measure; is?: Measure }[]
	money: { person_id: string; month: string; days: number; fen: number }[]
	fen: number
	runs: { month: string; state: string; effect: string }[]
	recalls: { id: string; was?: string; is?: string; posting_id?: string; ends_on?: string; due?: string }[]
	awards: { award_id?: string; person_id: string; was: string; is: string }[]
	messages: { recipient: string; template: string; text: Two; at: string }[]
	names?: Names
}

export interface Overview {
	on: string
	people: Record<string, number>
	weeks: { week: string; posted_days: number; present_days: number }[]
	contradictions: number
	findings?: Record<string, number>
	measures?: Record<string, number>
	recalls?: Record<string, number>
	vacancies: { open: number; overdue: number; townships: { id: string; open: number }[] }
	tasks: { open: number; overdue: number }
	payroll?: { month: string; state: string }
	alerts: { queued: number; failed: number }
	names?: Names
}
export interface Contradiction {
	person_id: string
	on: string
	kinds: string[]
	findings: string[]
	evidence: string[]
}

export interface District {
	id: string
	name: string
	areas: { id: string; name: string }[]
}
export interface Township {
	id: string
	name: string
	area_id: string
}
export interface Unit {
	id: string
	name: string
	head_person_id?: string
	names?: Names
}
export interface Village {
	id: string
	name: string
	township_id: string
	kind: string
	closed_on?: string
	names?: Names
}
export interface Person {
	id: string
	name: string
	phone: string
	unit_id: string
	establishment: string
	names?: Names
}
export interface Posting {
	id: string
	person_id: string
	village_id: string
	role: string
	from: string
	to?: string
	term_from?: string
	term_to?: string
	reason?: string
	term?: number
}
export interface Vacancy {
	id: string
	village_id: string
	role: string
	state: string
	from?: string
	due?: string
	recall_id?: string
}
export interface Vacancies extends List<Vacancy> {
	count: number
	villages: Record<'poor' | 'non_poor', { all: number; complete: number }>
}
export interface Account extends Moved {
	id: string
	person_id?: string
	phone: string
	roles: Role[]
	township_id?: string
	disabled?: boolean
}
export interface Imported {
	rows: number
	accepted: number
	errors: { row: number; field?: string; code: string; detail: string }[]
}

// composites: each member is the answer of the call it is named after, or absent
export interface PersonHome {
	attendance?: Year
	tasks?: List<Task>
	stipend?: Stipend
	standing?: Standing
	names?: Names
}
export interface UnitHome {
	postings?: List<Posting>
	today?: List<Present>
	standing?: UnitStanding
	tasks?: List<Task>
	recalls?: List<Recall>
	names?: Names
}
export interface TownshipHome {
	postings?: List<Posting>
	today?: List<Present>
	vacancies?: Vacancies
	names?: Names
}
export interface VillageHome extends TownshipHome {
	village?: Village
}

export interface Progress {
	lag: number
	parked: number
	services: {
		service: string
		partition: number
		epoch: number
		head: number
		owner?: string
		consumes: { from: string; cursor: number; head: number }[]
	}[]
}

// What pages read and the gateway does not give yet, in the words of the contract: members of what it gives, then whole answers.
// A member that it has begun to give counts as it says (With), and its line here may go; an answer becomes an alias in contract.ts.
import type {
	Case,
	List,
	Measure,
	Named,
	Posting,
	Present,
	Recall,
	Standing,
	Stipend,
	UnitStanding,
	Vacancies,
	Village,
} from './contract'

export type With<Given, More> = Given & Omit<More, keyof Given>

// ---- members

// why=1: what a number is explained by
export interface Because {
	clause?: string
	policy?: string
	readings?: Case['readings']
	steps?: Case['steps']
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
	untold?: true // the state allows it; whether the caller may is not known (until.ts)
}
export interface Moved extends Named {
	decisions?: Decision[]
	moves?: Move[]
}
export interface OfFinding extends Moved {
	noted_by?: string
	heard_on?: string
	statements?: {
		at: string
		own: boolean
		account?: string
		statement: string
		evidence: { sha256: string; name: string }[]
	}[]
}
export interface OfMeasure extends Moved {
	served_on?: string
}
export interface OfCase extends OfMeasure {
	clause_text?: { zh: string; en: string }
	policy_from?: string
	as_of?: string
}
export interface OfDay extends Because {
	posted?: boolean
	evidence?: { id: string; village_id?: string; strong: boolean; kind: string; at: string; received_at?: string }[]
	unused?: { id: string; at: string; why: { zh: string; en: string } }[]
}
export interface OfPayLine extends Because {
	owed_fen?: number
}
export interface OfPayroll extends Moved {
	stale?: string[]
	owed_total_fen?: number
}

// ---- answers

// GET /persons/{id}/attendance?year=
export interface Year extends Because {
	person_id: string
	year: number | string
	days: string
	counts: Record<string, number>
	provisional: boolean
}
// GET /persons/{id}/stipend?month=
export interface StipendDays extends Because, Named {
	person_id: string
	month: string
	days: { on: string; status: string; fen: number; cancelled_by?: string; clause?: string }[]
	entries: { at: string; account: string; fen: number; valid_on: string; cause?: string }[]
	run?: { state: string; closed_on?: string }
}
// GET /tasks, widened
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
// GET …/consequences?if=
export interface Preview extends Named {
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
	messages: { recipient: string; template: string; text: { zh: string; en: string }; at: string }[]
}
// GET /overview
export interface Overview extends Named {
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
}
// homes: each member is the answer of the call it is named after, or absent
export interface PersonHome extends Named {
	attendance?: Year
	tasks?: List<Task>
	stipend?: Stipend
	standing?: Standing
}
export interface UnitHome extends Named {
	postings?: List<Posting>
	today?: List<Present>
	standing?: UnitStanding
	tasks?: List<Task>
	recalls?: List<Recall>
}
export interface TownshipHome extends Named {
	postings?: List<Posting>
	today?: List<Present>
	vacancies?: Vacancies
}
export interface VillageHome extends TownshipHome {
	village?: Village
}

// A refusal in the reader's language.  The server says it in English, for programs; what a page knows better it says itself.
import type { Problem } from '../api/client'
import { t, type Key } from './words'

const BY_CODE: Record<string, Key> = {
	offline: 'offline',
	not_yet: 'not_yet',
	'duty.conflict': 'forbidden_duty',
	'finding.hearing_open': 'hearing_open',
	'account.person_required': 'account_nobody',
	'session.foreign': 'said_foreign',
	'session.step_up': 'said_step_up',
	'payroll.stale': 'said_changed',
}
const BY_STATUS: Record<number, Key> = {
	401: 'said_login',
	403: 'forbidden',
	404: 'not_there',
	409: 'said_changed',
	412: 'said_changed',
	413: 'said_too_big',
	415: 'said_type',
	422: 'said_wrong',
	429: 'said_wait',
	503: 'said_away',
	504: 'said_away',
}

export function said(p: Problem): string {
	const key = BY_CODE[p.code] ?? BY_STATUS[p.status] ?? 'failed'
	const fields = p.status === 422 ? p.errors.map((e) => e.code).join(' ') || p.code : ''
	return t(key) + (fields ? ` (${fields})` : '')
}

// The moves of findings, measures and recalls, as their buttons and pages name them.
import type { Move } from '../api/contract'
import { t, word, type Key } from '../words/words'

export const MOVES_OF_FINDING = ['confirm', 'dismiss', 'annul']
export const MOVES_OF_MEASURE = ['approve', 'reject', 'lift', 'serve']
export const MOVES_OF_RECALL = ['review', 'order', 'hand-over', 'replace', 'cancel']
// Those that weigh on somebody, and those that do not.
const GRAVE = ['confirm', 'approve', 'order', 'hand-over', 'replace']

export const pathOf = (move: string) => move.replace('_', '-')
export const buttonOf = (noun: string, move: string, what = '') =>
	t(`do_${noun}_${pathOf(move).replace('-', '_')}` as Key, { what })
export const ifOf = (noun: string, move: string) => t(`if_${noun}_${pathOf(move).replace('-', '_')}` as Key)
export const isGrave = (move: string) => GRAVE.includes(pathOf(move))

// Why a move is not to be had, before it is tried; nothing when it is.
export function hindrance(m: Move): string | undefined {
	if (m.allowed) return undefined
	if (m.because) return word('because', m.because)
	const known: Record<string, Key> = {
		'finding.hearing_open': 'hearing_open',
		'account.person_required': 'account_nobody',
		'role.forbidden': 'not_your_role',
	}
	const key = known[m.code ?? '']
	return key ? t(key) : t('not_now_possible')
}

// A state that does not allow a move hides it; a person who may not make it sees why.
export const offered = (moves: Move[], of: string[]) =>
	moves.filter((m) => of.includes(pathOf(m.move)) && (m.allowed || !/bad_transition/.test(m.code ?? '')))

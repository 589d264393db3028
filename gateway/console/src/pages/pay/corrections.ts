// The lines that differ from the month's own due: few, so all of them; they stand first, and make the sum.
import type { Payroll, PayLine } from '../../api/contract'
import { useRead } from '../../api/cache'
import { d } from '../../session'

export interface Corrections {
	lines: PayLine[]
	whole: boolean
	fen: number
	up: number
	down: number
}

export function useCorrections(month: string): Corrections | undefined {
	const p = useRead<Payroll>(d(`/payrolls/${month}?only=correction&limit=500&why=1&names=1`)).data.value
	if (!p) return undefined
	const lines = p.lines.items
	return {
		lines,
		whole: !p.lines.next,
		fen: lines.reduce((a, l) => a + l.correction_fen, 0),
		up: lines.filter((l) => l.correction_fen > 0).length,
		down: lines.filter((l) => l.correction_fen < 0).length,
	}
}
// How many there are of each kind.
export function useCount(month: string, only: string): number | undefined {
	return useRead<Payroll>(d(`/payrolls/${month}?only=${only}&limit=1&count=1`)).data.value?.lines.count
}

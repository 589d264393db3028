// What each rung of a ladder brings, from the policy in force: a ladder's texts are data, as the ladder is.
import { useRead } from '../api/cache'
import { d } from '../session'
import { t, word, type Key } from '../words/words'

interface Bring {
	kind: string
	span?: string
	months?: number
}
interface Rung {
	rung: number
	measures?: Bring[]
	responsible?: Bring[]
	unit_head?: Bring[]
}
interface Policy {
	document: { absence_ladder?: { rungs: Rung[] }; criticisms?: { ladder: Rung[] } }
}

const SPANS: Record<string, Key> = {
	month_of_absence: 'span_month',
	quarter_of_absence: 'span_quarter',
	year_of_absence: 'span_year',
	year_of_finding: 'span_year',
}

function text(b: Bring): string {
	const span = b.span && SPANS[b.span]
	if (b.kind === 'stipend_cancelled' && span) return t('cancel_span', { span: t(span) })
	if (b.kind === 'promotion_freeze' && b.months) return t('freeze_months', { n: b.months })
	return word('measure_kind', b.kind)
}

export function useRungs(): (ladder: string, k: number) => string {
	const policy = useRead<Policy>(d('/policy'), true).data.value?.document
	return (ladder, k) => {
		if (ladder === 'recall') return k >= 2 ? t('rung_recall_2') : t('rung_recall_1')
		if (ladder === 'ranking') return word('ladder', 'ranking')
		const rows = ladder === 'absence' ? policy?.absence_ladder?.rungs : policy?.criticisms?.ladder
		const row = rows?.find((r) => r.rung === k)
		const all = row ? [...(row.measures ?? []), ...(row.responsible ?? []), ...(row.unit_head ?? [])] : []
		return [...new Set(all.map(text))].join(t('enum'))
	}
}

// Who is where today, as one bar with a key whose numbers lead to the lists.  No record yet is not absence.
import { Bar, KeyOf, type Segment } from '../charts/segments'
import { t, word } from '../words/words'

const FILL: [string, string, boolean?][] = [
	['present', '#57a37b'],
	['present_weak', '#bfdccb'],
	['official_duty', '#6f9fd0'],
	['on_leave', '#a395cd'],
	['rest_day', '#cbc6bb'],
	['unknown', '#fff', true],
	['absent_confirmed', '#a3231f'],
]

export function TodayBar({ of, href }: { of: Record<string, number>; href: (status: string) => string }) {
	const parts: Segment[] = FILL.map(([s, fill, dashed]) => ({
		label: s === 'unknown' ? t('no_record_yet') : word('day', s),
		n: of[s] ?? 0,
		fill,
		dashed,
		href: href(s),
	}))
	const shown = parts.filter((p) => p.n)
	return (
		<>
			<Bar of={parts} label={shown.map((p) => `${p.label} ${p.n}`).join(t('comma'))} />
			<KeyOf of={shown} />
		</>
	)
}

export function countBy<T>(rows: T[], of: (row: T) => string): Record<string, number> {
	const out: Record<string, number> = {}
	for (const r of rows) out[of(r)] = (out[of(r)] ?? 0) + 1
	return out
}

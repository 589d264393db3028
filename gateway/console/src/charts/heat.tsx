// A year of days: 53 × 7 squares.  Days are letters as the attendance answer has them.
import { civil, plus, weekday, between } from '../words/format'

const LEFT = 18,
	TOP = 16,
	CELL = 11.2,
	PITCH = 13.8
const FILL: Record<string, string> = {
	P: '#57a37b',
	w: '#bfdccb',
	d: '#6f9fd0',
	l: '#a395cd',
	r: '#efede8',
	u: '#fff',
	A: '#a3231f',
}

export interface Square {
	x: number
	y: number
	day: string
	letter: string
}

// Where each day of the year stands; weeks are columns from Monday down.
export function squares(year: number, days: string): Square[] {
	const first = `${year}-01-01`
	const lead = weekday(first)
	const all = between(first, `${year + 1}-01-01`)
	return Array.from({ length: all }, (_, i) => ({
		x: LEFT + Math.floor((i + lead) / 7) * PITCH,
		y: TOP + ((i + lead) % 7) * PITCH,
		day: plus(first, i),
		letter: days[i] ?? '.',
	}))
}

interface Props {
	year: number
	days: string
	today?: string
	label: string
	months: string[]
	week: [string, string, string]
}

function Cell({ s, today }: { s: Square; today?: string }) {
	const around = { width: CELL, height: CELL, rx: 2 }
	const edge =
		s.letter === 'u'
			? { stroke: '#d6982c', 'stroke-dasharray': '2 1.5' }
			: s.letter === '.'
				? { stroke: '#e4e1da' }
				: {}
	const mid = [s.x + CELL / 2, s.y + CELL / 2]
	return (
		<>
			<rect x={s.x} y={s.y} {...around} fill={FILL[s.letter] ?? '#fff'} {...edge} />
			{s.letter === 'w' && <circle cx={mid[0]} cy={mid[1]} r="1.6" fill="#1a6a40" />}
			{s.letter === 'A' && (
				<path
					d={`M${s.x + 3.5} ${s.y + 3.5}l4.200 4.200m0-4.200l-4.200 4.200`}
					stroke="#fff"
					stroke-width="1.4"
				/>
			)}
			{s.day === today && (
				<rect
					x={s.x - 1}
					y={s.y - 1}
					width={CELL + 2}
					height={CELL + 2}
					rx="3"
					fill="none"
					stroke="#1b2430"
					stroke-width="1.600"
				/>
			)}
		</>
	)
}

export function Heat({ year, days, today, label, months, week }: Props) {
	const all = squares(year, days)
	const width = Math.max(...all.map((s) => s.x)) + CELL + 2
	const firsts = all.filter((s) => civil(s.day).getUTCDate() === 1)
	return (
		<svg class="heat" viewBox={`0 0 ${width} 113`} role="img" aria-label={label}>
			{firsts.map((s, i) => (
				<text class="ch" x={s.x} y="10">
					{months[i]}
				</text>
			))}
			{week.map((w, i) => (
				<text class="ch" x="0" y={TOP + 10 + i * 2 * PITCH}>
					{w}
				</text>
			))}
			{all.map((s) => (
				<Cell key={s.day} s={s} today={today} />
			))}
		</svg>
	)
}

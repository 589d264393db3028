// A line of some weeks, 0 to 100 %: one series, its end labelled beside it in HTML.
export const points = (shares: number[], w: number, h: number): [number, number][] =>
	shares.map((s, i) => [shares.length > 1 ? (i * w) / (shares.length - 1) : w, Math.round((h - s * h) * 10) / 10])

export function Line({ shares, label }: { shares: number[]; label: string }) {
	const w = 300,
		h = 60
	const at = points(shares, w, h)
	const end = at[at.length - 1]
	return (
		<svg class="heat line" viewBox={`-2 -6 ${w + 12} ${h + 12}`} role="img" aria-label={label}>
			{[0, 0.5, 1].map((s) => (
				<path d={`M0 ${h - s * h}H${w}`} stroke="#e4e1da" />
			))}
			<path
				d={'M' + at.map((p) => p.join(' ')).join('L')}
				fill="none"
				stroke="#1b5a99"
				stroke-width="2.200"
				stroke-linejoin="round"
			/>
			{end && <circle cx={end[0]} cy={end[1]} r="4" fill="#1b5a99" />}
		</svg>
	)
}

// Days done of days owed: filled, the rest hatched, a tick where today should be.
export const share = (n: number, of: number, width = 320) =>
	of > 0 ? Math.min(width, Math.round((width * n) / of)) : 0

export function Gauge({
	done,
	need,
	expected,
	label,
}: {
	done: number
	need: number
	expected?: number
	label: string
}) {
	const x = expected === undefined ? undefined : share(expected, need)
	const w = share(done, need)
	return (
		<svg class="gauge" viewBox="0 0 320 30" role="img" aria-label={label}>
			<defs>
				<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
					<rect width="6" height="6" fill="#e3f1e8" />
					<rect width="2" height="6" fill="#b5d7c3" />
				</pattern>
			</defs>
			<rect y="11" width="320" height="12" rx="6" fill="url(#hatch)" />
			<rect y="11" width={w} height="12" rx="6" fill="#57a37b" />
			{w > 6 && w < 320 && <rect x={w - 6} y="11" width="6" height="12" fill="#57a37b" />}
			{x !== undefined && <path d={`M${x} 4v23`} stroke="#1b2430" stroke-width="2" />}
		</svg>
	)
}

// One square a township in a row an area; a number says how many posts are empty there.
export interface Place {
	id: string
	n: number
	name: string
}

export function Places({ of, label }: { of: Place[]; label: string }) {
	const pitch = 18
	const width = Math.max(pitch * 11, of.length * pitch) - 2
	return (
		<svg viewBox={`0 0 ${width} 16`} role="img" aria-label={label}>
			{of.map((p, i) => {
				const look = p.n > 1 ? ['#f0b9b4', '#c64a42'] : p.n ? ['#fbf0d8', '#d6982c'] : ['#e3f1e8', '#b5d7c3']
				return (
					<g key={p.id}>
						<title>{`${p.name} ${p.n}`}</title>
						<rect
							x={i * pitch + 0.5}
							y=".5"
							width="15"
							height="15"
							rx="2.5"
							fill={look[0]}
							stroke={look[1]}
						/>
						{!!p.n && (
							<text
								x={i * pitch + 8}
								y="12"
								text-anchor="middle"
								font-size="10"
								font-weight="700"
								fill="#1b2430">
								{p.n}
							</text>
						)}
					</g>
				)
			})}
		</svg>
	)
}

// Twelve months as bars from 0: each with its number, and the way to it.
export interface Month {
	label: string
	n: number
	href: string
	of: number
}

export const Bars = ({ of, label }: { of: Month[]; label: string }) => (
	<ul class="bars" aria-label={label}>
		{of.map((m) => (
			<li>
				<a href={m.href}>
					<b>{m.n}</b>
					<svg viewBox="0 0 20 60" preserveAspectRatio="none" aria-hidden="true">
						<rect width="20" height="60" fill="#efede8" />
						<rect
							y={60 - Math.round((60 * m.n) / m.of)}
							width="20"
							height={Math.round((60 * m.n) / m.of)}
							fill="#57a37b"
						/>
					</svg>
					<span>{m.label}</span>
				</a>
			</li>
		))}
	</ul>
)

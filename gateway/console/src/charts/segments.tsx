// States of one total, as one bar; the key's numbers are links.
import { count } from '../words/format'

export interface Segment {
	label: string
	n: number
	fill: string
	dashed?: boolean
	href?: string
}

// Left edge and width of each, with a gap between; small ones stay visible.
export function widths(ns: number[], all: number, gap: number): { x: number; w: number }[] {
	const sum = ns.reduce((a, b) => a + b, 0)
	const shown = ns.filter((n) => n > 0).length
	const room = all - gap * Math.max(0, shown - 1)
	let x = 0
	return ns.map((n) => {
		const w = sum && n ? Math.max(2, (room * n) / sum) : 0
		const at = x
		if (n) x += w + gap
		return { x: Math.round(at * 10) / 10, w: Math.round(w * 10) / 10 }
	})
}

export const Swatch = ({ fill, dashed }: { fill: string; dashed?: boolean }) => (
	<svg class="sw" viewBox="0 0 12 12" aria-hidden="true">
		<rect
			x=".5"
			y=".5"
			width="11"
			height="11"
			rx="2"
			fill={fill}
			{...(dashed ? { stroke: '#d6982c', 'stroke-dasharray': '2 1.5' } : {})}
		/>
	</svg>
)

export function Bar({ of, label, thin }: { of: Segment[]; label: string; thin?: boolean }) {
	const all = 640,
		height = thin ? 14 : 22
	const at = widths(
		of.map((s) => s.n),
		all,
		2,
	)
	return (
		<svg
			class="heat seg-bar"
			viewBox={`0 0 ${all} ${height}`}
			preserveAspectRatio="none"
			role="img"
			aria-label={label}>
			{of.map(
				(s, i) =>
					!!s.n && (
						<rect
							x={(at[i]?.x ?? 0) + 0.75}
							y=".75"
							width={Math.max(1, (at[i]?.w ?? 0) - 1.5)}
							height={height - 1.5}
							rx="2"
							fill={s.fill}
							{...(s.dashed ? { stroke: '#d6982c', 'stroke-dasharray': '3 2' } : {})}
						/>
					),
			)}
		</svg>
	)
}

export const KeyOf = ({ of }: { of: Segment[] }) => (
	<p class="key">
		{of.map((s) => {
			const inside = (
				<>
					<Swatch fill={s.fill} dashed={s.dashed} />
					<span class="soft">{s.label}</span> <b>{count(s.n)}</b>
				</>
			)
			return s.href ? <a href={s.href}>{inside}</a> : <span>{inside}</span>
		})}
	</p>
)

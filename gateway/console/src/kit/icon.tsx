// Icons stand beside a word; glyphs stand in a chip, one shape for each look, so that colour is never alone.
import type { Look } from '../words/states'

const ring = (x: number, y: number, r: number) =>
	`M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`
const ICONS = {
	home: 'M3 9l7-6 7 6v8H3zM8 17v-5h4v5',
	find: ring(9, 9, 5.5) + 'M13.2 13.2L17 17',
	scales: 'M10 3v14M5 17h10M4 6h12M4 6l-2 5h4zM16 6l-2 5h4z',
	people:
		ring(7.5, 7, 2.7) +
		'M2 16c.6-3 2.7-4.5 5.5-4.5S12.4 13 13 16M13 4.5a2.7 2.7 0 0 1 0 5.2M15 12c1.6.6 2.6 2 3 4',
	flag: 'M5 18V3M5 4h10l-2 3.5 2 3.5H5',
	bars: 'M4 17V9M10 17V3M16 17v-5',
	yuan: 'M4 4l6 6 6-6M10 10v7M5.5 10.5h9M5.5 13.5h9',
	eye: 'M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10z' + ring(10, 10, 2.3),
	paper: 'M5 2h7l3 3v13H5zM8 9h5M8 12h5',
	print: 'M6 7V3h8v4M6 14H3V8h14v6h-3M6 12h8v5H6z',
	down: 'M10 3v9M6 8.5l4 4 4-4M4 16.5h12',
	up: 'M10 13V4M6 7.500l4-4 4 4M4 16.5h12',
	me: ring(10, 7, 3.2) + 'M3.5 17c.8-3.4 3.4-5 6.5-5s5.7 1.6 6.5 5',
	days: 'M5 4h10a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM3 8h14M7 2v4M13 2v4',
	message: 'M3 4h14v10H9l-4 3v-3H3z',
	add: 'M10 4v12M4 10h12',
	back: 'M8 5L3 10l5 5M3.5 10H13a4 4 0 0 1 0 7',
	list: 'M7 5h10M7 10h10M7 15h10M3.500 5h.01M3.500 10h.01M3.500 15h.01',
	place: 'M10 18s6-5.500 6-10a6 6 0 0 0-12 0c0 4.500 6 10 6 10z' + ring(10, 8, 2.2),
	synced: 'M5.5 14.5A3.5 3.5 0 0 1 5 7.6 5 5 0 0 1 14.7 8a3.3 3.3 0 0 1 .3 6.5zM7.8 11l1.7 1.7 3-3.2',
	cut: 'M5.5 14.5A3.5 3.5 0 0 1 5 7.6 5 5 0 0 1 14.7 8a3.3 3.3 0 0 1 .3 6.5zM4 3l12 14',
	more: ring(4, 10, 1) + ring(10, 10, 1) + ring(16, 10, 1),
}
export type IconName = keyof typeof ICONS

export const Icon = ({ name }: { name: IconName }) => (
	<svg class="i" viewBox="0 0 20 20" aria-hidden="true">
		<path d={ICONS[name]} />
	</svg>
)

const LINE = { fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6 } as const
const CUT = { fill: 'none', stroke: '#fff', 'stroke-width': 1.6 } as const
const GLYPHS = {
	ok: [<path d={ring(7, 7, 7)} fill="currentColor" />, <path d="M3.8 7.2l2.2 2.200 4.200-4.600" {...CUT} />],
	go: [<path d={ring(7, 7, 6)} {...LINE} />, <path d="M7 1a6 6 0 0 1 0 12z" fill="currentColor" />],
	bad: [<rect width="14" height="14" rx="2.5" fill="currentColor" />, <path d="M4 4l6 6M10 4l-6 6" {...CUT} />],
	risk: [<path d="M7 .8L13.8 13H.2z" fill="currentColor" />, <path d="M7 5v3.6M7 10.3v1.1" {...CUT} />],
	care: [
		<path
			d="M7 12.500S1.500 9 1.500 5.200A2.800 2.800 0 0 1 7 4a2.800 2.800 0 0 1 5.500 1.200C12.500 9 7 12.500 7 12.500z"
			fill="currentColor"
		/>,
	],
	wait: [<path d={ring(7, 7, 6)} {...LINE} />, <path d="M7 3.6V7l2.3 1.500" {...LINE} />],
	plus: [<path d={ring(7, 7, 6.2)} {...LINE} />, <path d="M7 4v6M4 7h6" {...LINE} />],
	minus: [<path d={ring(7, 7, 6.2)} {...LINE} />, <path d="M4 7h6" {...LINE} />],
	change: [<path d={ring(7, 7, 6.2)} {...LINE} />, <path d="M4 8c1-2 2-2 3-1s2 1 3-1" {...LINE} />],
	'': [<path d="M2 7h10" stroke="currentColor" stroke-width="2" />],
}
export type GlyphName = keyof typeof GLYPHS

export const Glyph = ({ name }: { name: GlyphName | Look }) => (
	<svg class="g" viewBox="0 0 14 14" aria-hidden="true">
		{GLYPHS[name]}
	</svg>
)

// css79.mjs OUT - the stylesheet knows only what Chromium 79 knows.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const out = process.argv[2]
const LACKING = [
	[/:(has|is|where)\(/, 'a selector list in a selector'],
	[/:focus-visible/, ':focus-visible (83)'],
	[/aspect-ratio/, 'aspect-ratio (88)'],
	[/[;{]\s*inset\s*:/, 'inset (87)'],
	[/@layer|@container|@property|@scope/, 'a newer at-rule'],
	[/\b(min|max|clamp)\(\s*\d[^)]*,[^)]*\)/, 'min(), max(), clamp() are 79 and Safari 13.1: allowed', true],
	[/content-visibility|accent-color\s*:\s*auto|text-wrap/, 'a newer property'],
	[/color-mix|oklch|lab\(/, 'a newer colour'],
	[/&\s*[.:>#]/, 'nesting'],
	[/\d(dvh|svh|lvh)/, 'a newer unit'],
]
let faults = 0
for (const name of readdirSync(join(out, 'assets')).filter((n) => n.endsWith('.css'))) {
	const text = readFileSync(join(out, 'assets', name), 'utf8')
	for (const [form, what, fine] of LACKING)
		if (!fine && form.test(text)) {
			faults++
			console.log(`${name}: ${what}: ${form.exec(text)[0]}`)
		}
	// a gap in a flex row is unknown to Chromium 79
	for (const rule of text.match(/[^{}]+\{[^{}]*display:\s*flex[^{}]*\}/g) ?? [])
		if (/[;{](grid-)?gap:/.test(rule)) {
			faults++
			console.log(`${name}: a gap in flex: ${rule.slice(0, 80)}`)
		}
}
process.exitCode = faults ? 1 : 0

// states.mjs - src/words/states.ts and states-en.ts from deploy/data/words.json, the one file of the words of states that C reads too.
import { readFileSync, writeFileSync } from 'node:fs'

const words = JSON.parse(readFileSync(new URL('../../../deploy/data/words.json', import.meta.url), 'utf8'))
const MADE = '// Made by tools/states.mjs from deploy/data/words.json.\n'
const each = (of) =>
	JSON.stringify(
		Object.fromEntries(
			Object.entries(words).map(([noun, rows]) => [
				noun,
				Object.fromEntries(Object.entries(rows).map(([k, w]) => [k, of(w)])),
			]),
		),
	)

function put(name, text) {
	const to = new URL('../src/words/' + name, import.meta.url)
	let is = ''
	try {
		is = readFileSync(to, 'utf8')
	} catch {
		/* not made yet */
	}
	if (is !== MADE + text) writeFileSync(to, MADE + text)
}
put(
	'states.ts',
	`export interface Word { zh: string; look?: string }
export type Look = 'ok' | 'go' | 'risk' | 'bad' | 'care' | ''
export const states: Record<string, Record<string, Word>> = ${each((w) => (w.look ? { zh: w.zh, look: w.look } : { zh: w.zh }))}
`,
)
put(
	'states-en.ts',
	`export const states: Record<string, Record<string, string>> = ${each((w) => w.en)}
`,
)

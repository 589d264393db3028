// es2019.mjs OUT - what was built is read by Chromium 79 and Safari 13.1: the syntax by a parser of that year (with import()
// and import.meta, which both have), and no call of what they lack.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'acorn'

const out = process.argv[2]
const LACKING =
	/\.replaceAll\(|\.at\(|\bstructuredClone\b|\brandomUUID\b|Object\.hasOwn\b|\.findLast\(|\.toSorted\(|\.toReversed\(|\bWeakRef\b|Promise\.any\b|Promise\.allSettled\b|Array\.prototype\.flat\b\.at|innerHTML\s*=|document\.write|\beval\(|new Function\(/g
// Preact's own way to set markup, which nothing of ours uses
const ALLOWED = /__html/
let faults = 0
for (const name of [
	...readdirSync(join(out, 'assets'))
		.filter((n) => n.endsWith('.js'))
		.map((n) => 'assets/' + n),
	'sw.js',
]) {
	const text = readFileSync(join(out, name), 'utf8')
	try {
		// 2020 only for import(), import.meta and export * as: nullish and optional chaining are looked for by hand
		parse(text, {
			ecmaVersion: 2020,
			sourceType: 'module',
			onToken: (t) => {
				if (t.type.label === '?.' || t.type.label === '??')
					throw new SyntaxError(`${t.type.label} at ${t.start}`)
			},
		})
	} catch (e) {
		faults++
		console.log(`${name}: ${e.message}`)
	}
	for (const m of text.matchAll(LACKING)) {
		if (ALLOWED.test(text.slice(m.index - 200, m.index + 200))) continue
		faults++
		console.log(`${name}: ${m[0]} … ${text.slice(m.index - 30, m.index + 40)}`)
	}
}
process.exitCode = faults ? 1 : 0

// served.mjs OPENAPI - src/api/served.ts: what GET answers, with the parameters that each path knows, from the API's document.
// A parameter of one value out of a list is marked *: it takes no two of them.  CONSOLE_ALL=1: nothing is known, so everything
// is taken for served, as the stub of the tests does.
import { readFileSync, writeFileSync } from 'node:fs'

const api = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const at = (ref) => ref.slice(2).split('/').reduce((x, k) => x[k], api)
const whole = (x) => (x.$ref ? at(x.$ref) : x)
const rows = {}
for (const [path, methods] of Object.entries(api.paths)) {
	if (!methods.get) continue
	rows[path] = [...(methods.parameters ?? []), ...(methods.get.parameters ?? [])]
		.map(whole)
		.filter((p) => p.in === 'query')
		.map((p) => p.name + (whole(p.schema ?? {}).enum ? '*' : ''))
		.join(' ')
}
const text = process.env.CONSOLE_ALL ? 'undefined' : JSON.stringify(rows)
writeFileSync(
	new URL('../src/api/served.ts', import.meta.url),
	`// Made by tools/served.mjs from the API's document.
export const SERVED: Record<string, string> | undefined = ${text}
`,
)

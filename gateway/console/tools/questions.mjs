// questions.mjs - what GET answers by the API's document: {path: its parameters of the query, with a blank between them}.  One of
// which a list says the values is marked *: it takes no two of them.
import { readFileSync } from 'node:fs'

export function questionsOf(file) {
	const api = JSON.parse(readFileSync(file, 'utf8'))
	const at = (ref) => ref.slice(2).split('/').reduce((x, k) => x[k], api)
	const whole = (x) => (x?.$ref ? at(x.$ref) : x)
	const rows = {}
	for (const [path, methods] of Object.entries(api.paths)) {
		if (!methods.get) continue
		rows[path] = [...(methods.parameters ?? []), ...(methods.get.parameters ?? [])]
			.map(whole)
			.filter((p) => p.in === 'query')
			.map((p) => p.name + (whole(p.schema)?.enum ? '*' : ''))
			.join(' ')
	}
	return rows
}

// Whether the server can answer a question, by its own document (served.ts).  What only dresses an answer is left out of the
// question where it is not known; where a filter is not known the question is not put, since it would be another.
import { SERVED } from './served'

const DRESS = ['names', 'why', 'count', 'order']
const rows = Object.entries(SERVED ?? {}).map(
	([path, known]) => [new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`), known.split(' ')] as const,
)
const parts = (path: string): [string, URLSearchParams] => {
	const [at = '', search = ''] = path.split('?')
	return [at, new URLSearchParams(search)]
}
const knownOf = (at: string) => rows.find(([form]) => form.test(at))?.[1]

// Whether a parameter is known there, and takes that value.
const takes = (known: readonly string[], name: string, value: string) =>
	known.includes(name) || (known.includes(name + '*') && !value.includes(','))

// The question as the server takes it; nothing when it cannot be put.
export function fit(path: string): string | undefined {
	if (!SERVED) return path
	const [at, query] = parts(path)
	const known = knownOf(at)
	if (!known) return undefined
	const kept = [...query].filter(([k, v]) => takes(known, k, v))
	if ([...query].some(([k, v]) => !takes(known, k, v) && !DRESS.includes(k))) return undefined
	return at + (kept.length ? '?' + new URLSearchParams(kept) : '')
}

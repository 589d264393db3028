// served.mjs OPENAPI - src/api/served.ts, by which the console knows what it may ask.  CONSOLE_ALL=1: everything, as the stub of the
// tests answers.
import { writeFileSync } from 'node:fs'
import { questionsOf } from './questions.mjs'

const rows = process.env.CONSOLE_ALL ? 'undefined' : JSON.stringify(questionsOf(process.argv[2]))
writeFileSync(
	new URL('../src/api/served.ts', import.meta.url),
	`// Made by tools/served.mjs from the API's document.
export const SERVED: Record<string, string> | undefined = ${rows}
`,
)

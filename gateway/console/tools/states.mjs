// states.mjs - src/words/states.ts from deploy/data/words.json, the one file of the words of states that C reads too.
import { readFileSync, writeFileSync } from 'node:fs'

const words = JSON.parse(readFileSync(new URL('../../../deploy/data/words.json', import.meta.url), 'utf8'))
const text = `// Made by tools/states.mjs from deploy/data/words.json.
export interface Word { zh: string; en: string; look: string }
export type Look = 'ok' | 'go' | 'risk' | 'bad' | 'care' | ''
export const states: Record<string, Record<string, Word>> = ${JSON.stringify(words)}
`
const to = new URL('../src/words/states.ts', import.meta.url)
let is = ''
try { is = readFileSync(to, 'utf8') } catch { /* not made yet */ }
if (is !== text) writeFileSync(to, text)

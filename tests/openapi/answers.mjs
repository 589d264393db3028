// What was answered over HTTP, held against the published document: `node answers.mjs OPENAPI.json ANSWERS NOT-YET`.
//
// ANSWERS: a line an answer, as tests/harness/http.c keeps them while the scenarios run.  Each must be as the document says; and each
// value that the document lists for an answer must have stood in one, so that none is promised that never comes.  NOT-YET: the
// values of which the README says that they do not come yet, "Schema value" a line; one that has come must leave that list.
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Contract } from './contract.mjs'

const [documentFile, answersFile, notYetFile] = process.argv.slice(2)
const contract = new Contract(JSON.parse(readFileSync(documentFile, 'utf8')))
const notYet = new Set(readFileSync(notYetFile, 'utf8').split('\n').filter((line) => line && !line.startsWith('#')))
let passed = 0
let failed = 0

function check(fault, what) {
	if (!fault) return void passed++
	if (++failed <= 40) console.log(`FAIL ${what}: ${fault}`)
}

// Fixed words come before braces: findings:batch is no finding.
const braces = (path) => path.split('{').length
const shapes = contract.operations
	.map((o) => ({ o, shape: new RegExp(`^${o.path.replaceAll(/\{\w+\}/g, '[^/?]+')}$`) }))
	.sort((a, b) => braces(a.o.path) - braces(b.o.path))
const operationOf = (method, path) => shapes.find(({ o, shape }) => o.method === method.toLowerCase() && shape.test(path.split('?')[0]))?.o

for await (const line of createInterface({ input: createReadStream(answersFile) })) {
	const { method, path, status, headers, text } = JSON.parse(line)
	const o = operationOf(method, path)
	if (!o) continue
	const all = new Headers(headers)
	check(contract.answerFaults(o, { status, headers: all, type: all.get('content-type') ?? '', text }), `${method} ${path}`)
}
for (const value of contract.listed())
	if (notYet.has(value)) check(contract.seen.has(value) ? 'it has come: the list of what does not come yet is wrong' : '', value)
	else check(contract.seen.has(value) ? '' : 'no answer has had it', value)
for (const value of notYet) check(contract.listed().has(value) ? '' : 'the document does not list it', value)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)

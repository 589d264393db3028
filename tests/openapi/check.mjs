// Proves the published document true: `node check.mjs URL TOKEN`, on a fresh stack with a hand-set clock.
//
// How: the document is judged by a validator of OpenAPI.  Then world.mjs makes one of everything; every operation is called
// well and, as far as the document itself tells how, badly; every answer must be of a status, type and shape that the
// document has for it.  What the document says is a good body must be taken, what it says is a bad one refused.
import { Contract } from './contract.mjs'
import { CALLS, DISTRICT, QUERY, known } from './world.mjs'

const [url, token] = process.argv.slice(2)
const said = {}
const succeeded = new Set()
let passed = 0
let failed = 0
let serial = 0
let contract
// How much longer than on a quiet machine things may take here (tests/harness/pace.sh).
const PATIENCE = Math.max(1, Number(process.env.ZHUCUN_TEST_PATIENCE) || 1)

function check(fault, what) {
	if (!fault) return void passed++
	failed++
	console.log(`FAIL ${what}: ${fault}`)
}

// What has come of a body without an end is enough of it.
async function firstOf(body) {
	const reader = body.getReader()
	const { value } = await reader.read()
	await reader.cancel()
	return new TextDecoder().decode(value)
}

async function send(method, target, { body, type, headers = {} } = {}) {
	const all = { authorization: `Bearer ${token}`, ...headers }
	if (body !== undefined && type) all['content-type'] = type
	for (const name of Object.keys(all)) if (all[name] === null) delete all[name]
	const answer = await fetch(url + target, { method: method.toUpperCase(), headers: all, body, signal: AbortSignal.timeout(20000 * PATIENCE) })
	const kind = answer.headers.get('content-type') ?? ''
	const text = kind.startsWith('text/event-stream') ? await firstOf(answer.body) : await answer.text()
	return { status: answer.status, headers: answer.headers, type: kind, text }
}

const filled = (path, values) => path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? `no-${name}`))
const place = (o, values = {}) => filled(o.path, { district: DISTRICT, ...values })

// Sends, and holds the answer against the document and the status wanted (or statuses).
async function call(o, what, wanted, target, request) {
	const answer = await send(o.method, target, request)
	const name = `${o.operationId} ${what}`
	check(contract.answerFaults(o, answer), name)
	check(wanted.includes(answer.status) ? '' : `answered ${answer.status}, not ${wanted}: ${answer.text.slice(0, 300)}`, name)
	if (answer.status < 300) succeeded.add(o.operationId)
	return answer
}

async function settle() {
	for (let i = 0; i < 600 * PATIENCE; i++) {
		const answer = await send('get', `/api/v1/districts/${DISTRICT}/progress`)
		if (JSON.parse(answer.text).lag === 0) return
		await new Promise((resolve) => setTimeout(resolve, 50))
	}
	throw new Error('the consequences do not come')
}

// ---- well

// Of whose token it is called with, if that is not the operator's.
const bearer = (row) => (row.token ? { authorization: `Bearer ${row.token(said)}` } : {})

function request(o, row) {
	return { ...content(o, row), headers: bearer(row) }
}

function content(o, row) {
	if (row.file) return { type: contract.bodyType(o), body: row.file }
	if (row.lines) return { type: contract.bodyType(o), body: row.lines.map((l) => JSON.stringify(l) + '\n').join('') }
	if (row.body === undefined) return {}
	return { type: contract.bodyType(o), body: JSON.stringify(row.body) }
}

function valuesOf(row) {
	return Object.fromEntries(Object.entries(row.path ?? {}).map(([name, v]) => [name, typeof v === 'function' ? v(said) : v]))
}

const placeOf = (o, row) => place(o, valuesOf(row)) + (row.query ? `?${row.query}` : '')

async function makeWorld() {
	for (const row of CALLS) {
		const o = contract.operation(row.id)
		if (!o) {
			check('is not in the document', row.id)
			continue
		}
		if (row.settle) await settle()
		for (const body of row.lines ?? (row.body ? [row.body] : [])) check(contract.bodyFaults(o, body), `a good body of ${row.id}`)
		const good = Object.keys(o.responses).map(Number).filter((s) => s < 300)
		const answer = await call(o, 'well', good, placeOf(o, row), request(o, row))
		if (row.as && answer.status < 300) said[row.as] = JSON.parse(answer.text)
	}
	await settle()
}

// Ids that stand in a path by the collection before them.
function knownPath(o) {
	const ids = known(said)
	const values = {}
	for (const [, collection, name] of o.path.matchAll(/\/([a-z]+)\/\{(\w+)\}/g))
		if (name !== 'district') values[name] = ids[collection] ?? check(`world.mjs knows no ${collection}`, o.operationId)
	return values
}

// Good values of a parameter: each that the schema names, or the one of world.mjs.
function queryValues(p) {
	const schema = contract.resolve(p.schema)
	return schema.enum ?? [QUERY[p.name] ?? String(schema.minimum ?? '')]
}

const queryOf = (params) => params.map((p) => `${p.name}=${queryValues(p)[0]}`).join('&')

async function readWell(o) {
	const values = knownPath(o)
	const all = contract.parameters(o, 'query').filter((p) => p.name !== 'cursor')
	const required = all.filter((p) => p.required)
	await call(o, 'well', [200], `${place(o, values)}?${queryOf(required)}`)
	for (const [p, value] of all.filter((q) => !q.required).flatMap((q) => queryValues(q).map((v) => [q, v]))) {
		const answer = await call(o, `with ${p.name}=${value}`, [200], `${place(o, values)}?${queryOf(required)}&${p.name}=${value}`)
		const next = p.name === 'limit' && /json/.test(answer.type) && JSON.parse(answer.text).next
		if (next) await call(o, 'the next page', [200], `${place(o, values)}?cursor=${encodeURIComponent(next)}&limit=1`)
	}
}

// ---- badly

const inDistrict = (o) => o.path.includes('{district}')
const thing = (o) => /\{(?!district)/.test(o.path)

async function refuseAll(o) {
	const open = o.security?.length === 0 || (o.security ?? []).some((s) => Object.keys(s).length === 0)
	const target = place(o, knownPath(o))
	if (!open) await call(o, 'without a token', [401], target, { headers: { authorization: null } })
	if (!open) await call(o, 'with a bad token', [401], target, { headers: { authorization: 'Bearer nobody' } })
	if (inDistrict(o) && o.method === 'get') await call(o, 'in no district', [403, 404], filled(o.path, { district: '999999', ...knownPath(o) }) + `?${queryOf(contract.parameters(o, 'query').filter((p) => p.required))}`)
}

async function refuseRead(o) {
	const params = contract.parameters(o, 'query')
	const required = queryOf(params.filter((p) => p.required))
	const target = place(o, knownPath(o))
	if (inDistrict(o)) await call(o, 'with an unknown parameter', [422], `${target}?${required}&no_such=1`)
	if (thing(o)) await call(o, 'of nothing', [404], `${place(o)}?${required}`)
	for (const p of params.filter((q) => contract.resolve(q.schema).enum)) await call(o, `with a bad ${p.name}`, [422], `${target}?${required}&${p.name}=no_such`)
	for (const p of params.filter((q) => q.name === 'limit')) await call(o, `with a bad ${p.name}`, [422], `${target}?${required}&${p.name}=501`)
	for (const p of params.filter((q) => q.required)) await call(o, `without ${p.name}`, [422], target)
}

// A value that the schema surely does not have.
function wrong(schema) {
	if (schema.enum) return 'no_such_value'
	if (schema.format === 'date') return '2017-02-30'
	if (schema.format === 'date-time') return '2017-09-08 09:00'
	if (schema.pattern && schema.type === 'string') return '\u0001'
	return { string: 7, integer: 'seven', number: 'seven', boolean: 'yes', array: {}, object: [] }[schema.type]
}

function badBodies(schema, good) {
	const bad = [['an unknown member', { ...good, no_such: 1 }, 'json.unknown_field']]
	for (const name of schema.required ?? []) bad.push([`no ${name}`, Object.fromEntries(Object.entries(good).filter(([n]) => n !== name)), 'json.missing'])
	for (const [name, property] of Object.entries(schema.properties)) {
		const value = wrong(contract.resolve(property))
		if (value === undefined) continue
		bad.push([`a bad ${name}`, { ...good, [name]: value }], [`null as ${name}`, { ...good, [name]: null }])
	}
	return bad
}

// A key that was used would be the reason for every refusal.
const keyless = ({ key, ...body } = {}) => body

async function refuseBodies(o, row) {
	const target = place(o, valuesOf(row))
	for (const [what, body, code] of badBodies(contract.bodySchema(o), keyless(row.body))) {
		check(contract.bodyFaults(o, body) ? '' : 'the document takes it', `${o.operationId} ${what}`)
		const answer = await call(o, what, [422], target, { type: contract.bodyType(o), body: JSON.stringify(body), headers: bearer(row) })
		if (code && answer.status === 422) check(JSON.parse(answer.text).code === code ? '' : answer.text, `${o.operationId} ${what}`)
	}
}

async function refuseLines(o, row) {
	const rows = badBodies(contract.bodySchema(o), { ...row.lines[0], key: 'bad-line' })
	const body = rows.map(([, line]) => JSON.stringify(line) + '\n').join('') + '{\n'
	for (const [what, line] of rows) check(contract.bodyFaults(o, line) ? '' : 'the document takes it', `${o.operationId} ${what}`)
	const answer = await call(o, 'bad lines', [200], place(o, valuesOf(row)), { type: contract.bodyType(o), body })
	const lines = answer.text.split('\n').filter(Boolean).map((l) => JSON.parse(l))
	rows.forEach(([what], i) => check(lines[i]?.error?.status === 422 ? '' : JSON.stringify(lines[i]), `${o.operationId} line with ${what}`))
	check(lines.at(-1).error?.status === 400 ? '' : JSON.stringify(lines.at(-1)), `${o.operationId} a line that is not JSON`)
}

async function refuseFile(o, row) {
	await call(o, 'too large', [413], placeOf(o, row), { type: contract.bodyType(o), body: 'a'.repeat((1 << 20) + 1) })
	if (!row.query) return call(o, 'that is none', [415], placeOf(o, row), { type: contract.bodyType(o), body: 'a' })
	await call(o, 'that is no table', [400], placeOf(o, row), { type: contract.bodyType(o), body: '"' })
	await call(o, 'of no kind', [422], place(o), { type: contract.bodyType(o), body: row.file })
}

async function refuseWrite(o, row) {
	const json = contract.bodyType(o) === 'application/json'
	const target = placeOf(o, row)
	await call(o, 'of another type', [415], target, { type: 'text/plain', body: 'x', headers: bearer(row) })
	if (contract.parameters(o, 'header').some((p) => p.name === 'Idempotency-Key'))
		await call(o, 'with a bad key', [422], target, { ...request(o, row), headers: { ...bearer(row), 'idempotency-key': 'x'.repeat(129) } })
	if (o.method === 'post' && thing(o)) await call(o, 'of nothing', [404], place(o), { type: contract.bodyType(o), body: '{}' })
	if (inDistrict(o) && o.path !== '/api/v1/districts/{district}')
		await call(o, 'in no district', [403, 404], filled(o.path, { district: '999999', ...valuesOf(row) }) + (row.query ? `?${row.query}` : ''), { ...request(o, row), headers: { ...bearer(row), 'idempotency-key': `n${++serial}` } })
	if (row.file) return refuseFile(o, row)
	if (!json) return refuseLines(o, row)
	await call(o, 'that is not JSON', [400], target, { type: 'application/json', body: '{', headers: bearer(row) })
	await call(o, 'too large', [413], target, { type: 'application/json', body: JSON.stringify({ a: 'a'.repeat(1 << 20) }), headers: bearer(row) })
	return refuseBodies(o, row)
}

// ---- the document itself

async function fetchDocument() {
	const target = '/api/v1/openapi.json'
	check((await send('get', target, { headers: { authorization: null } })).status === 401 ? '' : 'anybody may read it', 'the document')
	const first = await send('get', target)
	const tag = first.headers.get('etag')
	for (const [sent, status] of [[tag, 304], [`"x", W/${tag}`, 304], ['"x"', 200]]) {
		const answer = await send('get', target, { headers: { 'if-none-match': sent } })
		check(answer.status === status && answer.headers.get('etag') === tag && !answer.text === (status === 304) ? '' : `${answer.status}`, `If-None-Match: ${sent}`)
	}
	const document = JSON.parse(first.text)
	check(await Contract.judge(document), 'the validator')
	return new Contract(document)
}

contract = await fetchDocument()
await makeWorld()
for (const o of contract.operations) {
	await refuseAll(o)
	if (o.method === 'get') {
		await readWell(o)
		await refuseRead(o)
		continue
	}
	const row = CALLS.find((r) => r.id === o.operationId)
	if (row && o.requestBody) await refuseWrite(o, row)
	check(succeeded.has(o.operationId) ? '' : 'it was never called well; give it a row in world.mjs', o.operationId)
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)

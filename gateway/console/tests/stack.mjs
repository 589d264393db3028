// stack.mjs - a real stack for the tests of the console: the sample district on a clock that stands still, and whom the sample has
// not.  CONSOLE_URL, CONSOLE_SAMPLE (its file of accounts), CONSOLE_TOKEN (the operator's).
import { readFileSync } from 'node:fs'
import { DISTRICT } from './lib.mjs'

const { CONSOLE_URL: URL_, CONSOLE_TOKEN: TOKEN } = process.env
const PASSWORD = 'a password of the tests'
export const TODAY = '2018-09-12'

export async function op(method, path, body, headers = {}) {
	const at = path.startsWith('/api/') ? path : `/api/v1/districts/${DISTRICT}${path}`
	const answer = await fetch(URL_ + at, {
		method,
		headers: { authorization: 'Bearer ' + TOKEN, 'content-type': 'application/json', ...headers },
		body: body === undefined ? undefined : JSON.stringify(body),
	})
	const text = await answer.text()
	if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`)
	return text ? JSON.parse(text) : undefined
}
export async function settled() {
	while ((await op('GET', '/progress')).lag) await new Promise((go) => setTimeout(go, 50))
}

// {role: {phone, password}}, by the lines of var/sample-accounts
export function sampleAccounts() {
	const rows = readFileSync(process.env.CONSOLE_SAMPLE, 'utf8').trim().split('\n')
	return Object.fromEntries(
		rows.map((row) => {
			const [, role, phone, password] = row.split(/\s+/)
			return [role, { phone, password }]
		}),
	)
}

// Somebody of the district with an account of his own.
async function account(id, roles, phone, person) {
	await op('PUT', `/accounts/${id}`, { person_id: person, phone, password: PASSWORD, roles })
	return { phone, password: PASSWORD }
}
async function officer(id, name, phone, roles) {
	await op('PUT', `/persons/${id}`, { name, phone, unit_id: 'unit-90', establishment: 'civil_servant' })
	return account(id, roles, phone, id)
}

// Those who act in cases are somebody's; cadre-40 has measures against him.
export async function people() {
	await op('PUT', '/units/unit-90', { name: '区委组织部' })
	return {
		...sampleAccounts(),
		inspector: await officer('tan', '谭示例', '10000009201', ['inspector']),
		reviewer: await officer('pang', '庞示例', '10000009202', ['reviewer']),
		finance: await officer('feng', '冯示例', '10000009203', ['finance']),
		cadre_with_measures: await account('cadre-40', ['cadre'], '10000009204', 'cadre-40'),
	}
}

// Things to look at.
export async function things() {
	const finding = (await op('GET', '/findings?state=noted&limit=50')).items.find((f) => f.kind === 'unexcused_absence')
	const measure = (await op('GET', '/persons/cadre-40/standing')).measures[0]
	const recalls = (await op('GET', '/recalls?limit=50')).items
	const posting = (await op('GET', '/postings?person_id=cadre-40')).items[0]
	const village = await op('GET', `/villages/${posting.village_id}`)
	return {
		finding: finding.id,
		measure: measure.id,
		recall: recalls.find((r) => r.state === 'proposed').id,
		person: 'cadre-40',
		unit: (await op('GET', '/persons/cadre-40')).unit_id,
		village: village.id,
		township: village.township_id,
		month: '2018-08',
	}
}

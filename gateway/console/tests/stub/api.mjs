// api.mjs - the calls of the contract that the first stage stands on, by method and path.
import { reads } from './reads.mjs'
import { writes } from './writes.mjs'
import { days, postings, TODAY } from './world.mjs'

export class Refused extends Error {
	constructor(status, code, detail, headers = {}) {
		super(detail)
		Object.assign(this, { status, code, headers })
	}
}
export const refuse = (status, code, detail) => {
	throw new Refused(status, code, detail)
}
export const missing = () => refuse(404, 'resource.unknown', '没有这一项')

const ROLES = {
	'/findings': ['district_admin', 'inspector', 'reviewer', 'auditor'],
	'/overview': ['district_admin', 'reviewer', 'finance', 'auditor'],
	'/accounts': ['district_admin', 'auditor'],
	'/payrolls': ['district_admin', 'finance', 'auditor'],
	'/units': ['district_admin', 'inspector', 'reviewer', 'finance', 'auditor', 'unit_head'],
}

// Whose the thing in the path is: limited roles reach only their own.
function reach(path, who) {
	const top = '/' + path.split('/')[1]
	const allowed = ROLES[top]
	if (allowed && !who.roles.some((r) => allowed.includes(r))) refuse(403, 'role.forbidden', '不在您的范围内')
	const limited = who.roles.every((r) => ['cadre', 'unit_head', 'township_leader'].includes(r))
	const person = /^\/persons\/([^/]+)/.exec(path)?.[1]
	if (limited && person && who.roles.includes('cadre') && who.roles.length === 1 && person !== who.person_id)
		refuse(403, 'role.forbidden', '不在您的范围内')
}

const route = (table, path) => {
	for (const [form, then] of table) {
		const m = form.exec(path)
		if (m) return () => then(...m.slice(1).map(decodeURIComponent))
	}
	return undefined
}

let clients = []
export const say = (type, subject, data = {}) => {
	const e = { specversion: '1.0', id: `e${Date.now()}`, type, subject, time: TODAY + 'T10:24:00+08:00', data }
	for (const res of clients) res.write(`id: p${Date.now()}\nevent: ${type}\ndata: ${JSON.stringify(e)}\n\n`)
}

export const api = {
	villagesOf: (p) => [
		...new Set(
			[...postings.values()]
				.filter((x) => x.person_id === p && x.from <= TODAY && (!x.to || x.to > TODAY))
				.map((x) => x.village_id),
		),
	],
	events(req, res) {
		res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
		res.write(': here\n\n')
		clients.push(res)
		if (/from=start/.test(req.url))
			for (const [type, subject] of [
				['supervision.FindingNoted', 'F000000000403'],
				['supervision.FindingConfirmed', 'F000000000401'],
				['accountability.MeasuresChanged', 'p-xiang'],
				['funding.PayrollApproved', '2018-08'],
			])
				res.write(
					`id: ${subject}\nevent: ${type}\ndata: ${JSON.stringify({ id: subject, type, subject, time: '2018-09-11T15:40:00+08:00', data: { state: 'x' } })}\n\n`,
				)
		req.on('close', () => (clients = clients.filter((x) => x !== res)))
	},
	progress: () => ({
		lag: 0,
		parked: 0,
		services: [
			'roster',
			'attendance',
			'supervision',
			'accountability',
			'incentives',
			'funding',
			'alerts',
		].flatMap((service) =>
			[0, 1].map((partition) => ({
				service,
				partition,
				epoch: 3,
				head: 18231 + partition,
				owner: service + '-1',
				consumes: [{ from: 'roster', cursor: 412, head: 412 }],
			})),
		),
	}),
	answer(method, path, q, raw, who, headers) {
		reach(path, who)
		const text = raw?.toString('utf8') ?? ''
		const json = raw && (headers['content-type'] ?? '').includes('json') && text ? JSON.parse(text) : {}
		const then = route(method === 'GET' ? reads(q, who) : writes(method, q, who, json, text), path)
		if (!then) refuse(404, 'route.unknown', `没有这个接口：${method} ${path}`)
		const a = then()
		return a?.file !== undefined || a?.body !== undefined ? a : { body: a ?? missing() }
	},
}
void days

// server.mjs [PORT] - build/console with the contract's headers, and its calls answered from a world in memory.
//
// For development and for tests of the console alone; the same tests run against a real stack (tests/lib.mjs).
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { existsSync, readFileSync } from 'node:fs'
import { accounts, DISTRICT, district, NOW, PASSWORD, persons } from './world.mjs'
import { api, Refused } from './api.mjs'
import { namesOf } from './names.mjs'

const OUT = new URL(
	`file://${process.env.CONSOLE_OUT ?? new URL('../../../../build/console', import.meta.url).pathname}/`,
)
const HEADERS = {
	'content-security-policy':
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
	'referrer-policy': 'same-origin',
	'cross-origin-opener-policy': 'same-origin',
	'permissions-policy': 'camera=(self), geolocation=(self)',
	'x-content-type-options': 'nosniff',
}
const sessions = new Map()
const TYPES = {
	html: 'text/html; charset=utf-8',
	js: 'text/javascript; charset=utf-8',
	css: 'text/css; charset=utf-8',
	svg: 'image/svg+xml',
	webmanifest: 'application/manifest+json',
}

function file(req, res, path) {
	const asset = path.startsWith('/assets/')
	const name = asset || path === '/sw.js' || path === '/manifest.webmanifest' ? path.slice(1) : 'index.html'
	const at = new URL(name, OUT)
	if (name.includes('..') || !existsSync(at)) return res.writeHead(404).end()
	const br = /\bbr\b/.test(req.headers['accept-encoding'] ?? '') && existsSync(new URL(name + '.br', OUT))
	const gz = !br && existsSync(new URL(name + '.gz', OUT))
	const body = readFileSync(new URL(name + (br ? '.br' : gz ? '.gz' : ''), OUT))
	const etag = `"${createHash('sha1').update(body).digest('hex').slice(0, 16)}"`
	const headers = {
		...HEADERS,
		'content-type': TYPES[name.split('.').pop()],
		vary: 'Accept-Encoding',
		...(br ? { 'content-encoding': 'br' } : gz ? { 'content-encoding': 'gzip' } : {}),
		...(asset
			? { 'cache-control': 'public, max-age=31536000, immutable' }
			: { 'cache-control': 'no-cache', etag }),
	}
	if (!asset && req.headers['if-none-match'] === etag) return res.writeHead(304, headers).end()
	res.writeHead(200, headers).end(body)
}

const problem = (res, status, code, detail, more = {}) =>
	res
		.writeHead(status, { 'content-type': 'application/problem+json', ...more })
		.end(JSON.stringify({ type: 'about:blank', title: code, status, code, detail, errors: [] }))

async function bodyOf(req) {
	const parts = []
	for await (const p of req) parts.push(p)
	return Buffer.concat(parts)
}

const cookieOf = (req) => /zhucun=([0-9a-f]+)/.exec(req.headers.cookie ?? '')?.[1]
const mine = (s) => {
	const a = accounts.get(s.account),
		p = persons.get(a.person_id)
	return {
		account: a.id,
		person_id: a.person_id,
		name: p?.name,
		roles: a.roles,
		district: { id: DISTRICT, name: district.name },
		unit_ids: p ? [p.unit_id] : [],
		township_ids: a.township_id ? [a.township_id] : [],
		village_ids: a.person_id ? api.villagesOf(a.person_id) : [],
		deputy_for: [],
		now: NOW,
		expires_at: '2018-09-12T22:24:00+08:00',
		...(s.stepped ? { stepped_up_until: '2018-09-12T10:34:00+08:00' } : {}),
	}
}

function json(req, res, value, url, status = 200) {
	const names = url.searchParams.get('names') === '1' ? { names: namesOf(value) } : {}
	const text = JSON.stringify(Array.isArray(value) ? value : { ...value, ...names })
	const etag = `"${createHash('sha1').update(text).digest('hex').slice(0, 16)}"`
	if (req.method === 'GET' && req.headers['if-none-match'] === etag) return res.writeHead(304, { etag }).end()
	res.writeHead(status, { 'content-type': 'application/json', etag, vary: 'Accept-Encoding' }).end(text)
}

let failures = 0
async function serveSession(req, res, url) {
	const at = url.pathname.slice('/api/v1/sessions'.length)
	const token = cookieOf(req),
		s = token && sessions.get(token)
	if (req.method === 'POST' && at === '') {
		const b = JSON.parse(await bodyOf(req))
		const a = [...accounts.values()].find((x) => x.phone === b.phone && !x.disabled)
		if (failures >= 5 && b.password !== PASSWORD)
			return problem(res, 429, 'login.locked', '请稍后再试', { 'retry-after': '60' })
		if (!a || b.password !== PASSWORD) return (failures++, problem(res, 401, 'login.refused', '手机号或密码不对'))
		failures = 0
		if (b.remember && a.roles.some((r) => r !== 'cadre' && r !== 'inspector'))
			return problem(res, 422, 'session.remember', '此账号不能保持登录')
		const t = randomBytes(16).toString('hex')
		sessions.set(t, { account: a.id })
		return res
			.writeHead(201, {
				'content-type': 'application/json',
				'set-cookie': `zhucun=${t}; Path=/; HttpOnly; SameSite=Strict`,
			})
			.end(JSON.stringify({ expires_at: '2018-09-12T22:24:00+08:00', account: a.id }))
	}
	if (!s) return problem(res, 401, 'token.invalid', '请登录')
	if (req.method === 'GET') return json(req, res, mine(s), url)
	if (req.method === 'DELETE')
		return (sessions.delete(token), res.writeHead(204, { 'set-cookie': 'zhucun=; Path=/; Max-Age=0' }).end())
	const b = JSON.parse(await bodyOf(req))
	if ((b.password ?? b.old) !== PASSWORD) return problem(res, 403, 'session.password', '密码不对')
	if (at === '/current/step-up')
		return ((s.stepped = true), json(req, res, { until: '2018-09-12T10:34:00+08:00' }, url))
	res.writeHead(204).end()
}

async function serve(req, res) {
	const url = new URL(req.url, 'http://stub')
	const path = url.pathname
	if (!path.startsWith('/api/')) return file(req, res, path)
	if (process.env.STUB_DELAY) await new Promise((go) => setTimeout(go, +process.env.STUB_DELAY))
	if (path === '/api/v1/public/districts')
		return json(req, res, { items: [{ id: DISTRICT, name: district.name }] }, url)
	if (path.startsWith('/api/v1/sessions')) return serveSession(req, res, url)
	if (path === '/api/v1/status')
		return (req.headers.authorization ?? '').length > 38
			? json(req, res, api.progress(), url)
			: problem(res, 401, 'token.invalid', '令牌不对')
	const s = sessions.get(cookieOf(req) ?? '')
	if (!s) return problem(res, 401, 'token.invalid', '请登录')
	if (req.method !== 'GET' && req.headers['x-zhucun'] !== '1')
		return problem(res, 403, 'session.foreign', '请求来自别的网站')
	const m = /^\/api\/v1\/districts\/(\d{6})(.*)$/.exec(path)
	if (!m) return problem(res, 404, 'route.unknown', '没有这个接口')
	if (m[1] !== DISTRICT) return problem(res, 403, 'role.forbidden', '不在您的范围内')
	const who = { ...mine(s), stepped: s.stepped }
	if (m[2] === '/events') return api.events(req, res)
	const raw = req.method === 'GET' ? undefined : await bodyOf(req)
	const answer = api.answer(req.method, m[2], url.searchParams, raw, who, req.headers)
	if (answer.file)
		return res
			.writeHead(200, {
				'content-type': answer.type,
				'content-disposition': `attachment; filename="${answer.name}"`,
			})
			.end(answer.file)
	json(req, res, answer.body, url, answer.status ?? 200)
}

const port = Number(process.argv[2] ?? 8089)
const server = createServer((req, res) =>
	serve(req, res).catch((e) => {
		if (e instanceof Refused) return problem(res, e.status, e.code, e.message, e.headers)
		console.error(e)
		problem(res, 500, 'stub.broken', String(e.stack))
	}),
)
server.listen(port, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`))

// One request: cookie by itself, X-Zhucun, Idempotency-Key, problem+json.  A 401 opens the login over the page and waits; a
// step-up asks for the password and waits; then the same request goes again with the same key, so nothing typed is lost.
import { signal } from '@preact/signals'
import { taken } from './early'

export class Problem extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		readonly detail: string,
		readonly errors: { pointer: string; code: string; detail?: string }[] = [],
		readonly retryAfter = 0,
		readonly trace = '',
	) {
		super(detail)
	}
}

export interface Answer<T> {
	data: T
	status: number
	etag: string
	date: number
}
export interface Ask {
	body?: unknown
	raw?: string | Blob
	type?: string
	key?: string
	etag?: string
	match?: string
	token?: string
	quiet?: boolean
}

// Who is waiting for a login or a password.  session.ts and the sheets of the shell resolve them.
export const lost = signal(false)
export const wanted = signal(false)
let loggedIn: (() => void)[] = []
let steppedUp: ((ok: boolean) => void)[] = []

export function login() {
	lost.value = false
	for (const go of loggedIn.splice(0)) go()
}
export function stepUp(ok: boolean) {
	wanted.value = false
	for (const go of steppedUp.splice(0)) go(ok)
}

// The last time that the server spoke, and how far its clock is from ours.
export const heard = signal(0)
export const online = signal(navigator.onLine)
// a signal, so that what was drawn before the server said its time is drawn again
export const skew = signal(0)
export const now = () => new Date(Date.now() + skew.value)
export const setNow = (instant: string) => {
	const is = Date.parse(instant) - Date.now()
	if (Math.abs(is - skew.peek()) > 2000) skew.value = is
}

export const uuid = () => {
	const b = crypto.getRandomValues(new Uint8Array(16))
	return [...b].map((x) => x.toString(16).padStart(2, '0')).join('')
}

async function problem(response: Response): Promise<Problem> {
	const wait = Number(response.headers.get('retry-after')) || 0
	const trace = response.headers.get('traceparent') ?? ''
	try {
		const p = await response.json()
		return new Problem(response.status, p.code ?? '', p.detail ?? p.title ?? '', p.errors ?? [], wait, trace)
	} catch {
		return new Problem(response.status, 'http.' + response.status, response.statusText, [], wait, trace)
	}
}

function heading(method: string, ask: Ask): Record<string, string> {
	const h: Record<string, string> = { accept: 'application/json' }
	if (method !== 'GET') h['x-zhucun'] = '1'
	if (ask.token) h.authorization = 'Bearer ' + ask.token
	if (ask.etag) h['if-none-match'] = ask.etag
	if (ask.match) h['if-match'] = ask.match
	if (method === 'POST' && ask.key !== '') h['idempotency-key'] = ask.key ?? uuid()
	if (ask.body !== undefined || ask.raw !== undefined) h['content-type'] = ask.type ?? 'application/json'
	return h
}

async function once<T>(method: string, path: string, ask: Ask, headers: Record<string, string>): Promise<Answer<T>> {
	let response: Response
	try {
		// no cache mode, no headers on a plain GET: so that it may take what index.html has begun to load
		const plain = method === 'GET' && !ask.etag && !ask.token
		response =
			(await (plain && taken(path))) ||
			(await fetch(
				path,
				plain
					? undefined
					: {
							method,
							headers,
							body: ask.raw ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body)),
						},
			))
	} catch {
		online.value = false
		throw new Problem(0, 'offline', '')
	}
	online.value = true
	heard.value = now().getTime()
	if (response.status === 304)
		return { data: undefined as T, status: 304, etag: ask.etag ?? '', date: now().getTime() }
	if (!response.ok) throw await problem(response)
	const text = response.status === 204 ? '' : await response.text()
	return {
		data: text ? JSON.parse(text) : undefined,
		status: response.status,
		etag: response.headers.get('etag') ?? '',
		date: now().getTime(),
	}
}

export async function call<T>(method: string, path: string, ask: Ask = {}): Promise<Answer<T>> {
	const headers = heading(method, ask)
	for (;;) {
		try {
			return await once<T>(method, path, ask, headers)
		} catch (e) {
			if (!(e instanceof Problem) || ask.quiet || ask.token) throw e
			if (e.status === 401) {
				lost.value = true
				await new Promise<void>((go) => loggedIn.push(go))
			} else if (e.code === 'session.step_up') {
				wanted.value = true
				if (!(await new Promise<boolean>((go) => steppedUp.push(go)))) throw e
			} else throw e
		}
	}
}

addEventListener('online', () => (online.value = true))
addEventListener('offline', () => (online.value = false))

// Who it is.  The cookie is the browser's affair; kept on the device is only what the shell needs to stand at once.
import { computed, signal } from '@preact/signals'
import type { Role, Session } from './api/contract'
import { forget, own } from './api/cache'
import { fit } from './api/fit'
import { isOffered } from './api/offered'
import { has, who } from './api/who'
import { call, login, lost, Problem, setNow, skew } from './api/client'
import { district, go } from './router'

export { has, who }
const PATH = '/api/v1/sessions/current'
const ME = fit(PATH + '?names=1') ?? PATH
export const known = signal(false) // whether it has been asked

const ORDER: Role[] = [
	'district_admin',
	'reviewer',
	'finance',
	'auditor',
	'unit_head',
	'township_leader',
	'inspector',
	'cadre',
]
// The highest of one's roles: its home is the home, the others are entries of the side list.
export const role = computed<Role | undefined>(() => ORDER.find((r) => who.value?.roles.includes(r)))
export const limited = computed(
	() => !!who.value && who.value.roles.every((r) => r === 'cadre' || r === 'unit_head' || r === 'township_leader'),
)
export const d = (rest: string) => `/api/v1/districts/${district.value || who.value?.district?.id}${rest}`

// the first that is offered
const HOME: Record<Role, string[]> = {
	district_admin: ['today', 'findings'],
	reviewer: ['tasks', 'findings'],
	finance: ['payrolls'],
	auditor: ['today', 'trail'],
	unit_head: ['unit'],
	township_leader: ['township'],
	inspector: ['findings/new'],
	cadre: ['home'],
}
export const homePath = () =>
	`/${who.value?.district?.id}/${(role.value && HOME[role.value].find(isOffered)) ?? 'me'}`

function settle(s: Session) {
	setNow(s.now)
	own(s.account)
	who.value = s
	try {
		localStorage.setItem('who', JSON.stringify(s))
		localStorage.setItem('skew', String(skew.peek()))
	} catch {
		/* a device that keeps nothing */
	}
}

// Once at the start: what the device remembers stands meanwhile, so that a warm page does not wait for the network.
export async function begin() {
	try {
		const kept = localStorage.getItem('who')
		if (kept) {
			const s: Session = JSON.parse(kept)
			own(s.account)
			who.value = s
			known.value = true
			skew.value = Number(localStorage.getItem('skew')) || 0
		}
	} catch {
		/* nothing is kept */
	}
	try {
		settle((await call<Session>('GET', ME, { quiet: true })).data)
	} catch (e) {
		if (!(e instanceof Problem)) throw e
		if (e.status === 401) away()
	}
	known.value = true
}

function away() {
	if (!who.value) return
	who.value = undefined
	forget()
	try {
		localStorage.removeItem('who')
	} catch {
		/* nothing is kept */
	}
}

export async function enter(into: string, phone: string, password: string, remember: boolean) {
	const body = { district: into, phone, password, cookie: true, ...(remember ? { remember: true } : {}) }
	await call('POST', '/api/v1/sessions', { body, key: '', quiet: true })
	const before = who.value?.account
	settle((await call<Session>('GET', ME, { quiet: true })).data)
	login()
	if (before !== who.value?.account && lost.peek() === false && before) go(homePath())
}

export async function leave(everywhere = false) {
	try {
		await call('DELETE', '/api/v1/sessions' + (everywhere ? '' : '/current'), { quiet: true })
	} catch (e) {
		if (!(e instanceof Problem) || (e.status !== 401 && e.status !== 0)) throw e
	}
	away()
	go('/')
}

// A desktop that nobody touches for half an hour ends the session; the page stays, under the login.
const IDLE_MS = 30 * 60_000
let touched = Date.now()
for (const what of ['pointerdown', 'keydown', 'scroll'])
	addEventListener(what, () => (touched = Date.now()), { passive: true })
setInterval(() => {
	if (!who.value || lost.value || Date.now() - touched < IDLE_MS || matchMedia('(max-width: 59.99em)').matches)
		return
	lost.value = true
	void call('DELETE', PATH, { quiet: true }).catch(() => undefined)
}, 30_000)

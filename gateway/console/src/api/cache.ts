// What has been read: an entry a path, shown at once, asked again with its ETag when a page opens, the window gets the focus
// or an event marks it.  Pages of one's own are kept on the device too (per account, emptied at logout), so that a warm start
// and a hole in the network show the last known, with its time.
import { signal, type Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { now, Problem } from './client'
import { read } from './until'

export interface Entry<T> {
	path: string
	data: Signal<T | undefined>
	problem: Signal<Problem | undefined>
	at: Signal<number>
	etag: string
	busy: boolean
	fresh: boolean
	users: number
	kept: boolean
}

const entries = new Map<string, Entry<unknown>>()
const KEPT_MAX = 40
const KEPT_BYTES = 300_000
let account = ''

const keptName = (path: string) => `kept:${account}:${path}`

function fromDevice(e: Entry<unknown>) {
	try {
		const text = account && localStorage.getItem(keptName(e.path))
		if (!text) return
		const { at, etag, data } = JSON.parse(text)
		e.data.value = data
		e.at.value = at
		e.etag = etag
	} catch {
		/* a device that keeps nothing */
	}
}

function toDevice(e: Entry<unknown>) {
	if (!account || !e.kept) return
	try {
		const text = JSON.stringify({ at: e.at.value, etag: e.etag, data: e.data.value })
		if (text.length > KEPT_BYTES) return
		const names = Object.keys(localStorage).filter((k) => k.startsWith('kept:'))
		if (names.length >= KEPT_MAX) for (const k of names.slice(0, 10)) localStorage.removeItem(k)
		localStorage.setItem(keptName(e.path), text)
	} catch {
		/* full, or a device that keeps nothing */
	}
}

export function entry<T>(path: string, kept = false): Entry<T> {
	let e = entries.get(path)
	if (!e) {
		e = {
			path,
			data: signal(undefined),
			problem: signal(undefined),
			at: signal(0),
			etag: '',
			busy: false,
			fresh: false,
			users: 0,
			kept,
		}
		entries.set(path, e)
		if (kept) fromDevice(e)
	}
	return e as Entry<T>
}

const MARKED_MS = 3000
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
export const changed = signal(0) // instant of the last answer that differed from what was shown

export async function load(e: Entry<unknown>, quiet = false): Promise<void> {
	if (e.busy) return
	e.busy = true
	try {
		const a = await read<unknown>(e.path, { etag: e.data.value === undefined ? '' : e.etag, quiet })
		e.problem.value = undefined
		e.at.value = a.date
		e.fresh = true
		if (a.status !== 304 && !(a.etag === '' && same(a.data, e.data.value))) {
			if (e.data.value !== undefined) changed.value = a.date
			e.etag = a.etag
			e.data.value = a.data
		}
		toDevice(e)
	} catch (p) {
		if (!(p instanceof Problem)) throw p
		e.problem.value = p
		if (p.status === 503 || p.status === 429)
			setTimeout(() => e.users && void load(e), 1000 * Math.max(2, p.retryAfter))
	} finally {
		e.busy = false
	}
}

// Everything whose path holds one of these words is asked again when it is next looked at, or now if it is.
export function mark(...words: string[]) {
	for (const e of entries.values()) {
		// a preview is of one instant: who decides by it asks for another himself
		if (/\/consequences/.test(e.path) || (words.length && !words.some((w) => e.path.includes(w)))) continue
		e.fresh = false
		if (e.users) void load(e)
	}
}

export function useRead<T>(path: string | undefined, kept = false): Entry<T> {
	const e = entry<T>(path ?? '', kept)
	useEffect(() => {
		if (!path) return
		e.users++
		if (!e.fresh) void load(e as Entry<unknown>)
		return () => void e.users--
	}, [path])
	return e
}

// Of whom what is read is; another account finds nothing of it.
export function own(name: string) {
	if (account && account !== name) forget()
	account = name
}
export function forget() {
	entries.clear()
	try {
		for (const k of Object.keys(localStorage)) if (k.startsWith('kept:')) localStorage.removeItem(k)
	} catch {
		/* nothing is kept */
	}
}
export const marked = (at: number) => now().getTime() - at < MARKED_MS

addEventListener('visibilitychange', () => {
	if (!document.hidden)
		for (const e of entries.values()) if (e.users && now().getTime() - e.at.value > 15_000) void load(e)
})

// Live: administrators and auditors follow GET /events in one tab of the browser; everybody else asks for the tasks each
// minute while looking.  An event names type and subject; this table says what that makes stale.  Nothing is drawn from it.
import { d, has } from '../session'
import { mark } from './cache'
import { listen, STALE } from './events'

export const stale = (type: string) => mark(...(STALE.get(type) ?? []))

const ASK_MS = 60_000
const FAILURES_MAX = 3
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('zhucun')

function poll(): () => void {
	const timer = setInterval(() => {
		if (!document.hidden) mark('/tasks?mine=1')
	}, ASK_MS)
	return () => clearInterval(timer)
}

// One stream a browser: the tab that holds the lock has it and tells the others.
function stream(): () => void {
	let source: EventSource | undefined
	let stopPoll: (() => void) | undefined
	let failures = 0
	let waiting = new Set<string>()
	let timer = 0
	const flush = () => {
		for (const type of waiting) stale(type)
		waiting = new Set()
		timer = 0
	}
	const heard = (type: string) => {
		waiting.add(type)
		timer ||= window.setTimeout(flush, 300) // a burst is one question
	}
	const open = () => {
		source = new EventSource(d('/events'))
		listen(source, (type) => {
			failures = 0
			heard(type)
			channel?.postMessage(type)
		})
		source.onerror = () => {
			// refused (so many streams an account), or cut off again and again
			if (source?.readyState !== EventSource.CLOSED && ++failures < FAILURES_MAX) return
			source?.close()
			stopPoll ??= poll()
		}
	}
	if (channel) channel.onmessage = (e) => heard(String(e.data))
	const gone = new AbortController()
	if (navigator.locks) {
		void navigator.locks
			.request('zhucun.events', { signal: gone.signal }, () => {
				open()
				return new Promise<void>((done) => gone.signal.addEventListener('abort', () => done()))
			})
			.catch(() => undefined)
	} else open()
	return () => {
		gone.abort()
		source?.close()
		stopPoll?.()
		clearTimeout(timer)
	}
}

export const follow = (): (() => void) =>
	has('district_admin', 'auditor') && matchMedia('(min-width: 60em)').matches ? stream() : poll()

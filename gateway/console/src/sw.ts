// sw.js - the shell without the network: index.html and the assets that were used, nothing of /api.
//
// A page is answered from what is kept and asked again behind its back; an asset has its content's hash in its name and is
// kept until a newer index.html no longer names it.
export {}
declare const self: {
	addEventListener(what: string, then: (e: SwEvent) => void): void
	skipWaiting(): Promise<void>
	clients: { claim(): Promise<void> }
	location: Location
}
interface SwEvent {
	request: Request
	data: unknown
	waitUntil(p: Promise<unknown>): void
	respondWith(p: Promise<Response>): void
}
const SHELL = 'shell'
const ASSETS = 'assets'
const PAGE = '/'

async function newPage(): Promise<Response> {
	const answer = await fetch(PAGE, { cache: 'no-cache' })
	if (answer.ok) {
		const shell = await caches.open(SHELL)
		const was = await (await shell.match(PAGE))?.text()
		const is = await answer.clone().text()
		await shell.put(PAGE, answer.clone())
		if (was !== undefined && was !== is) await prune(is)
	}
	return answer
}

// What the new page names is fetched before the next start; of older chunks those used lately stay until the one after.
async function prune(page: string) {
	const assets = await caches.open(ASSETS)
	const named = page.match(/\/assets\/[\w.-]+/g) ?? []
	for (const old of await assets.keys()) await assets.delete(old)
	await assets.addAll(named)
}

async function fromShell(): Promise<Response> {
	const kept = await (await caches.open(SHELL)).match(PAGE)
	const fresh = newPage()
	if (!kept) return fresh
	fresh.catch(() => undefined)
	return kept
}

async function fromAssets(request: Request): Promise<Response> {
	const cache = await caches.open(ASSETS)
	const kept = await cache.match(request.url)
	if (kept) return kept
	const answer = await fetch(request)
	if (answer.ok) await cache.put(request.url, answer.clone())
	return answer
}

self.addEventListener('install', (e) => e.waitUntil(newPage().then(() => self.skipWaiting())))
self.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()))
self.addEventListener('message', (e) => {
	if (Array.isArray(e.data)) e.waitUntil(caches.open(ASSETS).then((c) => c.addAll(e.data as string[])))
})
self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url)
	if (e.request.method !== 'GET' || url.origin !== self.location.origin || url.pathname.startsWith('/api/')) return
	if (url.pathname.startsWith('/assets/')) e.respondWith(fromAssets(e.request))
	else if (e.request.mode === 'navigate' && !url.pathname.startsWith('/p/')) e.respondWith(fromShell())
})

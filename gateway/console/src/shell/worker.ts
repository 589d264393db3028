// The service worker keeps the shell, never an answer of the API.  It starts after the first page stands.
declare global {
	interface Window {
		trustedTypes?: {
			createPolicy(
				name: string,
				rules: { createScriptURL(s: string): string },
			): { createScriptURL(s: string): string }
		}
	}
}

export function startServiceWorker() {
	if (!('serviceWorker' in navigator)) return
	const policy = window.trustedTypes?.createPolicy('zhucun', { createScriptURL: (s) => (s === '/sw.js' ? s : '') })
	const url = policy ? policy.createScriptURL('/sw.js') : '/sw.js'
	const tell = async () => {
		await navigator.serviceWorker.register(url)
		const worker = (await navigator.serviceWorker.ready).active
		const loaded = performance.getEntriesByType('resource').map((r) => new URL(r.name).pathname)
		worker?.postMessage(loaded.filter((p) => p.startsWith('/assets/')))
	}
	const later = () => setTimeout(() => void tell().catch(() => undefined), 3000)
	document.readyState === 'complete' ? later() : addEventListener('load', later)
}

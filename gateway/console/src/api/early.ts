// Questions that were asked before the script that wants the answers was there.  Each is taken once.
const asked = new Map<string, Promise<Response>>()

export function ask(path: string): Promise<Response> {
	const p = fetch(path)
	p.catch(() => undefined)
	asked.set(path, p)
	return p
}
export function taken(path: string): Promise<Response> | undefined {
	const p = asked.get(path)
	asked.delete(path)
	return p
}

// A part that most who see the page have no use for: fetched when it is shown.
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Skeleton } from './page'

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
	let known: ComponentType<P> | undefined
	return function Later(props: P) {
		const [of, setOf] = useState<{ it: ComponentType<P> | undefined }>({ it: known })
		useEffect(() => {
			if (!known) void load().then((it) => setOf({ it: (known = it) }))
		}, [])
		const It = of.it
		return It ? <It {...props} /> : <Skeleton rows={1} />
	}
}

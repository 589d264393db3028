// Filters are chips with counts; all of them are links, so the URL is the state.
import { query, path } from '../router'
import { count } from '../words/format'

export interface Choice {
	label: string
	value: string
	n?: number
}

export function Filter({ name, choices, label }: { name: string; choices: Choice[]; label: string }) {
	const is = query.value.get(name) ?? choices[0]?.value ?? ''
	const href = (value: string) => {
		const q = new URLSearchParams(query.value)
		q.delete('cursor')
		q.delete('open')
		q.set(name, value)
		return path.value + '?' + q
	}
	return (
		<nav class="row" aria-label={label}>
			{choices.map((c) => (
				<a
					class={'chip' + (c.value === is ? ' go' : '')}
					href={href(c.value)}
					aria-current={c.value === is ? 'true' : undefined}>
					{c.label}
					{c.n !== undefined && <> {count(c.n)}</>}
				</a>
			))}
		</nav>
	)
}

// Server pages: forward by the cursor, back by the browser.
export function Pager({ next, shown, count: all }: { next?: string; shown: number; count?: number }) {
	const q = new URLSearchParams(query.value)
	if (next) q.set('cursor', next)
	const later = query.value.has('cursor')
	if (!next && !later && all === undefined) return null
	return (
		<div class="bar">
			<span class="faint" data-free="page">
				{all === undefined ? `${shown}` : `${shown} / ${count(all)}`}
			</span>
			<span class="row">
				{later && (
					<button class="b sm" type="button" onClick={() => history.back()}>
						‹
					</button>
				)}
				{next && (
					<a class="b sm" href={path.value + '?' + q}>
						›
					</a>
				)}
			</span>
		</div>
	)
}

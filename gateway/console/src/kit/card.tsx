// A block of content: its title, a count or a period or one link, its body.
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface Props {
	title: ComponentChildren
	note?: ComponentChildren
	aside?: ComponentChildren
	flush?: boolean
	only?: 'p' | 'd'
	id?: string
	children: ComponentChildren
}

export function Card({ title, note, aside, flush, only, id, children }: Props) {
	const name = useId()
	return (
		<section class={`card${flush ? ' flush' : ''}${only ? ' only-' + only : ''}`} aria-labelledby={name} id={id}>
			<header>
				<h2 id={name}>
					{title}
					{note && <span class="faint"> {note}</span>}
				</h2>
				{aside}
			</header>
			{children}
		</section>
	)
}

// Rising steps: reached, this one, next.  Text is HTML, so that it grows.
import type { ComponentChildren } from 'preact'

export interface Rung {
	title: ComponentChildren
	text: ComponentChildren
	as: 'was' | 'will' | ''
}

export const Ladder = ({ rungs, label }: { rungs: Rung[]; label: string }) => (
	<ol class="rungs" aria-label={label}>
		{rungs.map((r) => (
			<li class={r.as} data-free="rule">
				<b>{r.title}</b>
				{r.text}
			</li>
		))}
	</ol>
)

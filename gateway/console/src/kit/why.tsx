// A number that opens: to its steps, the clause they stand on, the readings they took.  In the flow, never a tooltip.
import type { ComponentChildren } from 'preact'
import type { Because } from '../api/contract'
import { t, two } from '../words/words'
import { Clause } from './clause'

export function Steps({ of, more }: { of: Because; more?: ComponentChildren }) {
	return (
		<div class="sum">
			{of.steps?.length ? (
				<ol class="plain">
					{of.steps.map((s) => (
						<li>{two(s)}</li>
					))}
				</ol>
			) : null}
			{of.clause && (
				<p class="clause">
					<Clause id={of.clause} />
					{of.policy && <> · {of.policy}</>}
				</p>
			)}
			{!!of.readings?.length && (
				<p>
					{t('readings')}
					{of.readings.map((r, i) => (
						<>
							{i > 0 && ' · '}
							<b>{r.id}</b> {two(r.text)}
						</>
					))}
				</p>
			)}
			{more && <p>{more}</p>}
		</div>
	)
}

interface Props {
	of: Because | undefined
	children: ComponentChildren
	link?: boolean
	more?: ComponentChildren
}

export function Why({ of, children, link, more }: Props) {
	if (!of) return <span class="n">{children}</span>
	return (
		<details class={'why' + (link ? ' link' : '')}>
			<summary data-n>{children}</summary>
			<Steps of={of} more={more} />
		</details>
	)
}

// A number that opens by being the way to its list.
export const Num = ({ to, children, neg }: { to: string; children: ComponentChildren; neg?: boolean }) => (
	<a class={'fig' + (neg ? ' neg' : '')} href={to}>
		{children}
	</a>
)

// Months of cancelled stipend: what is new in red, what was cancelled already in grey, each with its yuan and days.
import type { ComponentChildren } from 'preact'

export interface Block {
	title: ComponentChildren
	big: ComponentChildren
	text: ComponentChildren
	fresh: boolean
	plus?: boolean
}

export const Months = ({ of }: { of: Block[] }) => (
	<div class="months">
		{of.map((b) => (
			<div class={b.fresh ? (b.plus ? 'new back' : 'new') : 'old'}>
				{b.title}
				<b class={b.fresh ? (b.plus ? 'pos' : 'neg') : ''}>{b.big}</b>
				{b.text}
			</div>
		))}
	</div>
)

// A state: its word, its shape and its colour, all three from the one table.
import type { ComponentChildren } from 'preact'
import { look, word } from '../words/words'
import { Glyph, type GlyphName } from './icon'

export const Chip = ({ as, glyph, children }: { as: string; glyph?: GlyphName; children: ComponentChildren }) => (
	<span class={'chip ' + as}>
		<Glyph name={(glyph ?? as) as GlyphName} />
		<span>{children}</span>
	</span>
)

const WAITING = ['noted', 'heard', 'proposed', 'draft', 'queued', 'open']

export function State({ of, is }: { of: string; is: string }) {
	const as = look(of, is)
	return (
		<Chip as={as} glyph={WAITING.includes(is) && as !== 'bad' ? 'wait' : undefined}>
			{word(of, is)}
		</Chip>
	)
}

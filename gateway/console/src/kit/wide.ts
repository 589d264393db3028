// Whether this is a desktop: what a phone does not show it need not draw.
import { signal } from '@preact/signals'

const media = matchMedia('(min-width: 60em)')
export const wide = signal(media.matches)
media.addListener(() => (wide.value = media.matches)) // Safari 13 has no addEventListener here

// Keys have an off switch (WCAG 2.1.4).
export const keysOff = () => {
	try {
		return localStorage.getItem('keys') === 'off'
	} catch {
		return false
	}
}

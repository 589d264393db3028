// One live region for the page: what was done, told politely.
import { signal } from '@preact/signals'

const text = signal('')
let timer = 0

export function tell(what: string) {
	text.value = what
	clearTimeout(timer)
	timer = window.setTimeout(() => (text.value = ''), 8000)
}

export const Toast = () => (
	<div class={'toast noprint' + (text.value ? ' on' : '')} role="status" aria-live="polite">
		{text.value}
	</div>
)

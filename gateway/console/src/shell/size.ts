// 大字版: one attribute, kept per device.
import { signal } from '@preact/signals'

export const large = signal(false)

export function setSize(on: boolean) {
	large.value = on
	if (on) document.documentElement.setAttribute('data-size', 'large')
	else document.documentElement.removeAttribute('data-size')
	try {
		localStorage.setItem('size', on ? 'large' : '')
	} catch {
		/* a device that keeps nothing */
	}
}
export function readSize() {
	try {
		if (localStorage.getItem('size') === 'large') setSize(true)
	} catch {
		/* a device that keeps nothing */
	}
}

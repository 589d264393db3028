// All of the shell; main.ts has begun to ask already.
import { render } from 'preact'
import '../style/base.css'
import '../style/shell.css'
import '../style/controls.css'
import '../style/cards.css'
import '../style/tables.css'
import '../style/pieces.css'
import '../style/more.css'
import '../style/phone.css'
import '../style/desktop.css'
import '../style/print.css'
import { begin } from './session'
import { App } from './shell/app'
import { startServiceWorker } from './shell/worker'
import { readSize } from './shell/size'
import { speak } from './words/words'

readSize()
try {
	if (localStorage.getItem('language') === 'en') void speak('en')
} catch {
	/* a device that keeps nothing */
}

// paper opens nothing by itself
addEventListener('beforeprint', () => {
	for (const e of document.querySelectorAll<HTMLDetailsElement>('main details:not([open])')) {
		e.open = true
		e.dataset.opened = ''
	}
})
addEventListener('afterprint', () => {
	for (const e of document.querySelectorAll<HTMLDetailsElement>('main details[data-opened]')) {
		e.open = false
		delete e.dataset.opened
	}
})

void begin()
const root = document.getElementById('app')!
root.textContent = ''
render(<App />, root)
startServiceWorker()

// Keys for those who want them: j k rows, Enter opens, [ ] neighbours, ? says which.  None performs an act of weight.
import { useEffect, useState } from 'preact/hooks'
import { Sheet } from '../kit/dialog'
import { keysOff } from '../kit/wide'
import { t } from '../words/words'

function step(by: number) {
	const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')]
	const at = rows.findIndex((r) => r.classList.contains('on'))
	const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))]
	rows[at]?.classList.remove('on')
	next?.classList.add('on')
	next?.scrollIntoView({ block: 'nearest' })
}

export function Keys() {
	const [shown, setShown] = useState(false)
	useEffect(() => {
		const press = (e: KeyboardEvent) => {
			if (e.ctrlKey || e.metaKey || e.altKey || keysOff()) return
			if ((e.target as Element).closest('input, textarea, select, dialog')) return
			if (e.key === '?') setShown(true)
			else if (e.key === 'j' || e.key === 'k') step(e.key === 'j' ? 1 : -1)
			else if (e.key === 'Enter') document.querySelector<HTMLElement>('main [data-row].on a')?.click()
			else if (e.key === '[' || e.key === ']')
				document.querySelector<HTMLElement>(e.key === '[' ? 'a[rel=prev]' : 'a[rel=next]')?.click()
		}
		addEventListener('keydown', press)
		return () => removeEventListener('keydown', press)
	}, [])
	if (!shown) return null
	return (
		<Sheet title={t('keys')} onClose={() => setShown(false)}>
			<dl class="facts">
				<dt>/</dt>
				<dd>{t('key_find')}</dd>
				<dt>j · k</dt>
				<dd>{t('key_rows')}</dd>
				<dt>Enter</dt>
				<dd>{t('key_open')}</dd>
				<dt>Esc</dt>
				<dd>{t('close')}</dd>
				<dt>[ · ]</dt>
				<dd>{t('key_next')}</dd>
			</dl>
		</Sheet>
	)
}

// A sheet over the page that gives the focus back.  <dialog> where there is one, a plain layer before Safari 15.4.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../words/words'

interface Props {
	title: string
	onClose?: () => void
	side?: boolean
	children: ComponentChildren
}

export function Sheet({ title, onClose, side, children }: Props) {
	const box = useRef<HTMLDialogElement>(null)
	useEffect(() => {
		const before = document.activeElement as HTMLElement | null
		const d = box.current
		if (d?.showModal && !d.open) d.showModal()
		else d?.setAttribute('open', '')
		const first = d?.querySelector<HTMLElement>('input, textarea, h2')
		first?.focus()
		return () => before?.focus?.()
	}, [])
	const key = (e: KeyboardEvent) => {
		if (e.key !== 'Escape') return
		e.preventDefault()
		e.stopPropagation()
		onClose?.()
	}
	return (
		<dialog
			class={'sheet' + (side ? ' side-sheet' : '')}
			ref={box}
			aria-label={title}
			onKeyDown={key}
			onCancel={(e: Event) => {
				e.preventDefault()
				onClose?.()
			}}>
			<header>
				<h2 tabIndex={-1}>{title}</h2>
				{onClose && (
					<button class="tool" type="button" onClick={onClose}>
						{t('close')}
					</button>
				)}
			</header>
			{children}
		</dialog>
	)
}

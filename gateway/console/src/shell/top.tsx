// The top line: mark, district, search, how fresh what is shown is, 大字, who.
import { useEffect, useRef } from 'preact/hooks'
import { heard, online } from '../api/client'
import { Icon } from '../kit/icon'
import { go, to } from '../router'
import { has, homePath, who } from '../session'
import { clock } from '../words/format'
import { t } from '../words/words'
import { large, setSize } from './size'

function Find() {
	const box = useRef<HTMLInputElement>(null)
	useEffect(() => {
		const key = (e: KeyboardEvent) => {
			if (e.key !== '/' || (e.target as Element).closest('input, textarea, select, dialog')) return
			e.preventDefault()
			box.current?.focus()
		}
		addEventListener('keydown', key)
		return () => removeEventListener('keydown', key)
	}, [])
	const search = (e: Event) => {
		e.preventDefault()
		const text = box.current?.value.trim() ?? ''
		// a number of the server's opens the thing itself
		if (/^F\d{12}$/.test(text)) go(to('findings', text))
		else if (/^m-/.test(text)) go(to('measures', text))
		else if (text) go(to('search') + '?q=' + encodeURIComponent(text))
	}
	return (
		<form class="find-form" role="search" onSubmit={search}>
			<input
				class="find"
				ref={box}
				type="search"
				placeholder={t('find')}
				aria-label={t('find_label')}
				maxLength={64}
			/>
		</form>
	)
}

export function Sync() {
	if (!online.value)
		return (
			<span class="sync off" role="status">
				<Icon name="cut" />
				<span>{t('offline')}</span>
			</span>
		)
	const at = heard.value
	return (
		<span class="sync">
			<Icon name="synced" />
			<span>{at ? t('synced', { at: clock(new Date(at)) }) : t('syncing')}</span>
		</span>
	)
}

export function Top() {
	const w = who.value
	return (
		<header class="top">
			<a class="mark" href={w ? homePath() : '/'}>
				<span class="seal" aria-hidden="true">
					驻
				</span>
				{t('product')}
			</a>
			{w?.district && <span class="where">{w.district.name}</span>}
			{w && has('district_admin', 'reviewer', 'finance', 'auditor', 'inspector') && <Find />}
			<div class="acts">
				<Sync />
				<button class="tool" type="button" aria-pressed={large.value} onClick={() => setSize(!large.value)}>
					{t('large')}
				</button>
				{w && (
					<a class="tool only-d" href={to('me')}>
						{w.name ?? w.account}
					</a>
				)}
			</div>
		</header>
	)
}

export function Offline() {
	if (online.value) return null
	return (
		<p class="note warn offline noprint" role="status">
			<Icon name="cut" />
			<span>{t('offline_line')}</span>
		</p>
	)
}

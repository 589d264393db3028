// In, in one try: as the page when nobody is in, as a sheet over the page when a session has ended.
import { useState } from 'preact/hooks'
import { useRead } from '../api/cache'
import type { List } from '../api/contract'
import { Problem } from '../api/client'
import { Field } from '../kit/field'
import { Sheet } from '../kit/dialog'
import { district, go } from '../router'
import { enter, homePath, leave, who } from '../session'
import { said as text } from '../words/said'
import { t } from '../words/words'
import { large, setSize } from './size'

const last = (name: string) => {
	try {
		return localStorage.getItem(name) ?? ''
	} catch {
		return ''
	}
}

function said(p: Problem): string {
	if (p.status === 429) return t('login_wait', { n: Math.max(1, Math.ceil(p.retryAfter / 60)) })
	if (p.status === 401) return t('login_wrong')
	if (p.code === 'session.remember') return t('login_not_remembered')
	return text(p)
}

function Form({ then }: { then: () => void }) {
	const all = useRead<List<{ id: string; name: string }>>('/api/v1/public/districts').data.value?.items ?? []
	const [into, setInto] = useState(district.value || last('login_district'))
	const [phone, setPhone] = useState(last('login_phone'))
	const [password, setPassword] = useState('')
	const [remember, setRemember] = useState(false)
	const [problem, setProblem] = useState('')
	const [busy, setBusy] = useState(false)
	const chosen = all.some((x) => x.id === into) ? into : (all[0]?.id ?? into)
	const submit = async (e: Event) => {
		e.preventDefault()
		setBusy(true)
		setProblem('')
		try {
			await enter(chosen, phone.trim(), password, remember)
			try {
				localStorage.setItem('login_district', chosen)
				localStorage.setItem('login_phone', phone.trim())
			} catch {
				/* a device that keeps nothing */
			}
			then()
		} catch (x) {
			if (!(x instanceof Problem)) throw x
			setProblem(said(x))
		} finally {
			setBusy(false)
		}
	}
	return (
		<form onSubmit={submit} class="login-form">
			{all.length > 1 && (
				<Field
					label={t('district')}
					name="district"
					value={chosen}
					onInput={setInto}
					options={all.map((x) => [x.id, x.name])}
				/>
			)}
			<Field
				label={t('phone')}
				name="phone"
				type="tel"
				value={phone}
				onInput={setPhone}
				autocomplete="username"
				required
			/>
			<Field
				label={t('password')}
				name="password"
				type="password"
				value={password}
				onInput={setPassword}
				autocomplete="current-password"
				required
			/>
			<label class="tick">
				<input type="checkbox" checked={remember} onChange={() => setRemember(!remember)} />
				{t('remember')}
			</label>
			{problem && (
				<p class="neg" role="alert">
					{problem}
				</p>
			)}
			<button class="b go full" type="submit" disabled={busy || !phone || !password}>
				{t(busy ? 'under_way' : 'log_in')}
			</button>
		</form>
	)
}

export function Login() {
	const asked = district.value ? location.pathname + location.search : ''
	return (
		<main class="login" id="main">
			<div class="card">
				<p class="login-mark">
					<span class="seal" aria-hidden="true">
						驻
					</span>
				</p>
				<h1 tabIndex={-1}>{t('login_title')}</h1>
				<Form then={() => go(asked.length > 8 ? asked : homePath(), true)} />
				<p class="row spread">
					<button
						class="tool"
						type="button"
						aria-pressed={large.value}
						onClick={() => setSize(!large.value)}>
						{t('large_version')}
					</button>
					<span class="faint">{t('forgotten')}</span>
				</p>
			</div>
			<p class="faint center">{t('hotline')}</p>
			<p class="faint center">
				<a href={`/${district.value || last('login_district') || '511703'}/ops`}>{t('nav_ops')}</a>
			</p>
		</main>
	)
}

// The session ended while somebody worked: the page stays as it is, what was asked for goes on afterwards.
export function LoginOver() {
	return (
		<Sheet title={t('login_again')}>
			<p class="soft">{t('login_kept', { name: who.value?.name ?? '' })}</p>
			<Form then={() => undefined} />
			<p>
				<button
					class="tool"
					type="button"
					onClick={() => {
						void leave()
					}}>
					{t('login_other')}
				</button>
			</p>
		</Sheet>
	)
}

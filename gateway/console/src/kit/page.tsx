// The frame of a page and the states that every page has: loading, empty, offline, error, forbidden.
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Entry } from '../api/cache'
import type { Problem } from '../api/client'
import { said } from '../words/said'
import { load } from '../api/cache'
import { clock } from '../words/format'
import { t } from '../words/words'

interface Props {
	title: string
	plain?: string
	sub?: ComponentChildren
	crumb?: [string, string?][]
	acts?: ComponentChildren
	formal?: boolean
	hidden?: boolean
	children: ComponentChildren
}

export function Page({ title, plain, sub, crumb, acts, formal, hidden, children }: Props) {
	useEffect(() => void (document.title = `${plain ?? title} · ${t('product')}`), [title, plain])
	return (
		<>
			{crumb && (
				<nav class="crumb" aria-label={t('place')}>
					<ol>
						{crumb.map(([name, href]) => (
							<li>{href ? <a href={href}>{name}</a> : name}</li>
						))}
					</ol>
				</nav>
			)}
			{hidden ? (
				<h1 class="vh" tabIndex={-1}>
					{title}
				</h1>
			) : (
				<div class={'head' + (formal ? ' formal' : '')}>
					<div>
						<h1 tabIndex={-1}>{title}</h1>
						{sub && <p>{sub}</p>}
					</div>
					{acts && <div class="row noprint">{acts}</div>}
				</div>
			)}
			{children}
		</>
	)
}

// Nothing for 200 ms, then grey blocks where the content will be.
export function Skeleton({ rows = 3 }: { rows?: number }) {
	const [late, setLate] = useState(false)
	useEffect(() => {
		const timer = setTimeout(() => setLate(true), 200)
		return () => clearTimeout(timer)
	}, [])
	return (
		<div class={'grid bones' + (late ? ' late' : '')} role="status" aria-label={t('loading')}>
			{Array.from({ length: rows }, () => (
				<div class="card">
					<i />
					<i />
					<i />
				</div>
			))}
		</div>
	)
}

export function Trouble({ problem, again }: { problem: Problem; again: () => void }) {
	if (problem.code === 'not_yet') return <p class="card soft">{t('not_yet')}</p>
	if (problem.code === 'offline') return <p class="card soft">{t('offline_nothing')}</p>
	if (problem.status === 403)
		return (
			<div class="card">
				<p>
					<b>{t('forbidden')}</b>
				</p>
				<p class="soft">{problem.code === 'duty.conflict' ? t('forbidden_duty') : t('forbidden_ask')}</p>
			</div>
		)
	if (problem.status === 404)
		return (
			<p class="card">
				<b>{t('not_there')}</b>
			</p>
		)
	return (
		<div class="card" role="alert">
			<p>
				<b>{said(problem)}</b>
			</p>
			<p class="faint">
				{problem.code} {problem.trace}
			</p>
			<p class="row">
				<button class="b sm" type="button" onClick={again}>
					{t('again')}
				</button>
			</p>
		</div>
	)
}

// The first content of a page stands: what the budgets are measured to.
let told = false
function usable() {
	if (told) return
	told = true
	requestAnimationFrame(() => performance.mark('usable'))
}

// Shows what was read, or why there is nothing to show.
export function Shown<T>({
	of,
	rows,
	children,
}: {
	of: Entry<T>
	rows?: number
	children: (data: T) => ComponentChildren
}) {
	const data = of.data.value
	useEffect(() => {
		if (data !== undefined) usable()
	}, [data !== undefined])
	const problem = of.problem.value
	const again = () => void load(of as Entry<unknown>)
	if (data === undefined) return problem ? <Trouble problem={problem} again={again} /> : <Skeleton rows={rows} />
	return (
		<>
			{problem && problem.code !== 'offline' && (
				<p class="note warn" role="status">
					<span>
						{t('as_of', { at: clock(new Date(of.at.value)) })} {said(problem)}
					</span>
					<button class="b sm" type="button" onClick={again}>
						{t('again')}
					</button>
				</p>
			)}
			{children(data)}
		</>
	)
}

export const Empty = ({ children }: { children: ComponentChildren }) => <p class="soft empty">{children}</p>

import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { call, Problem } from '../../api/client'
import { Card } from '../../kit/card'
import { Field } from '../../kit/field'
import { Page, Skeleton } from '../../kit/page'
import { to } from '../../router'
import { said } from '../../words/said'
import { t } from '../../words/words'

const token = signal('')

function Ask({ problem }: { problem: string }) {
	const [typed, setTyped] = useState('')
	return (
		<Card title={t('operator')}>
			<form
				onSubmit={(e) => {
					e.preventDefault()
					token.value = typed.trim()
				}}>
				<Field
					label={t('operator_token')}
					name="token"
					type="password"
					value={typed}
					onInput={setTyped}
					hint={t('operator_token_hint')}
					error={problem || undefined}
					autocomplete="off"
				/>
				<button class="b go" type="submit" disabled={typed.length < 32}>
					{t('go_on')}
				</button>
			</form>
		</Card>
	)
}

// Reads with the operator's token; asks for it first.
export function WithToken<T>({
	title,
	path,
	children,
}: {
	title: string
	path: string
	children: (data: T, token: string) => ComponentChildren
}) {
	const [data, setData] = useState<T>()
	const [problem, setProblem] = useState('')
	const is = token.value
	useEffect(() => {
		if (!is) return
		let gone = false
		const ask = async () => {
			try {
				const a = await call<T>('GET', path, { token: is })
				if (!gone) setData(a.data)
			} catch (e) {
				if (!(e instanceof Problem)) throw e
				if (gone) return
				setProblem(e.status === 401 ? t('operator_token_wrong') : said(e))
				if (e.status === 401) token.value = ''
			}
		}
		void ask()
		const timer = setInterval(() => void ask(), 5000)
		return () => {
			gone = true
			clearInterval(timer)
		}
	}, [is, path])
	return (
		<Page
			title={title}
			acts={
				<>
					<a class="b sm" href={to('ops')}>
						{t('nav_ops')}
					</a>
					<a class="b sm" href={to('ops', 'parked')}>
						{t('nav_parked')}
					</a>
					<a class="b sm" href={to('districts')}>
						{t('nav_districts')}
					</a>
				</>
			}>
			{!is ? <Ask problem={problem} /> : data === undefined ? <Skeleton /> : children(data, is)}
		</Page>
	)
}

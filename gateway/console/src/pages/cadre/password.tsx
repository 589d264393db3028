import { useState } from 'preact/hooks'
import { call, Problem } from '../../api/client'
import { Card } from '../../kit/card'
import { Field } from '../../kit/field'
import { tell } from '../../kit/toast'
import { said } from '../../words/said'
import { t } from '../../words/words'

const LENGTH_MIN = 10

export function Password() {
	const [old, setOld] = useState('')
	const [fresh, setFresh] = useState('')
	const [problem, setProblem] = useState('')
	const submit = async (e: Event) => {
		e.preventDefault()
		setProblem('')
		try {
			await call('PUT', '/api/v1/sessions/current/password', { body: { old, new: fresh } })
			setOld('')
			setFresh('')
			tell(t('password_changed'))
		} catch (x) {
			if (!(x instanceof Problem)) throw x
			setProblem(x.code === 'session.password' ? t('password_wrong') : said(x))
		}
	}
	return (
		<Card title={t('change_password')}>
			<form onSubmit={submit}>
				<Field
					label={t('password_old')}
					name="old"
					type="password"
					value={old}
					onInput={setOld}
					autocomplete="current-password"
				/>
				<Field
					label={t('password_new')}
					name="new"
					type="password"
					value={fresh}
					onInput={setFresh}
					autocomplete="new-password"
					hint={t('password_hint')}
					error={problem || undefined}
				/>
				<button class="b" type="submit" disabled={!old || fresh.length < LENGTH_MIN}>
					{t('change_password')}
				</button>
			</form>
		</Card>
	)
}

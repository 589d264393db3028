// Money, recalls, accounts want the password again: asked once in ten minutes, over the page.
import { useState } from 'preact/hooks'
import { call, Problem, stepUp } from '../api/client'
import { Sheet } from '../kit/dialog'
import { Field } from '../kit/field'
import { t } from '../words/words'

export function StepUp() {
	const [password, setPassword] = useState('')
	const [problem, setProblem] = useState('')
	const submit = async (e: Event) => {
		e.preventDefault()
		try {
			await call('POST', '/api/v1/sessions/current/step-up', { body: { password }, key: '', quiet: true })
			stepUp(true)
		} catch (x) {
			if (!(x instanceof Problem)) throw x
			setProblem(
				x.status === 429 ? t('login_wait', { n: Math.ceil(x.retryAfter / 60) || 1 }) : t('password_wrong'),
			)
		}
	}
	return (
		<Sheet title={t('step_up')} onClose={() => stepUp(false)}>
			<form onSubmit={submit}>
				<p class="soft">{t('step_up_why')}</p>
				<Field
					label={t('password')}
					name="password"
					type="password"
					value={password}
					onInput={setPassword}
					autocomplete="current-password"
					error={problem || undefined}
				/>
				<p class="row">
					<button class="b go" type="submit" disabled={!password}>
						{t('go_on')}
					</button>
					<button class="b" type="button" onClick={() => stepUp(false)}>
						{t('not_now')}
					</button>
				</p>
			</form>
		</Sheet>
	)
}

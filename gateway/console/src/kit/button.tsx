// A button names its act.  While the act is under way it says so and cannot be pressed twice; why it cannot be pressed at all
// stands in it, before it is tried.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Problem } from '../api/client'
import { said } from '../words/said'
import { t } from '../words/words'

interface Props {
	act: () => Promise<unknown>
	children: ComponentChildren
	as?: 'go' | 'grave' | ''
	off?: string | false
	small?: boolean
	onProblem?: (p: Problem) => void
}

export function Act({ act, children, as = '', off, small, onProblem }: Props) {
	const [busy, setBusy] = useState(false)
	const [problem, setProblem] = useState<Problem>()
	const press = async () => {
		setBusy(true)
		setProblem(undefined)
		try {
			await act()
		} catch (e) {
			if (!(e instanceof Problem)) throw e
			onProblem ? onProblem(e) : setProblem(e)
		} finally {
			setBusy(false)
		}
	}
	return (
		<span class="act-one">
			<button class={`b ${as}${small ? ' sm' : ''}`} type="button" disabled={!!off || busy} onClick={press}>
				{busy ? (
					t('under_way')
				) : off ? (
					<>
						{children}（{off}）
					</>
				) : (
					children
				)}
			</button>
			{problem && (
				<span class="neg" role="alert">
					{said(problem)}
				</span>
			)}
		</span>
	)
}

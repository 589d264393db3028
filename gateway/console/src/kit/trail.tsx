// Who did what when: decisions filled, the rest hollow; the last eight, then all.
import { useState } from 'preact/hooks'
import type { Decision, Names } from '../api/contract'
import { stamp } from '../words/format'
import { t, word } from '../words/words'

const DECIDES = /^(confirm|dismiss|annul|approve|reject|lift|order|close|replace|hand)/
const SHOWN = 8

export const accountName = (names: Names | undefined, id: string) => names?.accounts?.[id]?.name ?? id

export function Trail({ of, names }: { of: Decision[] | undefined; names?: Names }) {
	const [all, setAll] = useState(false)
	if (!of) return <p class="soft">{t('not_yet')}</p>
	if (!of.length) return <p class="soft">{t('trail_none')}</p>
	const rows = all ? of : of.slice(-SHOWN)
	return (
		<>
			{rows.length < of.length && (
				<p>
					<button class="b sm" type="button" onClick={() => setAll(true)}>
						{t('trail_all', { n: of.length })}
					</button>
				</p>
			)}
			<ol class="trail">
				{rows.map((x) => (
					<li class={DECIDES.test(x.step) ? 'key-step' : ''}>
						<time>{stamp(x.at)}</time>
						<b>
							{x.account
								? accountName(names, x.account)
								: t(x.step.startsWith('note') ? 'by_inspectors' : 'by_rules')}
						</b>{' '}
						{word('step', x.step)}
						{x.reason && <div class="soft">“{x.reason}”</div>}
					</li>
				))}
			</ol>
		</>
	)
}

// 本年查处: three bars, since records, measures and recalls are different things.
import type { Overview } from '../../api/contract'
import { Bar, KeyOf, type Segment } from '../../charts/segments'
import { Card } from '../../kit/card'
import { to } from '../../router'
import { count } from '../../words/format'
import { t, word } from '../../words/words'

const FILL = {
	findings: [
		'noted',
		'#d6982c',
		'heard',
		'#e3b765',
		'confirmed',
		'#6f9fd0',
		'dismissed',
		'#cbc6bb',
		'annulled',
		'#8a8f98',
	],
	measures: [
		'proposed',
		'#d6982c',
		'approved',
		'#e3b765',
		'in_force',
		'#c64a42',
		'served',
		'#6f9fd0',
		'lifted',
		'#cbc6bb',
		'rejected',
		'#b0aca3',
		'revoked',
		'#8a8f98',
	],
	recalls: [
		'proposed',
		'#d6982c',
		'reviewed',
		'#e3b765',
		'ordered',
		'#c64a42',
		'handed_over',
		'#a395cd',
		'replaced',
		'#6f9fd0',
		'cancelled',
		'#8a8f98',
	],
}
const ONE = { findings: 'finding', measures: 'measure', recalls: 'recall' } as const

export function YearCases({ of }: { of: Overview }) {
	const row = (list: keyof typeof FILL) => {
		const counts = of[list]
		if (!counts) return null
		const parts: Segment[] = []
		for (let i = 0; i < FILL[list].length; i += 2) {
			const state = FILL[list][i]!
			parts.push({
				label: word(ONE[list], state),
				n: counts[state] ?? 0,
				fill: FILL[list][i + 1]!,
				href: `${to(list)}?state=${state}`,
			})
		}
		const shown = parts.filter((p) => p.n)
		const all = shown.reduce((a, p) => a + p.n, 0)
		return (
			<li>
				<div class="l">
					<h3>{t(`seg_${list}`)}</h3>
					<b>
						<a class="fig" href={`${to(list)}?state=all`}>
							{count(all)}
						</a>
					</b>
				</div>
				<Bar of={parts} thin label={shown.map((p) => `${p.label} ${p.n}`).join(t('comma'))} />
				<KeyOf of={shown} />
			</li>
		)
	}
	return (
		<Card title={t('year_cases')} aside={<span class="faint">{t('press_numbers')}</span>}>
			<ul class="seg">
				{row('findings')}
				{row('measures')}
				{row('recalls')}
			</ul>
		</Card>
	)
}

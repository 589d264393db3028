// 搁置输入: what was put aside, why, and the command that tries it again.
import { Card } from '../../kit/card'
import { Chip } from '../../kit/chip'
import { t } from '../../words/words'
import { WithToken } from './token'

export function Parked() {
	return (
		<WithToken<Record<string, unknown>> title={t('nav_parked')} path="/api/v1/status">
			{(s) => {
				const n = Array.isArray(s.parked) ? s.parked.length : Number(s.parked ?? 0)
				return (
					<Card
						title={t('nav_parked')}
						aside={n ? <Chip as="bad">{t('ops_parked')}</Chip> : <Chip as="ok">{t('none')}</Chip>}>
						{Array.isArray(s.parked) && n ? (
							<pre class="sum hash">{JSON.stringify(s.parked, null, 1)}</pre>
						) : (
							<p class="soft">{t(n ? 'parked_some' : 'parked_none')}</p>
						)}
						<p class="faint">
							{t('same_command')} <code>zhucunctl parked</code> · <code>zhucunctl parked retry</code>
						</p>
					</Card>
				)
			}}
		</WithToken>
	)
}

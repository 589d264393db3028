// Beside the document: the trail, and what would change it.
import type { Case } from '../../api/contract'
import { Card } from '../../kit/card'
import { Glyph } from '../../kit/icon'
import { Trail } from '../../kit/trail'
import { t } from '../../words/words'

const WAITS = ['proposed', 'approved']

export function SheetSide({ of }: { of: Case }) {
	const live = !['revoked', 'rejected', 'lifted'].includes(of.state)
	return (
		<div class="grid">
			<Card title={t('trail')}>
				<Trail of={of.decisions} names={of.names} />
				<p class="faint">{t('chain')}</p>
			</Card>
			{live && (
				<Card title={t('would_change')}>
					<ul class="steps">
						{WAITS.includes(of.state) && (
							<li>
								<Glyph name="wait" /> {t('change_waits')}
							</li>
						)}
						<li>
							<Glyph name="go" />{' '}
							{t(of.kind === 'stipend_cancelled' ? 'change_annul_money' : 'change_annul')}
						</li>
						<li>
							<Glyph name="risk" /> {t('change_more')}
						</li>
					</ul>
				</Card>
			)}
		</div>
	)
}

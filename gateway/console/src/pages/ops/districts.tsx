// 地区: which districts this installation serves.
import type { List } from '../../api/contract'
import { Card } from '../../kit/card'
import { t } from '../../words/words'
import { WithToken } from './token'

export function Districts() {
	return (
		<WithToken<List<{ id: string; name: string }>> title={t('nav_districts')} path="/api/v1/public/districts">
			{(l) => (
				<Card title={t('nav_districts')}>
					<ul class="list two">
						{l.items.map((x) => (
							<li>
								<b>{x.name}</b>
								<span class="hash" data-free="id">
									{x.id}
								</span>
							</li>
						))}
					</ul>
					<p class="faint">{t('district_new')}</p>
				</Card>
			)}
		</WithToken>
	)
}

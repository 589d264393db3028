// 消息: the texts as they were sent, newest first, with their state and what they are about.
import type { Alert, List } from '../../api/contract'
import { useRead } from '../../api/cache'
import { State } from '../../kit/chip'
import { Pager } from '../../kit/filter'
import { Empty, Page, Shown } from '../../kit/page'
import { query, to } from '../../router'
import { d, who } from '../../session'
import { stamp } from '../../words/format'
import { t, two } from '../../words/words'

const about = (cause: string) => (/^m-/.test(cause) ? to('measures', cause) : undefined)

export function Messages() {
	const cursor = query.value.get('cursor')
	const read = useRead<List<Alert>>(
		who.value?.person_id &&
			d(
				`/alerts?person_id=${who.value.person_id}&limit=50${cursor ? '&cursor=' + encodeURIComponent(cursor) : ''}`,
			),
		true,
	)
	if (!who.value?.person_id)
		return (
			<Page title={t('nav_messages')}>
				<Empty>{t('nobody_yet')}</Empty>
			</Page>
		)
	return (
		<Page title={t('nav_messages')} sub={t('messages_sub')}>
			<Shown of={read}>
				{(a) => (
					<div class="card">
						{a.items.length ? (
							<ul class="list two messages">
								{a.items
									.slice()
									.sort((x, y) => (x.at < y.at ? 1 : -1))
									.map((x) => (
										<li key={x.id} data-row={x.id}>
											<div>
												<time>{stamp(x.at)}</time>
												<p data-free="text">{two(x.text)}</p>
												{about(x.cause) && <a href={about(x.cause)}>{t('about_what')}</a>}
											</div>
											<State of="alert" is={x.state} />
										</li>
									))}
							</ul>
						) : (
							<Empty>{t('no_messages')}</Empty>
						)}
						<Pager next={a.next} shown={a.items.length} />
					</div>
				)}
			</Shown>
		</Page>
	)
}

// 账号: who may come in, and what each may do in plain sentences.
import type { Account, List } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Chip } from '../../kit/chip'
import { Pager } from '../../kit/filter'
import { Icon } from '../../kit/icon'
import { Empty, Page, Shown } from '../../kit/page'
import { Table } from '../../kit/table'
import { PersonLink } from '../../parts/people'
import { query, to } from '../../router'
import { d, has } from '../../session'
import { t, word } from '../../words/words'

export function Accounts() {
	const cursor = query.value.get('cursor')
	const read = useRead<List<Account>>(
		d('/accounts?names=1&count=1&limit=50' + (cursor ? '&cursor=' + encodeURIComponent(cursor) : '')),
	)
	return (
		<Page
			title={t('nav_accounts')}
			crumb={[[t('nav_roster'), to('roster')], [t('nav_accounts')]]}
			acts={
				has('district_admin') && (
					<a class="b sm go" href={to('accounts', 'new')}>
						<Icon name="add" />
						{t('account_new')}
					</a>
				)
			}>
			<section class="card flush" aria-label={t('nav_accounts')}>
				<Shown of={read}>
					{(l) =>
						l.items.length ? (
							<>
								<Table
									caption={t('nav_accounts')}
									rows={l.items}
									id={(a) => a.id}
									columns={[
										{
											head: t('account'),
											as: 'k',
											label: false,
											cell: (a) => <a href={to('accounts', a.id)}>{a.id}</a>,
										},
										{
											head: t('person'),
											label: false,
											cell: (a) =>
												a.person_id ? (
													<PersonLink id={a.person_id} names={l.names} />
												) : (
													<span class="soft">{t('nobody')}</span>
												),
										},
										{
											head: t('roles'),
											label: false,
											cell: (a) => a.roles.map((r) => word('role', r)).join(t('comma')),
										},
										{
											head: t('state_head'),
											as: 'r v',
											label: false,
											cell: (a) => (
												<Chip as={a.disabled ? '' : 'ok'}>
													{t(a.disabled ? 'disabled' : 'enabled')}
												</Chip>
											),
										},
									]}
								/>
								<Pager next={l.next} shown={l.items.length} count={l.count} />
							</>
						) : (
							<Empty>{t('found_nothing')}</Empty>
						)
					}
				</Shown>
			</section>
		</Page>
	)
}

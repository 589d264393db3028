// 状态: services × partitions, how far each is behind what it reads, what was put aside.
import type { Progress } from '../../api/contract'
import { Card } from '../../kit/card'
import { Chip } from '../../kit/chip'
import { Table } from '../../kit/table'
import { district, to } from '../../router'
import { count } from '../../words/format'
import { t } from '../../words/words'
import { WithToken } from './token'

interface Service {
	service?: string
	name?: string
	[more: string]: unknown
}
interface State extends Partial<Progress> {
	services: (Progress['services'][0] & Service)[]
	[more: string]: unknown
}

const behind = (s: State['services'][0]) => (s.consumes ?? []).reduce((a, c) => a + Math.max(0, c.head - c.cursor), 0)
const PLAIN = ['services', 'lag', 'parked']

export function Status() {
	return (
		<WithToken<State> title={t('nav_ops')} path="/api/v1/status">
			{(s) => (
				<div class="grid">
					<nav class="tiles" aria-label={t('nav_ops')}>
						<a href={to('ops')}>
							<b>{count(s.lag ?? 0)}</b>
							<span>
								{t('ops_lag')}
								<span class="faint">{t(s.lag ? 'ops_lag_some' : 'ops_lag_none')}</span>
							</span>
						</a>
						<a href={to('ops', 'parked')}>
							<b>{count(Array.isArray(s.parked) ? s.parked.length : Number(s.parked ?? 0))}</b>
							<span>
								{t('ops_parked')}
								<span class="faint">{t('ops_parked_sub')}</span>
							</span>
						</a>
					</nav>
					<Card title={t('ops_services')} flush>
						<Table
							caption={t('ops_services')}
							rows={s.services ?? []}
							id={(x) => `${x.service ?? x.name} ${x.partition ?? ''}`}
							columns={[
								{
									head: t('ops_service'),
									as: 'k',
									label: false,
									cell: (x) => <b>{x.service ?? x.name}</b>,
								},
								{
									head: t('ops_partition'),
									as: 'r half',
									cell: (x) => (
										<a class="fig" href={to('ops')}>
											{String(x.partition ?? '—')}
										</a>
									),
								},
								{
									head: t('ops_head'),
									as: 'r half',
									cell: (x) => (
										<a class="fig" href={to('ops')}>
											{count(Number(x.head ?? 0))}
										</a>
									),
								},
								{
									head: t('ops_behind'),
									as: 'r v',
									label: false,
									cell: (x) =>
										behind(x) ? (
											<Chip as="risk">{count(behind(x))}</Chip>
										) : (
											<Chip as="ok">{t('ops_caught_up')}</Chip>
										),
								},
							]}
						/>
					</Card>
					<details class="card why link">
						<summary>{t('see_data')}</summary>
						<pre class="sum hash">
							{JSON.stringify(
								Object.fromEntries(Object.entries(s).filter(([k]) => !PLAIN.includes(k))),
								null,
								1,
							)}
						</pre>
					</details>
					<p class="faint">
						{t('same_command')} <code>zhucunctl status --district {district.value}</code>
					</p>
				</div>
			)}
		</WithToken>
	)
}

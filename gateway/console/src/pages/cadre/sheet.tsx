// 案卷: proves one measure, to anybody.  Clause, facts, reckoning, money, who was told; beside it who did what and what would
// change it.  Prints as A4.
import type { Case } from '../../api/contract'
import { useRead } from '../../api/cache'
import { isOffered } from '../../api/offered'
import { State } from '../../kit/chip'
import { Icon } from '../../kit/icon'
import { Page, Shown } from '../../kit/page'
import { later } from '../../kit/lazy'
import { MOVES_OF_MEASURE } from '../../parts/moves'
import { measureTitle } from '../../parts/standing'
import { personName, unitName, unitOf } from '../../parts/people'
import { to } from '../../router'
import { d, has, limited, who } from '../../session'
import { t } from '../../words/words'
import { SheetBody } from './sheet-body'
import { SheetSide } from './sheet-side'

const Decide = later(() => import('../desk').then((m) => m.Decide))
const OFF = ['revoked', 'rejected', 'lifted']

export function Sheet({ id }: { id: string }) {
	const read = useRead<Case>(d(`/measures/${encodeURIComponent(id)}?names=1`), true)
	const crumb: [string, string?][] = limited.value
		? [[t('nav_standing'), to('standing')], [t('case')]]
		: [[t('nav_measures'), isOffered('measures') ? to('measures') : undefined], [t('case')]]
	const m = read.data.value
	const title = m ? measureTitle(m) : t('case')
	const about = m?.subject.person_id ? (
		<>
			{personName(m.names, m.subject.person_id)}
			{unitOf(m.names, m.subject.person_id) &&
				` · ${t('sent_by', { unit: unitOf(m.names, m.subject.person_id) })}`}
		</>
	) : (
		unitName(m?.names, m?.subject.unit_id)
	)
	return (
		<>
			<div class="redhead">{t('redhead_case', { district: who.value?.district?.name ?? '' })}</div>
			<Page
				title={title}
				sub={about}
				crumb={crumb}
				formal
				acts={
					m && (
						<>
							<State of="measure" is={m.state} />
							<button class="b sm" type="button" onClick={() => print()}>
								<Icon name="print" />
								{t('print_a4')}
							</button>
						</>
					)
				}>
				<Shown of={read}>
					{(c) => (
						<>
							{OFF.includes(c.state) && <p class="band">{t('not_in_effect')}</p>}
							<div class="grid two">
								<div class="grid">
									<SheetBody of={c} />
									{has('reviewer', 'district_admin', 'auditor') &&
										c.moves?.some((x) => MOVES_OF_MEASURE.includes(x.move)) &&
										c.kind !== 'recall' && (
											<Decide
												noun="measures"
												id={c.id}
												moves={c.moves}
												names={c.names}
												stale={['/measures', '/tasks', '/standing', '/home']}
											/>
										)}
								</div>
								<SheetSide of={c} />
							</div>
							<p class="print-foot">{t('print_foot', { id: c.id, at: c.as_of ?? '' })}</p>
						</>
					)}
				</Shown>
			</Page>
		</>
	)
}

// A measure beside its list: what it rests on in short, and the decision.
import type { Case } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Shown } from '../../kit/page'
import { Clause } from '../../kit/clause'
import { Decide } from '../../parts/decide'
import { PersonLink, UnitLink } from '../../parts/people'
import { measureTitle } from '../../parts/standing'
import { to } from '../../router'
import { d, has } from '../../session'
import { t, two } from '../../words/words'

export function MeasurePanel({ id }: { id: string }) {
	const read = useRead<Case>(d(`/measures/${encodeURIComponent(id)}?names=1`))
	return (
		<Shown of={read}>
			{(c) => (
				<div class="grid">
					<div>
						<h3>{measureTitle(c)}</h3>
						<dl class="facts">
							<dt>{t('subject')}</dt>
							<dd>
								{c.subject.person_id ? (
									<PersonLink id={c.subject.person_id} names={c.names} />
								) : (
									c.subject.unit_id && <UnitLink id={c.subject.unit_id} names={c.names} />
								)}
							</dd>
							<dt>{t('clause_head')}</dt>
							<dd>
								<Clause id={c.clause} />
							</dd>
							<dt>{t('why')}</dt>
							<dd data-free="text">{two(c.reason)}</dd>
							<dt>{t('facts')}</dt>
							<dd>
								{c.cause.map((f) => (
									<div>
										<a href={to('findings', f)}>{f}</a>
									</div>
								))}
							</dd>
						</dl>
						<p>
							<a href={to('measures', c.id)}>{t('whole_case')}</a>
						</p>
					</div>
					{c.kind === 'recall' ? (
						<p>
							<a class="b" href={to('recalls', c.id)}>
								{t('go_recall')}
							</a>
						</p>
					) : (
						has('reviewer', 'district_admin', 'auditor') &&
						c.moves && (
							<Decide
								noun="measures"
								id={c.id}
								moves={c.moves}
								stale={['/measures', '/tasks', '/overview', '/standing']}
							/>
						)
					)}
				</div>
			)}
		</Shown>
	)
}

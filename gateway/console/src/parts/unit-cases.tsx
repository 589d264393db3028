// What stands against a unit: its criticisms as a ladder, its recalls with how near 顶岗 is.
import type { Names, UnitStanding } from '../api/contract'
import { now } from '../api/client'
import { Ladder } from '../charts/ladder'
import { Card } from '../kit/card'
import { Chip } from '../kit/chip'
import { Glyph } from '../kit/icon'
import { to } from '../router'
import { dayOf, date } from '../words/format'
import { t, word } from '../words/words'
import { personName } from './people'
import { useRungs } from './rungs'
import { ENDED, MeasureRow } from './standing'

const RUNGS = 3

export function Criticisms({ of }: { of: UnitStanding }) {
	const rung = useRungs()
	const year = dayOf(now()).slice(0, 4)
	const mine = of.criticisms.filter((c) => c.on.startsWith(year))
	const next = mine.reduce((a, c) => Math.max(a, c.rung), 0)
	return (
		<Card title={word('finding_kind', 'written_criticism')} note={t('year_district', { y: year })}>
			<Ladder
				label={word('ladder', 'criticism')}
				rungs={Array.from({ length: RUNGS }, (_, i) => {
					const k = i + 1
					const c = mine.find((x) => x.rung === k)
					return {
						title: t('nth', { n: k }),
						as: k <= next ? ('was' as const) : ('' as const),
						text: (
							<>
								{c && (
									<span data-free="text">
										{c.bulletin}
										<br />
									</span>
								)}
								<span data-free="rule">{rung('criticism', k)}</span>
							</>
						),
					}
				})}
			/>
			<p class="faint" data-free="rule">
				{t('criticism_rule')}
			</p>
		</Card>
	)
}

export function Recalls({ of, names, head }: { of: UnitStanding; names?: Names; head: boolean }) {
	const counted = of.recalls.filter((r) => r.ordered && r.state !== 'cancelled')
	return (
		<Card
			title={t('recalls_and_posts')}
			id="cases"
			aside={
				counted.length === 1 ? (
					<a href="#cases">
						<Chip as="risk">{t(head ? 'one_more_you' : 'one_more')}</Chip>
					</a>
				) : undefined
			}>
			<ul class="list">
				{of.recalls.map((r) => (
					<li>
						<span class={r.state === 'cancelled' ? 'soft' : 'neg'}>
							<Glyph name={r.state === 'cancelled' ? '' : 'bad'} />
						</span>
						<div>
							<b>{personName(names, r.person_id)}</b> {word('recall', r.state)}
							<div class="faint">
								{r.ordered && t('ordered_at', { on: date(r.ordered) })}{' '}
								{r.due && t('due_on', { on: date(r.due) })}
							</div>
						</div>
						<a href={to('measures', r.id)}>{t('case')}</a>
					</li>
				))}
				<li>
					<span class="warn">
						<Glyph name="risk" />
					</span>
					<div>
						{t('second_recall')}
						<div class="faint">C3.2.1-rr</div>
					</div>
					<span />
				</li>
			</ul>
		</Card>
	)
}

export function UnitMeasures({ of }: { of: UnitStanding }) {
	const live = of.measures.filter((m) => !ENDED.includes(m.state))
	if (!live.length) return null
	return (
		<Card title={t('in_effect')}>
			<ul class="list">
				{live.map((m) => (
					<MeasureRow key={m.id} m={m} />
				))}
			</ul>
		</Card>
	)
}

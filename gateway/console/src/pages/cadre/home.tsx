// 首页: where I stand, and what I must do.  One request.
import type { PersonHome } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Empty, Page, Shown } from '../../kit/page'
import { wide } from '../../kit/wide'
import { Eligibility, ENDED, MeasureRow } from '../../parts/standing'
import { TaskRow } from '../../parts/tasks'
import { to } from '../../router'
import { d, who } from '../../session'
import { dayOf } from '../../words/format'
import { t } from '../../words/words'
import { ByMonth } from './by-month'
import { Hero } from './hero'
import { StipendCard } from './stipend-card'
import { TwoWeeks, gapOf } from './two-weeks'

const HOME_MAX = 6

function Todo({ of }: { of: PersonHome }) {
	const tasks = (of.tasks?.items ?? []).filter((x) => x.state === 'open')
	const gap = of.attendance ? gapOf(of.attendance, dayOf(now())) : undefined
	const n = tasks.length + (gap ? 1 : 0)
	return (
		<Card
			title={t('to_do')}
			aside={
				<a class="faint" href={to('standing')} data-n>
					{t('n_things', { n })}
				</a>
			}>
			{n ? (
				<ul class="list">
					{tasks.slice(0, HOME_MAX).map((x, i) => (
						<TaskRow key={x.id} x={x} names={of.names} go={!i} href={to('standing')} />
					))}
					{gap}
				</ul>
			) : (
				<Empty>{t('all_done')}</Empty>
			)}
		</Card>
	)
}

function StandingCard({ of }: { of: PersonHome }) {
	const s = of.standing
	if (!s) return null
	const live = s.measures.filter((m) => !ENDED.includes(m.state))
	return (
		<Card title={t('standing_title')} aside={<a href={to('standing')}>{t('all')}</a>}>
			<ul class="list">
				{live.slice(0, HOME_MAX).map((m) => (
					<MeasureRow key={m.id} m={m} />
				))}
				<Eligibility of={s} />
			</ul>
		</Card>
	)
}

export function Home() {
	const me = who.value
	const id = me?.person_id
	const read = useRead<PersonHome>(id && d(`/persons/${id}/home?names=1&why=1`), true)
	if (!id)
		return (
			<Page title={t('nav_home')}>
				<Empty>{t('nobody_yet')}</Empty>
			</Page>
		)
	return (
		<Page title={t('nav_home')} hidden>
			<Shown of={read}>
				{(h) => (
					<div class="grid two">
						<div class="grid">
							{h.attendance ? (
								<Hero of={h.attendance} names={me?.names} villages={me?.village_ids ?? []} />
							) : (
								<Card title={t('no_posting')}>
									<Empty>{t('no_posting_why')}</Empty>
								</Card>
							)}
							{h.attendance && !wide.value && <TwoWeeks of={h.attendance} />}
							{!wide.value && h.tasks && <Todo of={h} />}
							{h.attendance && <ByMonth of={h.attendance} />}
						</div>
						<div class="grid">
							{wide.value && h.tasks && <Todo of={h} />}
							{h.stipend && <StipendCard of={h.stipend} />}
							<StandingCard of={h} />
							<p class="faint">{t('who_sees')}</p>
						</div>
					</div>
				)}
			</Shown>
		</Page>
	)
}

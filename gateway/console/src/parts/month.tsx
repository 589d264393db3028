// A month of a person's days.  A day opens to its status, its evidence and what did not count, each with its reason.
import type { Day, MonthDays, Names } from '../api/contract'
import { now } from '../api/client'
import { useRead } from '../api/cache'
import { Card } from '../kit/card'
import { Chip, State } from '../kit/chip'
import { Shown } from '../kit/page'
import { Steps } from '../kit/why'
import { query, set } from '../router'
import { d } from '../session'
import { clock, dateWeek, dayOf, month as monthText, monthDays, monthPlus, weekday } from '../words/format'
import { t, two, word, type Key } from '../words/words'
import { fullVillage } from './people'

const LOOK: Record<string, string> = {
	present: 'in',
	present_weak: 'in',
	official_duty: 'duty',
	on_leave: 'leave',
	unknown: 'none',
	absent_confirmed: 'gone',
}

function Cell({ x, lit }: { x: Day; lit: boolean }) {
	const today = dayOf(now())
	const n = +x.on.slice(8)
	if (x.on > today || x.posted === false)
		return (
			<span class="d next" data-free="day">
				{n}
				<small> </small>
			</span>
		)
	const open = query.value.get('day') === x.on
	return (
		<button
			class={`d ${LOOK[x.status] ?? ''}${x.on === today ? ' now' : ''}${open || lit ? ' lit' : ''}`}
			type="button"
			aria-expanded={open}
			onClick={() => set({ day: open ? undefined : x.on })}>
			<span>{n}</span>
			<small>{t(('status_' + x.status) as Key)}</small>
		</button>
	)
}

function DayOpen({ x, names }: { x: Day; names?: Names }) {
	return (
		<div class="sum day-open" role="region" aria-label={dateWeek(x.on)}>
			<p class="row">
				<b>{dateWeek(x.on)}</b>
				<State of="day" is={x.status} />
				{!x.working_day && <span class="faint">{t('rest_day')}</span>}
			</p>
			{x.contradiction && (
				<p class="warn">
					<b>{t('contradiction')}</b>
				</p>
			)}
			<ul class="list">
				{(x.evidence ?? []).map((e) => (
					<li>
						<Chip as={e.strong ? 'ok' : ''}>{t(e.strong ? 'counts' : 'counts_weakly')}</Chip>
						<div>
							{word('evidence', e.kind)} · {fullVillage(names, e.village_id)} · {clock(e.at)}
						</div>
						<span class="hash">{e.id}</span>
					</li>
				))}
				{(x.unused ?? []).map((e) => (
					<li>
						<Chip as="">{t('counts_not')}</Chip>
						<div>
							{clock(e.at)} {two(e.why)}
						</div>
						<span class="hash">{e.id}</span>
					</li>
				))}
			</ul>
			{!x.evidence?.length && !x.unused?.length && (
				<p>{t(x.status === 'unknown' ? 'no_evidence_unknown' : 'no_evidence')}</p>
			)}
			{!!x.steps?.length && <Steps of={x} />}
		</div>
	)
}

export function MonthCalendar({
	person,
	month,
	href,
}: {
	person: string
	month: string
	href: (month: string) => string
}) {
	const read = useRead<MonthDays>(d(`/persons/${person}/attendance?month=${month}&why=1&names=1`), true)
	const lead = weekday(month + '-01')
	return (
		<Card
			title={monthText(month)}
			aside={
				<span class="row">
					<a class="b sm" rel="prev" href={href(monthPlus(month, -1))} aria-label={t('month_before')}>
						‹
					</a>
					<a class="b sm" rel="next" href={href(monthPlus(month, 1))} aria-label={t('month_after')}>
						›
					</a>
				</span>
			}>
			<Shown of={read} rows={1}>
				{(m) => {
					const rows = m.days.length
						? m.days
						: Array.from({ length: monthDays(month) }, (_, i): Day => ({
								on: `${month}-${String(i + 1).padStart(2, '0')}`,
								posted: false,
								status: 'unknown',
								working_day: true,
								contradiction: false,
							}))
					const open = rows.find((x) => x.on === query.value.get('day'))
					return (
						<div class="month">
							<div class="wk">
								{[0, 1, 2, 3, 4, 5, 6].map((w) => (
									<span class="h">{t(('week_' + w) as Key)}</span>
								))}
								{Array.from({ length: lead }, () => (
									<span />
								))}
								{rows.map((x) => (
									<Cell key={x.on} x={x} lit={query.value.get('status') === x.status} />
								))}
							</div>
							{open ? <DayOpen x={open} names={m.names} /> : <p class="faint">{t('press_a_day')}</p>}
						</div>
					)
				}}
			</Shown>
		</Card>
	)
}

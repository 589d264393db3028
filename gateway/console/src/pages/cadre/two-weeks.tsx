// Two weeks around today as days one can press; and the newest working day without a record, as a thing to do.
import type { Year } from '../../api/contract'
import { now } from '../../api/client'
import { Card } from '../../kit/card'
import { Icon } from '../../kit/icon'
import { to } from '../../router'
import { dateWeek, dayOf, plus, weekday } from '../../words/format'
import { t, type Key } from '../../words/words'

const index = (day: string) => Math.round((Date.parse(day) - Date.parse(day.slice(0, 4) + '-01-01')) / 86400_000)
const LOOK: Record<string, string> = { P: 'in', w: 'in', d: 'duty', l: 'leave', u: 'none', A: 'gone' }

function Day({ day, letter, today }: { day: string; letter: string; today: string }) {
	const n = +day.slice(8)
	const next = day > today
	const what = day === today ? t('today') : next ? ' ' : letter === '.' ? ' ' : t(('letter_' + letter) as Key)
	if (next || letter === '.' || letter === 'r')
		return (
			<span class={'d' + (next || letter === '.' ? ' next' : '')} data-free="day">
				{n}
				<small>{what}</small>
			</span>
		)
	return (
		<a
			class={`d ${LOOK[letter] ?? ''}${day === today ? ' now' : ''}`}
			href={to('days', day.slice(0, 7)) + '?day=' + day}>
			<span>
				<span class="vh">{t('month_only', { m: +day.slice(5, 7) })}</span>
				{n}
			</span>
			<small>{what}</small>
		</a>
	)
}

export function TwoWeeks({ of }: { of: Year }) {
	const today = dayOf(now())
	const first = plus(today, -7 - weekday(today))
	const all = Array.from({ length: 14 }, (_, i) => plus(first, i))
	const letter = (day: string) => (day.startsWith(String(of.year)) ? (of.days[index(day)] ?? '.') : '.')
	return (
		<Card title={t('two_weeks')} aside={<a href={to('days')}>{t('year_calendar')}</a>}>
			<div class="wk">
				{all.slice(0, 7).map((day) => (
					<span class="h">{t(('week_' + weekday(day)) as Key)}</span>
				))}
				{all.map((day) => (
					<Day key={day} day={day} letter={letter(day)} today={today} />
				))}
			</div>
		</Card>
	)
}

// A gap is not guilt: it is offered to be looked at, within the last month.
export function gapOf(of: Year, today: string) {
	const at = index(today)
	for (let i = at - 1; i > at - 31 && i >= 0; i--) {
		if (of.days[i] !== 'u') continue
		const day = plus(`${of.year}-01-01`, i)
		return (
			<li>
				<Icon name="days" />
				<div>
					<div class="t">{t('no_record_on', { on: dateWeek(day) })}</div>
					<div class="faint">{t('no_record_why')}</div>
				</div>
				<a class="b sm" href={to('days', day.slice(0, 7)) + '?day=' + day}>
					{t('look_at')}
				</a>
			</li>
		)
	}
	return undefined
}

// A person's year of days: the big number, the heat map, its key with the counts.
import type { Year } from '../api/contract'
import { Heat } from '../charts/heat'
import { Swatch } from '../charts/segments'
import { now } from '../api/client'
import { dayOf } from '../words/format'
import { t, word, type Key } from '../words/words'

const KEY: [string, string, boolean?][] = [
	['present', '#57a37b'],
	['present_weak', '#bfdccb'],
	['official_duty', '#6f9fd0'],
	['on_leave', '#a395cd'],
	['unknown', '#fff', true],
	['absent_confirmed', '#a3231f'],
]
export const inVillage = (y: Year) => (y.counts.present ?? 0) + (y.counts.present_weak ?? 0)
const short: Record<string, Key> = { absent_confirmed: 'day_absent' }
const name = (status: string) => (short[status] ? t(short[status]!) : word('day', status))

const label = (y: Year) =>
	t('year_label', {
		y: y.year,
		list: KEY.map(([s]) => t('n_days_of', { what: name(s), n: y.counts[s] ?? 0 })).join(t('comma')),
	})

export function YearHeat({ of, link }: { of: Year; link: (status: string) => string }) {
	const months = Array.from({ length: 12 }, (_, i) => t('month_short', { m: i + 1 }))
	return (
		<>
			<Heat
				year={Number(of.year)}
				days={of.days}
				today={dayOf(now())}
				label={label(of)}
				months={months}
				week={[t('week_0'), t('week_2'), t('week_4')]}
			/>
			<YearKey of={of} link={link} />
		</>
	)
}

export const YearKey = ({ of, link }: { of: Year; link: (status: string) => string }) => (
	<p class="key">
		{KEY.filter(([s]) => of.counts[s]).map(([s, fill, dashed]) => (
			<a href={link(s)}>
				<Swatch fill={fill} dashed={dashed} />
				<span class="soft">{name(s)}</span> <b>{of.counts[s]}</b>
			</a>
		))}
	</p>
)

// Months have one page each; a status is looked up in the newest month that has such a day.
export function monthWith(of: Year, status: string): string {
	const letters: Record<string, string> = {
		present: 'P',
		present_weak: 'w',
		official_duty: 'd',
		on_leave: 'l',
		rest_day: 'r',
		unknown: 'u',
		absent_confirmed: 'A',
	}
	const at = of.days.lastIndexOf(letters[status] ?? ' ')
	const day = new Date(Date.UTC(Number(of.year), 0, 1 + Math.max(0, at)))
	return day.toISOString().slice(0, 7)
}

// 各月在村: the same days by month.
import type { Year } from '../../api/contract'
import { Bars } from '../../charts/bars'
import { Card } from '../../kit/card'
import { to } from '../../router'
import { monthDays } from '../../words/format'
import { t } from '../../words/words'

export function ByMonth({ of }: { of: Year }) {
	let at = 0
	const months = Array.from({ length: 12 }, (_, i) => {
		const month = `${of.year}-${String(i + 1).padStart(2, '0')}`
		const days = monthDays(month)
		const letters = of.days.slice(at, at + days)
		at += days
		return {
			label: t('month_short', { m: i + 1 }),
			n: [...letters].filter((x) => x === 'P' || x === 'w').length,
			of: 31,
			href: to('days', month),
			posted: /[^.]/.test(letters),
		}
	}).filter((m) => m.posted)
	if (!months.length) return null
	return (
		<Card title={t('days_by_month')} aside={<a href={to('days')}>{t('year_calendar')}</a>}>
			<Bars of={months} label={t('days_by_month')} />
		</Card>
	)
}

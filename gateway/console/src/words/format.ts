// Dates, money and spans as offices write them.
import { t, type Key } from './words'

const SHANGHAI = 8 * 3600_000
const DAY = 86400_000

// A civil day of Asia/Shanghai as UTC midnight, so that arithmetic on it needs no time zone.
export const civil = (day: string) => new Date(day + 'T00:00:00Z')
export const iso = (d: Date) => d.toISOString().slice(0, 10)
export const dayOf = (instant: string | Date) => iso(new Date(new Date(instant).getTime() + SHANGHAI))
export const clock = (instant: string | Date) =>
	new Date(new Date(instant).getTime() + SHANGHAI).toISOString().slice(11, 16)
export const stamp = (instant: string) => `${dayOf(instant)} ${clock(instant)}`
export const plus = (day: string, n: number) => iso(new Date(civil(day).getTime() + n * DAY))
export const between = (from: string, to: string) => Math.round((civil(to).getTime() - civil(from).getTime()) / DAY)
// Monday is 0.
export const weekday = (day: string) => (civil(day).getUTCDay() + 6) % 7

const parts = (day: string) => ({ y: +day.slice(0, 4), m: +day.slice(5, 7), d: +day.slice(8, 10) })
export const date = (day: string) => t('date', parts(day))
export const dateWeek = (day: string) => t('date_week', { ...parts(day), w: t(('weekday_' + weekday(day)) as Key) })
export const dateYear = (day: string) => t('date_year', parts(day))
export const month = (m: string) => t('month', parts(m + '-01'))
export const monthOnly = (m: string) => t('month_only', parts(m + '-01'))
// [from, until): the last day is not in it, and it says so
export const span = (from: string, until?: string) => (until ? t('span', { from, until }) : t('since', { from }))
export const monthDays = (m: string) => new Date(Date.UTC(+m.slice(0, 4), +m.slice(5, 7), 0)).getUTCDate()
export const monthPlus = (m: string, n: number) =>
	new Date(Date.UTC(+m.slice(0, 4), +m.slice(5, 7) - 1 + n, 1)).toISOString().slice(0, 7)

const grouped = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, ',')
export function money(fen: number, sign = false): string {
	const a = Math.abs(fen)
	const text = `${grouped(String(Math.floor(a / 100)))}.${String(a % 100).padStart(2, '0')}`
	return fen < 0 ? '− ' + text : sign && fen > 0 ? '+ ' + text : text
}
export const yuan = (fen: number) => money(fen).replace(/\.00$/, '')
export const percent = (num: number, den: number) => (den ? ((100 * num) / den).toFixed(1) : '0.0') + '%'
export const count = (n: number) => grouped(String(n))

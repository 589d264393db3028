// What stands against a person: measures with their case sheets, and what he may still become.
import type { Measure, Standing } from '../api/contract'
import { Chip, State } from '../kit/chip'
import { Glyph } from '../kit/icon'
import { to } from '../router'
import { look, t, two, word } from '../words/words'
import { date, dateYear, iso, civil, span } from '../words/format'

export const ENDED = ['served', 'lifted', 'rejected', 'revoked']

// 「取消 2018 年 5 月驻村补助」: a measure by its kind and window.
export function measureTitle(m: Measure): string {
	if (m.kind === 'stipend_cancelled' && m.until) return t('cancel_stipend', { span: window(m.from, m.until) })
	if (m.kind === 'assessment_cancelled') return t('cancel_assessment', { y: m.from.slice(0, 4) })
	if (m.kind === 'award_ban' && m.until) return t('ban_until', { on: m.until, what: word('measure_kind', m.kind) })
	if (m.kind === 'promotion_freeze' && m.until)
		return t('ban_until', { on: m.until, what: word('measure_kind', m.kind) })
	return word('measure_kind', m.kind)
}

// The month, quarter or year that [from, until) is, in words.
export function window(from: string, until: string): string {
	const y = from.slice(0, 4),
		m = +from.slice(5, 7)
	const months = (+until.slice(0, 4) - +y) * 12 + +until.slice(5, 7) - m
	const whole = from.endsWith('-01') && until.endsWith('-01')
	if (whole && months === 1) return t('month', { y, m })
	if (whole && months === 3 && m % 3 === 1) return t('quarter', { y, q: (m + 2) / 3 })
	if (whole && months === 12 && m === 1) return t('year', { y })
	return span(from, until)
}

const last = (until: string) => iso(new Date(civil(until).getTime() - 86400_000))

export function MeasureRow({ m }: { m: Measure }) {
	const live = !ENDED.includes(m.state)
	const as = look('measure', m.state)
	return (
		<li>
			<span class={as === 'bad' ? 'neg' : as === 'risk' ? 'warn' : 'soft'}>
				<Glyph name={as} />
			</span>
			<div>
				<div class="t">
					{measureTitle(m)} {m.state !== 'in_force' && <State of="measure" is={m.state} />}
				</div>
				<div class="faint">
					{two(m.reason)}
					{live && m.until && m.kind !== 'stipend_cancelled'
						? ` · ${t('to_day', { on: dateYear(last(m.until)) })}`
						: ''}
				</div>
			</div>
			<a class="b sm" href={to('measures', m.id)}>
				{t('case')}
			</a>
		</li>
	)
}

export function Eligibility({ of }: { of: Standing }) {
	return (
		<>
			{(['award', 'promotion'] as const).map((what) => {
				const e = of.eligibility[what]
				const bars = of.measures.filter((m) => e.reasons.includes(m.id))
				const until = bars
					.map((m) => m.until ?? '')
					.sort()
					.pop()
				return (
					<li>
						<span class={e.eligible ? 'pos' : 'neg'}>
							<Glyph name={e.eligible ? 'ok' : 'bad'} />
						</span>
						<div>
							<div>
								{t(what === 'award' ? 'award_right' : 'promotion_right')}
								{t(e.eligible ? 'free' : 'barred')}
							</div>
							{!e.eligible && until && <div class="faint">{t('back_on', { on: dateYear(until) })}</div>}
						</div>
						<span>
							{bars[0] && (
								<a class="b sm" href={to('measures', bars[0].id)}>
									{t('case')}
								</a>
							)}
						</span>
					</li>
				)
			})}
		</>
	)
}

export const AbsenceLine = ({ of }: { of: Standing }) => {
	const year = of.on.slice(0, 4)
	const n = of.absences.filter((a) => a.on.startsWith(year)).length
	if (!n) return null
	const last = of.absences[of.absences.length - 1]
	return (
		<a href={to('measures', of.measures[0]?.id ?? '')}>
			<Chip as="bad">{t('absences_year', { n, y: year, on: last ? date(last.on) : '' })}</Chip>
		</a>
	)
}

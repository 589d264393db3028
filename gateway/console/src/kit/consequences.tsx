// What will follow, or has followed: ladders, measures, money by month, runs, recalls, awards, messages, and how it is undone.
import type { ComponentChildren } from 'preact'
import type { Measure, Names, Preview } from '../api/contract'
import { Ladder, type Rung } from '../charts/ladder'
import { Months } from '../charts/months'
import { dateYear, money, month, monthOnly } from '../words/format'
import { t, two, word } from '../words/words'
import { Glyph, Icon, type GlyphName } from './icon'

export interface Words4 {
	// what the page knows and the kit does not: how things are named and linked
	measure: (m: Measure) => string
	person: (id: string) => ComponentChildren
	recipient: (id: string) => string
	rung: (ladder: string, k: number) => ComponentChildren
	link: (noun: 'measures' | 'payrolls' | 'recalls' | 'stipend', id: string, person?: string) => string
}
interface Props {
	of: Preview
	words: Words4
	names?: Names
	waits?: boolean
}

function rungs(l: Preview['ladders'][0], words: Words4): Rung[] {
	return Array.from({ length: l.of }, (_, i) => {
		const k = i + 1
		const fresh = k > l.was && k <= l.is,
			falls = k > l.is && k <= l.was
		return {
			title: (
				<>
					{t('nth', { n: k })}
					{fresh && ` · ${t('this_time')}`}
					{falls && ` · ${t('falls')}`}
				</>
			),
			text: words.rung(l.ladder, k),
			as: fresh ? 'will' : k <= Math.min(l.was, l.is) ? 'was' : '',
		}
	})
}

const SIGN: Record<string, GlyphName> = { new: 'plus', changed: 'change', gone: 'minus' }

function MeasureLine({ x, words }: { x: Preview['measures'][0]; words: Words4 }) {
	const m = x.is ?? x.was
	if (!m) return null
	const was = x.change === 'changed' && x.was
	return (
		<li>
			<span class={x.change === 'gone' ? 'pos' : 'neg'}>
				<Glyph name={SIGN[x.change] ?? ''} />
				<span class="vh">{t(`change_${x.change}`)}</span>
			</span>
			<span>
				<b>{words.measure(m)}</b>
				<br />
				<span class="faint">
					{m.from}
					{m.until ? t('till', { on: m.until }) : ''}
					{was && ` ← ${was.from}${was.until ? t('till', { on: was.until }) : ''}`}
				</span>
			</span>
			<span class="n faint">{m.clause}</span>
		</li>
	)
}

// By month; a month that an older measure cancelled already costs nothing more, and that is shown.
function Money({ of, words }: { of: Preview; words: Words4 }) {
	if (!of.money.length) return <p class="soft">{t('no_money_moves')}</p>
	return (
		<Months
			of={of.money.map((x) => ({
				title: <a href={words.link('stipend', x.month, x.person_id)}>{monthOnly(x.month)}</a>,
				big: x.fen ? (
					<a class="fig" href={words.link('stipend', x.month, x.person_id)}>
						{money(x.fen, true)}
					</a>
				) : (
					t('cancelled_already')
				),
				text: <span data-free="sum">{x.fen ? t('in_village_days', { n: x.days }) : t('not_again')}</span>,
				fresh: !!x.fen,
				plus: x.fen > 0,
			}))}
		/>
	)
}

function Others({ of, words }: { of: Preview; words: Words4 }) {
	return (
		<ul class="what">
			{of.runs.map((r) => (
				<li>
					<Icon name="yuan" />
					<span>
						<b>{month(r.month)}</b> {word('payroll', r.state)}
						{t('colon')}
						{t(r.effect === 'stale' ? 'run_stale' : 'run_corrected')}
					</span>
					<a href={words.link('payrolls', r.month)}>{t('run')}</a>
				</li>
			))}
			{of.recalls.map((r) => (
				<li>
					<Icon name="people" />
					<span>
						{t('recall')}
						{t('colon')}
						{r.was && `${word('recall', r.was)} → `}
						<b>{word('recall', r.is)}</b>
						{r.ends_on && (
							<>
								<br />
								<span class="faint">{t('posting_ends', { on: dateYear(r.ends_on) })}</span>
							</>
						)}
						{r.due && (
							<>
								<br />
								<span class="faint">{t('step_due', { on: dateYear(r.due) })}</span>
							</>
						)}
					</span>
					<a href={words.link('recalls', r.id)}>{t('open')}</a>
				</li>
			))}
			{!!of.messages.length && (
				<li>
					<Icon name="message" />
					<details class="why">
						<summary data-n>
							<b>{t('sms_n', { n: of.messages.length })}</b>
							{t('colon')}
							{[...new Set(of.messages.map((m) => words.recipient(m.recipient)))].join(t('enum'))}
						</summary>
						<div class="sum">
							<ul class="plain">
								{of.messages.map((m) => (
									<li>
										<b>{words.recipient(m.recipient)}</b>
										{t('colon')}
										{two(m.text)}
									</li>
								))}
							</ul>
						</div>
					</details>
					<span />
				</li>
			)}
		</ul>
	)
}

export function Consequences({ of, words, waits }: Props) {
	const nothing =
		!of.ladders.length && !of.measures.length && !of.money.length && !of.messages.length && !of.recalls.length
	if (nothing) return <p class="soft">{t('nothing_follows')}</p>
	return (
		<>
			{of.ladders.map((l) => (
				<Ladder rungs={rungs(l, words)} label={`${l.year} ${word('ladder', l.ladder)}`} />
			))}
			{!!of.measures.length && (
				<>
					<h3 data-free="count">
						{t('measures_move', { n: of.measures.length })}{' '}
						{waits && <span class="faint">{t('wait_for_another')}</span>}
					</h3>
					<ul class="what">
						{of.measures.map((x) => (
							<MeasureLine x={x} words={words} />
						))}
					</ul>
				</>
			)}
			{!!of.money.length && (
				<h3 data-free="sum">
					{t('stipend_moves', { yuan: money(of.fen, true) })} <span class="faint">{t('union')}</span>
				</h3>
			)}
			{!!of.money.length && <Money of={of} words={words} />}
			<Others of={of} words={words} />
			<ul class="what">
				<li>
					<Icon name="back" />
					<span>{t('how_undone')}</span>
					<span />
				</li>
			</ul>
		</>
	)
}

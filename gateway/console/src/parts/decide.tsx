// An act on people: its effects computed by the engine, the reason, and under them the button that names it.  What was shown
// binds the act (`basis`); if something moved meanwhile it is shown again, marked, and the button waits until it was read.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Move, Names, Preview } from '../api/contract'
import { load, mark, useRead, type Entry } from '../api/cache'
import { can } from '../api/until'
import { call, now, Problem } from '../api/client'
import { Act } from '../kit/button'
import { Card } from '../kit/card'
import { Consequences } from '../kit/consequences'
import { Field, useDraft } from '../kit/field'
import { Shown } from '../kit/page'
import { tell } from '../kit/toast'
import { d } from '../session'
import { clock } from '../words/format'
import { said } from '../words/said'
import { t } from '../words/words'
import { useNaming } from './naming'
import { buttonOf, hindrance, ifOf, isGrave, offered, pathOf } from './moves'
import { Following } from './following'

const OLD_MS = 5 * 60_000
const ALL = [
	'confirm',
	'dismiss',
	'annul',
	'approve',
	'reject',
	'lift',
	'serve',
	'review',
	'order',
	'hand-over',
	'replace',
	'cancel',
]

interface Props {
	noun: 'findings' | 'measures' | 'recalls'
	id: string
	moves: Move[]
	names?: Names
	stale: string[]
	what?: string
	body?: Record<string, unknown>
	needs?: string
	children?: ComponentChildren
}

export function Decide({ noun, id, moves, stale, what, body, needs, children }: Props) {
	const rows = offered(moves, ALL)
	const [chosen, setChosen] = useState('')
	const [reason, setReason, sent] = useDraft(`${noun}.${id}.reason`)
	const [moved, setMoved] = useState(false) // what would follow has changed since it was shown
	const [done, setDone] = useState<{ move: string; shown?: Preview }>()
	const first = rows.find((m) => m.allowed) ?? rows[0]
	const row = rows.find((m) => m.move === chosen) ?? first
	const at = `/${noun}/${encodeURIComponent(id)}`
	const read = useRead<Preview>(row && !done && can(d(`${at}/consequences?if=x`)) ? d(`${at}/consequences?if=${pathOf(row.move)}&names=1`) : undefined)
	const naming = useNaming(read.data.value?.names)
	const foreseen = can(d(`${at}/consequences?if=x`))
	if (done && !foreseen)
		return (
			<Card title={t('done_title', { what: buttonOf(noun, done.move, what) })}>
				<p class="soft">{t('unseen_done')}</p>
			</Card>
		)
	if (done) return <Following noun={noun} id={id} act={buttonOf(noun, done.move, what)} shown={done.shown} />
	if (!row) return null
	// the other choice is shown with its own consequences before it can be made
	const choose = (move: string) => {
		setChosen(move)
		setMoved(false)
		document.getElementById('decide')?.scrollIntoView()
	}
	const refresh = async () => {
		const was = read.data.value?.basis
		await load(read as Entry<unknown>)
		return was !== read.data.value?.basis
	}
	const act = async () => {
		if (foreseen && now().getTime() - read.at.value > OLD_MS && (await refresh())) return setMoved(true)
		const shown = read.data.value
		await call('POST', d(`${at}/${pathOf(row.move)}`), {
			body: { ...body, ...(reason ? { reason } : {}), ...(shown?.basis ? { basis: shown.basis } : {}) },
		})
		sent()
		setDone({ move: row.move, shown })
		mark(...stale)
		tell(t('done_act', { what: buttonOf(noun, row.move, what) }))
	}
	const trouble = async (p: Problem) => {
		if (p.code !== 'consequences.changed') return tell(said(p))
		await refresh()
		setMoved(true)
	}
	const hindered = hindrance(row)
	return (
		<Card
			id="decide"
			title={ifOf(noun, row.move)}
			aside={
				<span class="faint">
					{read.at.value ? t('reckoned_at', { at: clock(new Date(read.at.value)) }) : ''}
				</span>
			}>
			{rows.length > 1 && (
				<div class="row choose" role="group" aria-label={t('choose_move')}>
					{rows.map((m) => (
						<button
							class={'chip' + (m === row ? ' go' : '')}
							type="button"
							aria-pressed={m === row}
							onClick={() => choose(m.move)}>
							{buttonOf(noun, m.move, what)}
						</button>
					))}
				</div>
			)}
			{moved && (
				<div class="note warn" role="alert">
					<span>{t('has_changed')}</span>
					<button class="b sm" type="button" onClick={() => setMoved(false)}>
						{t('have_read')}
					</button>
				</div>
			)}
			<div class={moved ? 'fresh' : ''}>
				{foreseen ? (
					<Shown of={read} rows={2}>
						{(p) => (
							<Consequences of={p} words={naming} waits={noun === 'findings' && row.move === 'confirm'} />
						)}
					</Shown>
				) : (
					<p class="soft">{t('unseen')}</p>
				)}
			</div>
			<div class="act">
				{children}
				<Field
					label={t('reason_label')}
					name="reason"
					rows={2}
					value={reason}
					onInput={setReason}
					placeholder={t('reason_example')}
				/>
				{hindered && (
					<p class="note warn">
						<span>{hindered}</span>
					</p>
				)}
				<div class="row">
					{rows
						.filter((m) => m !== row && m.allowed)
						.map((m) => (
							<button class="b" type="button" onClick={() => choose(m.move)}>
								{buttonOf(noun, m.move, what)}…
							</button>
						))}
					<Act
						as={isGrave(row.move) ? 'grave' : 'go'}
						act={act}
						onProblem={(p) => void trouble(p)}
						off={hindered ?? (moved ? t('read_first') : read.data.value || !foreseen ? needs : t('reckoning'))}>
						{buttonOf(noun, row.move, what)}
					</Act>
				</div>
			</div>
		</Card>
	)
}

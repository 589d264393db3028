// 记一条督查记录: whom, what, when, from where, in words.  What is typed stays on the device until it has been received.
import { useState } from 'preact/hooks'
import type { List, Person, Session } from '../../api/contract'
import { call, now, Problem } from '../../api/client'
import { mark, useRead } from '../../api/cache'
import { isOffered } from '../../api/offered'
import { Card } from '../../kit/card'
import { Field, useDraft } from '../../kit/field'
import { Page } from '../../kit/page'
import { tell } from '../../kit/toast'
import { go, to } from '../../router'
import { d, who } from '../../session'
import { dayOf } from '../../words/format'
import { said } from '../../words/said'
import { t, word } from '../../words/words'
import { unitName } from '../../parts/people'
import { Photos, type Photo } from './photos'

const KINDS = ['unexcused_absence', 'duty_failure', 'written_criticism']
const SOURCES = ['covert', 'night', 'hotline', 'superior']
const LEVELS = ['city', 'province', 'central']
const SEARCH_MIN = 1

function Whom({ value, onPick }: { value: string; onPick: (id: string, name: string) => void }) {
	const [q, setQ] = useState('')
	const read = useRead<List<Person>>(
		q.length >= SEARCH_MIN ? d(`/persons?q=${encodeURIComponent(q)}&limit=8&names=1`) : undefined,
	)
	const items = q ? (read.data.value?.items ?? []) : []
	return (
		<div class="field">
			<Field
				label={t('whom')}
				name="whom"
				value={q || value}
				onInput={(v) => {
					setQ(v)
					if (!v) onPick('', '')
				}}
				placeholder={t('whom_hint')}
				autocomplete="off"
				required
			/>
			{!!items.length && (
				<ul class="card pick">
					{items.map((p) => (
						<li>
							<button
								class="tool"
								type="button"
								onClick={() => {
									onPick(p.id, p.name)
									setQ('')
								}}>
								{p.name}
								<span class="faint"> {unitName(read.data.value?.names, p.unit_id)}</span>
							</button>
						</li>
					))}
				</ul>
			)}
		</div>
	)
}

const opts = (noun: string, of: string[]): [string, string][] => of.map((x) => [x, word(noun, x)])

export function NewFinding() {
	const [draft, put, sent] = useDraft(
		'finding',
		JSON.stringify({ kind: KINDS[0], source: 'covert', on: dayOf(now()), level: 'city' }),
	)
	const f: Record<string, string> = JSON.parse(draft || '{}')
	const set = (k: string) => (v: string) => put(JSON.stringify({ ...f, [k]: v }))
	const [photos, setPhotos] = useState<Photo[]>([])
	const [problem, setProblem] = useState('')
	const [busy, setBusy] = useState(false)
	const submit = async (e: Event) => {
		e.preventDefault()
		setBusy(true)
		setProblem('')
		try {
			const body = {
				kind: f.kind,
				person_id: f.person_id,
				on: f.on,
				source: f.source,
				...(f.source === 'superior' ? { level: f.level } : {}),
				...(f.kind === 'written_criticism' ? { bulletin: f.bulletin } : {}),
				...(f.note ? { note: f.note } : {}),
				...(photos.length ? { evidence: photos.map((p) => ({ sha256: p.sha256, name: p.name })) } : {}),
			}
			await call('POST', d('/findings'), { body })
			sent()
			setPhotos([])
			mark('/findings', '/tasks')
			tell(t('noted_thanks'))
			go(to('findings') + (isOffered('findings?noted_by=me') ? '?noted_by=me' : ''))
		} catch (x) {
			if (!(x instanceof Problem)) throw x
			setProblem(x.code === 'offline' ? t('offline_kept') : said(x))
		} finally {
			setBusy(false)
		}
	}
	const me: Session | undefined = who.value
	return (
		<Page title={t('note_title')} sub={t('note_sub')}>
			<form class="grid half" onSubmit={submit}>
				<Card title={t('note_what')}>
					<Whom
						value={f.person_name ?? ''}
						onPick={(id, name) => put(JSON.stringify({ ...f, person_id: id, person_name: name }))}
					/>
					<Field
						label={t('what')}
						name="kind"
						value={f.kind ?? ''}
						onInput={set('kind')}
						options={opts('finding_kind', KINDS)}
					/>
					<Field
						label={t('date_head')}
						name="on"
						type="date"
						value={f.on ?? ''}
						onInput={set('on')}
						max={dayOf(now())}
						hint={f.source === 'night' ? t('night_rule') : undefined}
						required
					/>
					<Field
						label={t('source_head')}
						name="source"
						value={f.source ?? ''}
						onInput={set('source')}
						options={opts('source', SOURCES)}
					/>
					{f.source === 'superior' && (
						<Field
							label={t('level')}
							name="level"
							value={f.level ?? ''}
							onInput={set('level')}
							options={opts('level', LEVELS)}
						/>
					)}
					{f.kind === 'written_criticism' && (
						<Field
							label={t('bulletin')}
							name="bulletin"
							value={f.bulletin ?? ''}
							onInput={set('bulletin')}
							required
						/>
					)}
				</Card>
				<Card title={t('circumstances')}>
					<Field
						label={t('note_label')}
						name="note"
						rows={5}
						value={f.note ?? ''}
						onInput={set('note')}
						placeholder={t('note_example')}
					/>
					<Photos of={photos} onChange={setPhotos} />
					{problem && (
						<p class="neg" role="alert">
							{problem}
						</p>
					)}
					<p class="row">
						<button class="b go full" type="submit" disabled={busy || !f.person_id || !f.on}>
							{t(busy ? 'under_way' : 'note_do')}
						</button>
					</p>
					<p class="faint">{t('note_by', { name: me?.name ?? me?.account ?? '' })}</p>
				</Card>
			</form>
		</Page>
	)
}

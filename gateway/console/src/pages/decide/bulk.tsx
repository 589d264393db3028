// Several measures of one kind: each previewed by itself, shown as one sum, each bound by its own basis.
import { useState } from 'preact/hooks'
import type { Measure, Preview } from '../../api/contract'
import { mark } from '../../api/cache'
import { call } from '../../api/client'
import { Act } from '../../kit/button'
import { Sheet } from '../../kit/dialog'
import { tell } from '../../kit/toast'
import { d } from '../../session'
import { money } from '../../words/format'
import { t, word } from '../../words/words'
import { measureTitle } from '../../parts/standing'

const at = (m: Measure) => `/measures/${encodeURIComponent(m.id)}`

function Group({ of, onDone }: { of: Measure[]; onDone: () => void }) {
	const [previews, setPreviews] = useState<Preview[]>()
	const [did, setDid] = useState(0)
	const look = async () => {
		const all: Preview[] = []
		for (const m of of) all.push((await call<Preview>('GET', d(at(m) + '/consequences?if=approve'))).data)
		setPreviews(all)
	}
	const approve = async () => {
		for (const [i, m] of of.entries()) {
			await call('POST', d(at(m) + '/approve'), { body: { basis: previews?.[i]?.basis } })
			setDid(i + 1)
		}
		mark('/measures', '/tasks', '/overview')
		tell(t('bulk_done', { n: of.length }))
		onDone()
	}
	const sum = (f: (p: Preview) => number) => (previews ?? []).reduce((a, p) => a + f(p), 0)
	return (
		<>
			<ul class="plain" data-free="list">
				{of.map((m) => (
					<li>{measureTitle(m)}</li>
				))}
			</ul>
			{previews ? (
				<>
					<p class="note" data-free="sum">
						<span>
							{t('bulk_sum', {
								n: of.length,
								yuan: money(
									sum((p) => p.fen),
									true,
								),
								sms: sum((p) => p.messages.length),
							})}
						</span>
					</p>
					<p class="row">
						<Act as="grave" act={approve}>
							{t('bulk_do', { n: of.length })}
						</Act>
						{did > 0 && (
							<span class="faint">
								{did} / {of.length}
							</span>
						)}
					</p>
				</>
			) : (
				<p class="row">
					<Act act={look}>{t('bulk_look')}</Act>
				</p>
			)}
		</>
	)
}

export function Bulk({ of }: { of: Measure[] }) {
	const [kind, setKind] = useState('')
	const kinds = [...new Set(of.map((m) => m.kind))].filter((k) => of.filter((m) => m.kind === k).length > 1)
	if (!kinds.length) return null
	return (
		<div class="bar">
			<span class="row">
				{kinds.map((k) => (
					<button class="b sm" type="button" onClick={() => setKind(k)}>
						{t('bulk_of', { what: word('measure_kind', k), n: of.filter((m) => m.kind === k).length })}
					</button>
				))}
			</span>
			{kind && (
				<Sheet title={word('measure_kind', kind)} onClose={() => setKind('')}>
					<Group of={of.filter((m) => m.kind === kind)} onDone={() => setKind('')} />
				</Sheet>
			)}
		</div>
	)
}

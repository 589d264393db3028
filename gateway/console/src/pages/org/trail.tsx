// 轨迹: the district's events as they come, from the beginning or from now; filtered here by type and subject.
import { useEffect, useState } from 'preact/hooks'
import { listen } from '../../api/events'
import { Field } from '../../kit/field'
import { Empty, Page } from '../../kit/page'
import { query, set } from '../../router'
import { d } from '../../session'
import { stamp } from '../../words/format'
import { t } from '../../words/words'

interface Event {
	id: string
	type: string
	time?: string
	subject?: string
	source?: string
	data?: unknown
	account?: string
}
const KEPT = 500
const SHOWN = 100

function useEvents(from: string): Event[] {
	const [all, setAll] = useState<Event[]>([])
	useEffect(() => {
		setAll([])
		let waiting: Event[] = []
		const source = new EventSource(d('/events?from=' + from))
		listen(source, (_, e) => {
			try {
				waiting.push({ ...JSON.parse(e.data), id: e.lastEventId })
			} catch {
				/* not an event of ours */
			}
		})
		const timer = setInterval(() => {
			if (!waiting.length) return
			const more = waiting.reverse()
			waiting = []
			setAll((was) => [...more, ...was].slice(0, KEPT))
		}, 300)
		return () => {
			source.close()
			clearInterval(timer)
		}
	}, [from])
	return all
}

export function TrailPage() {
	const from = query.value.get('from') ?? 'start'
	const type = query.value.get('type') ?? '',
		about = query.value.get('about') ?? ''
	const all = useEvents(from)
	const rows = all
		.filter((e) => (!type || e.type === type) && (!about || JSON.stringify(e).includes(about)))
		.slice(0, SHOWN)
	const types = [...new Set(all.map((e) => e.type))].sort()
	return (
		<Page title={t('nav_trail')} sub={t('trail_sub')}>
			<section class="card flush" aria-label={t('nav_trail')}>
				<div class="bar filters">
					<Field
						label={t('from_where')}
						name="from"
						value={from}
						onInput={(v) => set({ from: v })}
						options={[
							['start', t('from_start')],
							['now', t('from_now')],
						]}
					/>
					<Field
						label={t('type')}
						name="type"
						value={type}
						onInput={(v) => set({ type: v })}
						options={[['', t('all')], ...types.map((x): [string, string] => [x, x])]}
					/>
					<Field
						label={t('about')}
						name="about"
						value={about}
						onInput={(v) => set({ about: v })}
						placeholder="F… m-… p-…"
					/>
				</div>
				{rows.length ? (
					<ol class="trail events" data-free="events">
						{rows.map((e) => (
							<li key={e.id}>
								<time>{e.time && stamp(e.time)}</time>
								<b>{e.type}</b> {e.subject}
								<details class="why link">
									<summary>{t('see_data')}</summary>
									<pre class="sum hash">{JSON.stringify(e.data ?? {}, null, 1)}</pre>
								</details>
							</li>
						))}
					</ol>
				) : (
					<Empty>{t('no_events')}</Empty>
				)}
			</section>
			<p class="faint">
				{t('verify_how')} <code>zhucunctl verify</code>
			</p>
		</Page>
	)
}

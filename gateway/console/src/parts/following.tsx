// After the act: what has followed, asked each second until it is what was shown, and told if it is not.
import { useEffect, useState } from 'preact/hooks'
import type { Preview } from '../api/contract'
import { Problem } from '../api/client'
import { read } from '../api/until'
import { Card } from '../kit/card'
import { Chip } from '../kit/chip'
import { Consequences } from '../kit/consequences'
import { d } from '../session'
import { t } from '../words/words'
import { useNaming } from './naming'

const TRIES_MAX = 30

// What must be the same: where the ladders end, which measures, what money, which recalls.
export const essence = (p: Preview) =>
	JSON.stringify([
		p.ladders.map((l) => [l.ladder, l.is]).sort(),
		p.measures.map((m) => [m.change === 'gone' ? 'gone' : 'is', m.is?.id ?? m.was?.id]).sort(),
		p.fen,
		p.recalls.map((r) => [r.id, r.is]).sort(),
	])

export function Following({ noun, id, act, shown }: { noun: string; id: string; act: string; shown?: Preview }) {
	const [now, setNow] = useState<Preview>()
	const [same, setSame] = useState(false)
	const [tries, setTries] = useState(0)
	useEffect(() => {
		if (same || tries > TRIES_MAX) return
		const timer = setTimeout(
			async () => {
				try {
					const p = (
						await read<Preview>(d(`/${noun}/${encodeURIComponent(id)}/consequences?names=1`))
					).data
					setNow(p)
					if (!shown || essence(p) === essence(shown)) setSame(true)
				} catch (e) {
					if (!(e instanceof Problem)) throw e
				}
				setTries(tries + 1)
			},
			tries ? 1000 : 0,
		)
		return () => clearTimeout(timer)
	}, [tries, same])
	const naming = useNaming(now?.names)
	return (
		<Card
			title={t('done_title', { what: act })}
			aside={
				same ? (
					<Chip as="ok">{t('as_shown')}</Chip>
				) : tries > TRIES_MAX ? (
					<Chip as="risk">{t('not_as_shown')}</Chip>
				) : (
					<Chip as="go">{t('spreading')}</Chip>
				)
			}>
			{tries > TRIES_MAX && !same && (
				<p class="note warn">
					<span>{t('differs')}</span>
				</p>
			)}
			{now ? <Consequences of={now} words={naming} /> : <p class="soft">{t('spreading')}</p>}
		</Card>
	)
}

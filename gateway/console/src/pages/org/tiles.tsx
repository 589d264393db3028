// What waits, as four numbers that are links.
import type { Overview } from '../../api/contract'
import { to } from '../../router'
import { t } from '../../words/words'

export function Tiles({ of }: { of: Overview }) {
	const waits = (of.findings?.noted ?? 0) + (of.findings?.heard ?? 0)
	const tiles: [number, string, string, string][] = [
		[
			waits,
			t('tile_findings'),
			of.findings?.heard ? t('tile_heard', { n: of.findings.heard }) : t('tile_findings_sub'),
			to('findings'),
		],
		[of.measures?.proposed ?? 0, t('tile_measures'), t('tile_measures_sub'), to('measures')],
		[
			(of.recalls?.proposed ?? 0) +
				(of.recalls?.reviewed ?? 0) +
				(of.recalls?.ordered ?? 0) +
				(of.recalls?.handed_over ?? 0),
			t('tile_recalls'),
			of.recalls?.overdue ? t('tile_overdue', { n: of.recalls.overdue }) : t('tile_no_overdue'),
			to('recalls'),
		],
		[
			of.vacancies.open,
			t('tile_vacancies'),
			of.vacancies.overdue ? t('tile_overdue', { n: of.vacancies.overdue }) : t('tile_no_overdue'),
			to('vacancies'),
		],
	]
	return (
		<nav class="tiles" aria-label={t('waits_for_you')}>
			{tiles.map(([n, what, sub, href]) => (
				<a href={href}>
					<b>{n}</b>
					<span>
						{what}
						<span class="faint">{sub}</span>
					</span>
				</a>
			))}
		</nav>
	)
}

// 本乡镇: villages × roles today; what is empty, and until when.
import type { Names, Posting, Present, Township, TownshipHome, Vacancies } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Chip, State } from '../../kit/chip'
import { Empty, Page, Shown } from '../../kit/page'
import { personName, VillageLink } from '../../parts/people'
import { countBy, TodayBar } from '../../parts/today'
import { VacancyRows } from '../../parts/vacancies'
import { to } from '../../router'
import { d, has, who } from '../../session'
import { t, word } from '../../words/words'

const ROLES = [
	'first_secretary',
	'team_member',
	'agri_technician',
	'legal_adviser',
	'credit_officer',
	'paired_helper',
	'agri_circuit',
	'legal_circuit',
]

function Cell({ posts, today, names, empty }: { posts: Posting[]; today: Present[]; names?: Names; empty: boolean }) {
	if (!posts.length) return empty ? <Chip as="risk">{t('vacant')}</Chip> : <span class="soft">—</span>
	return (
		<>
			{posts.map((p) => {
				const status = today.find((x) => x.person_id === p.person_id)?.status
				return (
					<div>
						<a href={to('persons', p.person_id)}>{personName(names, p.person_id)}</a>{' '}
						{status && <State of="day" is={status} />}
					</div>
				)
			})}
		</>
	)
}

function Matrix({ of }: { of: TownshipHome }) {
	const posts = of.postings?.items ?? []
	const open = of.vacancies?.items ?? []
	const villages = [...new Set([...posts.map((p) => p.village_id), ...open.map((v) => v.village_id)])].sort()
	const roles = ROLES.filter((r) => posts.some((p) => p.role === r) || open.some((v) => v.role === r))
	return (
		<div class="tw" tabIndex={0} role="region" aria-label={t('matrix')}>
			<table class="t cards">
				<caption class="vh">{t('matrix')}</caption>
				<thead>
					<tr>
						<th scope="col">{t('village')}</th>
						{roles.map((r) => (
							<th scope="col">{word('post', r)}</th>
						))}
					</tr>
				</thead>
				<tbody>
					{villages.map((v) => (
						<tr data-row={v}>
							<td class="k">
								<b>
									<VillageLink id={v} names={of.names} />
								</b>
							</td>
							{roles.map((r) => {
								const mine = posts.filter((p) => p.village_id === v && p.role === r)
								const empty = open.some((x) => x.village_id === v && x.role === r)
								return (
									<td data-l={word('post', r)} class={mine.length || empty ? '' : 'hide'}>
										<Cell
											posts={mine}
											today={of.today?.items ?? []}
											names={of.names}
											empty={empty}
										/>
									</td>
								)
							})}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	)
}

export function TownshipPage({ id }: { id: string }) {
	const mine = who.value?.township_ids ?? []
	const township = id || mine[0] || ''
	const plain = useRead<Township>(township ? d(`/townships/${encodeURIComponent(township)}`) : undefined)
	const read = useRead<TownshipHome>(
		township ? d(`/townships/${encodeURIComponent(township)}/home?names=1`) : undefined,
		!id,
	)
	if (!township)
		return (
			<Page title={t('nav_township')}>
				<Empty>{t('no_township')}</Empty>
			</Page>
		)
	const list =
		id && has('district_admin', 'auditor', 'reviewer', 'inspector')
			? `${to('attendance')}?township_id=${township}`
			: to('people')
	return (
		<Page title={plain.data.value?.name ?? t('nav_township')}>
			<Shown of={read}>
				{(h) => {
					const rows = h.today?.items ?? []
					const v: Vacancies | undefined = h.vacancies
					return (
						<div class="grid">
							<div class="grid two">
								<Card
									title={
										<>
											{t('people_today')}{' '}
											<a class="fig" href={list}>
												{rows.length}
											</a>{' '}
											{t('people_unit')}
										</>
									}
									aside={<a href={list}>{t('name_list')}</a>}>
									<TodayBar
										of={countBy(rows, (x) => x.status)}
										href={(s) => `${list}${list.includes('?') ? '&' : '?'}status=${s}`}
									/>
									<p class="faint">{t('unknown_is_not_absent')}</p>
								</Card>
								<Card
									title={t('nav_vacancies')}
									aside={
										v && (
											<a class="faint" href={to('vacancies')}>
												{t('n_posts', { n: v.count })}
											</a>
										)
									}>
									{v?.items.length ? (
										<VacancyRows of={v} names={h.names} max={4} />
									) : (
										<Empty>{t('no_vacancies')}</Empty>
									)}
								</Card>
							</div>
							<Card title={t('matrix')} flush>
								<Matrix of={h} />
							</Card>
						</div>
					)
				}}
			</Shown>
		</Page>
	)
}

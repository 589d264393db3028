// 本单位: are my people where they should be, and how near is my unit to a consequence.
import { useEffect } from 'preact/hooks'
import type { Unit, UnitHome } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Icon } from '../../kit/icon'
import { Empty, Page, Shown } from '../../kit/page'
import { personName } from '../../parts/people'
import { staff, StaffCard } from '../../parts/staff'
import { TaskRow } from '../../parts/tasks'
import { countBy, TodayBar } from '../../parts/today'
import { Criticisms, Recalls, UnitMeasures } from '../../parts/unit-cases'
import { query, to } from '../../router'
import { d, has, who } from '../../session'
import { t } from '../../words/words'

const HOME_MAX = 6

function Todo({ of }: { of: UnitHome }) {
	const items = (of.tasks?.items ?? []).filter((x) => x.state === 'open')
	return (
		<Card
			title={t('to_do')}
			aside={
				<a href={to('tasks')} class="faint">
					{t('n_things', { n: items.length })}
				</a>
			}>
			{items.length ? (
				<ul class="list">
					{items.slice(0, HOME_MAX).map((x, i) => (
						<TaskRow key={x.id} x={x} names={of.names} go={!i} />
					))}
				</ul>
			) : (
				<Empty>{t('all_done')}</Empty>
			)}
		</Card>
	)
}

function Today({ of, href }: { of: UnitHome; href: string }) {
	const rows = of.today?.items ?? []
	return (
		<Card
			title={
				<>
					{t('people_today')}{' '}
					<a class="fig" href={href}>
						{rows.length}
					</a>{' '}
					{t('people_unit')}
				</>
			}
			aside={<a href={href}>{t('name_list')}</a>}>
			<TodayBar
				of={countBy(rows, (x) => x.status)}
				href={(s) => `${href}${href.includes('?') ? '&' : '?'}status=${s}`}
			/>
			<p class="faint">{t('unknown_is_not_absent')}</p>
		</Card>
	)
}

export function UnitPage({ id }: { id: string }) {
	const mine = !id
	const unit = id || who.value?.unit_ids[0] || ''
	const plain = useRead<Unit>(unit ? d(`/units/${encodeURIComponent(unit)}?names=1`) : undefined)
	const read = useRead<UnitHome>(unit ? d(`/units/${encodeURIComponent(unit)}/home?names=1`) : undefined, mine)
	useEffect(() => {
		if (query.value.get('see') === 'cases' && read.data.value) document.getElementById('cases')?.scrollIntoView()
	}, [query.value.get('see'), !!read.data.value])
	const u = plain.data.value
	const people = mine ? to('people') : `${to('attendance')}?unit_id=${unit}`
	if (!unit)
		return (
			<Page title={t('nav_unit')}>
				<Empty>{t('no_unit')}</Empty>
			</Page>
		)
	return (
		<Page
			title={u?.name ?? t('nav_unit')}
			sub={u?.head_person_id && t('head_is', { name: personName(u.names, u.head_person_id) })}
			crumb={mine ? undefined : [[t('nav_roster'), to('roster') + '?tab=units'], [u?.name ?? unit]]}
			acts={
				<button class="b sm" type="button" onClick={() => print()}>
					<Icon name="print" />
					{t('print')}
				</button>
			}>
			<Shown of={read}>
				{(h) => (
					<div class="grid two">
						<div class="grid">
							{mine && h.tasks && (
								<div class="only-p">
									<Todo of={h} />
								</div>
							)}
							{h.today && <Today of={h} href={people} />}
							{h.standing && <Criticisms of={h.standing} />}
							{h.standing && (
								<Recalls of={h.standing} names={h.names} head={mine && has('unit_head')} />
							)}
							{h.postings && <StaffCard
								postings={h.postings}
								today={h.today}
								names={h.names}
								title={t('sent_people')}
								max={HOME_MAX}
								all={staff(h.postings?.items ?? [], undefined).length > HOME_MAX ? people : undefined}
							/>}
						</div>
						<div class="grid">
							{mine && h.tasks && (
								<div class="only-d">
									<Todo of={h} />
								</div>
							)}
							{h.standing && <UnitMeasures of={h.standing} />}
						</div>
					</div>
				)}
			</Shown>
		</Page>
	)
}

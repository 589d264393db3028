// A person: postings, days, what stands, stipend; for whoever may read each.
import { useState } from 'preact/hooks'
import type { List, Person, Posting, Standing, Stipend, StipendDays, Year } from '../../api/contract'
import { now } from '../../api/client'
import { call } from '../../api/client'
import { useRead } from '../../api/cache'
import { Act } from '../../kit/button'
import { Card } from '../../kit/card'
import { Sheet } from '../../kit/dialog'
import { Field } from '../../kit/field'
import { Filter } from '../../kit/filter'
import { Empty, Page, Shown } from '../../kit/page'
import { Why } from '../../kit/why'
import { MonthCalendar } from '../../parts/month'
import { unitName } from '../../parts/people'
import { PostingList } from '../../parts/postings'
import { AbsenceLine, Eligibility, MeasureRow } from '../../parts/standing'
import { StipendDaysCards } from '../../parts/stipend-days'
import { StipendTable } from '../../parts/stipend-table'
import { inVillage, monthWith, YearHeat } from '../../parts/year'
import { query, to } from '../../router'
import { d, has } from '../../session'
import { dayOf, month as monthText } from '../../words/format'
import { t, word, type Key } from '../../words/words'

const at = (id: string, tab: string, month?: string) =>
	`${to('persons', id)}?tab=${tab}${month ? '&month=' + month : ''}`

function Postings({ id }: { id: string }) {
	const read = useRead<List<Posting>>(d(`/postings?person_id=${id}&names=1&limit=100`))
	return (
		<Shown of={read}>
			{(l) => (
				<Card title={t('tab_postings')}>
					<PostingList of={l.items} names={l.names} />
				</Card>
			)}
		</Shown>
	)
}

function Days({ id }: { id: string }) {
	const month = query.value.get('month') ?? dayOf(now()).slice(0, 7)
	const year = useRead<Year>(d(`/persons/${id}/attendance?year=${month.slice(0, 4)}&why=1`))
	return (
		<div class="grid">
			<Shown of={year} rows={1}>
				{(y) => (
					<Card
						title={
							<>
								{t('in_village_n')}{' '}
								<a class="fig" href={at(id, 'days', monthWith(y, 'present'))}>
									{inVillage(y)}
								</a>{' '}
								{t('days_unit')}
							</>
						}>
						<div class="scroll">
							<YearHeat of={y} link={(s) => at(id, 'days', monthWith(y, s)) + '&status=' + s} />
						</div>
						{!!y.steps?.length && (
							<Why of={y} link>
								{t('why_days', { n: inVillage(y) })}
							</Why>
						)}
					</Card>
				)}
			</Shown>
			<MonthCalendar person={id} month={month} href={(m) => at(id, 'days', m)} />
		</div>
	)
}

function Cases({ id }: { id: string }) {
	const read = useRead<Standing>(d(`/persons/${id}/standing?names=1`))
	return (
		<Shown of={read}>
			{(s) => (
				<div class="grid two">
					<Card title={t('measures_title')} aside={<AbsenceLine of={s} />}>
						{s.measures.length ? (
							<ul class="list">
								{s.measures.map((m) => (
									<MeasureRow key={m.id} m={m} />
								))}
							</ul>
						) : (
							<Empty>{t('nothing_stands_his')}</Empty>
						)}
					</Card>
					<Card title={t('eligibility')}>
						<ul class="list">
							<Eligibility of={s} />
						</ul>
					</Card>
				</div>
			)}
		</Shown>
	)
}

function StipendTab({ id }: { id: string }) {
	const month = query.value.get('month')
	const year = query.value.get('year') ?? month?.slice(0, 4) ?? dayOf(now()).slice(0, 4)
	const all = useRead<Stipend>(d(`/persons/${id}/stipend?year=${year}&why=1&names=1`))
	const one = useRead<StipendDays>(month ? d(`/persons/${id}/stipend?month=${month}&why=1&names=1`) : undefined)
	return (
		<div class="grid">
			{month && <h2>{monthText(month)}</h2>}
			{month && (
				<Shown of={one}>
					{(s) => (
						<StipendDaysCards of={s} dayHref={(day) => at(id, 'days', day.slice(0, 7)) + '&day=' + day} />
					)}
				</Shown>
			)}
			<Shown of={all}>
				{(s) => (
					<Card title={t('stipend_of', { y: year })} flush>
						{s.months.length ? (
							<StipendTable of={s} href={(m) => at(id, 'stipend', m)} />
						) : (
							<Empty>{t('no_stipend_his')}</Empty>
						)}
					</Card>
				)}
			</Shown>
		</div>
	)
}

function Reveal({ id }: { id: string }) {
	const [open, setOpen] = useState(false)
	const [reason, setReason] = useState('')
	const [phone, setPhone] = useState('')
	return (
		<>
			<button class="b sm" type="button" onClick={() => setOpen(true)}>
				{t('reveal')}
			</button>
			{open && (
				<Sheet title={t('reveal')} onClose={() => setOpen(false)}>
					<p class="soft">{t('reveal_why')}</p>
					{phone ? (
						<p class="big" data-free="phone">
							{phone}
						</p>
					) : (
						<>
							<Field label={t('reason')} name="reason" value={reason} onInput={setReason} />
							<Act
								as="go"
								off={reason.length < 2 ? t('reason') : false}
								act={async () =>
									setPhone(
										(
											await call<{ phone: string }>('POST', d(`/persons/${id}/reveal`), {
												body: { reason },
											})
										).data.phone,
									)
								}>
								{t('reveal')}
							</Act>
						</>
					)}
				</Sheet>
			)}
		</>
	)
}

const TABS: [string, Key][] = [
	['postings', 'tab_postings'],
	['days', 'nav_days'],
	['cases', 'tab_cases'],
	['stipend', 'nav_stipend'],
]

export function PersonPage({ id }: { id: string }) {
	const p = useRead<Person>(d(`/persons/${encodeURIComponent(id)}?names=1`))
	const hidden = has('district_admin', 'auditor', 'reviewer', 'unit_head', 'township_leader', 'cadre')
		? []
		: has('finance')
			? ['cases']
			: ['cases', 'stipend']
	const tabs = TABS.filter(([k]) => !hidden.includes(k))
	const tab = tabs.find(([k]) => k === query.value.get('tab'))?.[0] ?? 'postings'
	const v = p.data.value
	return (
		<Page
			title={v?.name ?? id}
			sub={
				v && (
					<>
						{unitName(v.names, v.unit_id)} · {word('establishment', v.establishment)} ·{' '}
						<span data-free="phone">{v.phone}</span>
					</>
				)
			}
			acts={
				v && has('inspector', 'reviewer', 'finance', 'unit_head', 'township_leader') && /\*/.test(v.phone) ? (
					<Reveal id={id} />
				) : undefined
			}>
			<div class="grid">
				<Filter name="tab" label={t('person')} choices={tabs.map(([value, k]) => ({ value, label: t(k) }))} />
				{tab === 'postings' ? (
					<Postings id={id} />
				) : tab === 'days' ? (
					<Days id={id} />
				) : tab === 'cases' ? (
					<Cases id={id} />
				) : (
					<StipendTab id={id} />
				)}
			</div>
		</Page>
	)
}

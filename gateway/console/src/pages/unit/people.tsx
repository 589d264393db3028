// 派出人员 / 村与人员: everybody within one's reach, whoever needs a look first.
import type { List, Posting, Present } from '../../api/contract'
import { now } from '../../api/client'
import { useRead } from '../../api/cache'
import { Filter } from '../../kit/filter'
import { Page, Shown } from '../../kit/page'
import { StaffCard } from '../../parts/staff'
import { query } from '../../router'
import { d, has, who } from '../../session'
import { dayOf } from '../../words/format'
import { t, word } from '../../words/words'
import { countBy } from '../../parts/today'

export function People() {
	const head = has('unit_head') && !!who.value?.unit_ids[0]
	const mine = head ? `unit_id=${who.value?.unit_ids[0]}` : `township_id=${who.value?.township_ids[0] ?? ''}`
	const day = dayOf(now())
	const posts = useRead<List<Posting>>(d(`/postings?${mine}&on=${day}&names=1&limit=500`))
	const today = useRead<List<Present>>(d(`/attendance?on=${day}&${mine}&limit=500`))
	const status = query.value.get('status') ?? ''
	const rows = today.data.value?.items ?? []
	const by = countBy(rows, (x) => x.status)
	const kept = new Set(rows.filter((x) => !status || x.status === status).map((x) => x.person_id))
	return (
		<Page title={t(head ? 'nav_unit_people' : 'nav_villages')}>
			<div class="grid">
				<Filter
					name="status"
					label={t('by_state')}
					choices={[
						{ label: t('all'), value: '', n: rows.length },
						...Object.keys(by).map((s) => ({ label: word('day', s), value: s, n: by[s] })),
					]}
				/>
				<Shown of={posts}>
					{(p) => (
						<StaffCard
							postings={{ items: p.items.filter((x) => !status || kept.has(x.person_id)) }}
							today={today.data.value}
							names={p.names}
							title={t(head ? 'sent_people' : 'posted_people')}
						/>
					)}
				</Shown>
			</div>
		</Page>
	)
}

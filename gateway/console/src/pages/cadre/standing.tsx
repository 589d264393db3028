// 处理与申诉: what stands against me, since when, until when, and how to answer.
import type { List, Standing, Task } from '../../api/contract'
import { useRead } from '../../api/cache'
import { Card } from '../../kit/card'
import { Empty, Page, Shown } from '../../kit/page'
import { AbsenceLine, Eligibility, ENDED, MeasureRow } from '../../parts/standing'
import { dueText } from '../../parts/tasks'
import { d, who } from '../../session'
import { t } from '../../words/words'
import { Icon } from '../../kit/icon'

function Hearings() {
	const read = useRead<List<Task>>(d('/tasks?mine=1&order=due&names=1'), true)
	const items = (read.data.value?.items ?? []).filter((x) => x.kind === 'hearing' && x.state === 'open')
	if (!items.length) return null
	return (
		<Card title={t('my_hearing')}>
			<ul class="list">
				{items.map((x) => (
					<li>
						<Icon name="message" />
						<div>
							<div class="t">{t('hearing_of', { id: x.about })}</div>
							<div class={x.overdue ? 'neg' : 'faint'}>
								{dueText(x)} · {t('hearing_how')}
							</div>
						</div>
						<span />
					</li>
				))}
			</ul>
		</Card>
	)
}

export function StandingPage() {
	const read = useRead<Standing>(d(`/persons/${who.value?.person_id}/standing?names=1`), true)
	return (
		<Page title={t('standing_page')}>
			<Shown of={read}>
				{(s) => {
					const live = s.measures.filter((m) => !ENDED.includes(m.state))
					const ended = s.measures.filter((m) => ENDED.includes(m.state))
					return (
						<div class="grid two">
							<div class="grid">
								<Hearings />
								<Card title={t('in_effect')} aside={<AbsenceLine of={s} />}>
									{live.length ? (
										<ul class="list">
											{live.map((m) => (
												<MeasureRow key={m.id} m={m} />
											))}
										</ul>
									) : (
										<Empty>{t('nothing_stands')}</Empty>
									)}
								</Card>
								{!!ended.length && (
									<Card title={t('ended')}>
										<ul class="list">
											{ended.map((m) => (
												<MeasureRow key={m.id} m={m} />
											))}
										</ul>
									</Card>
								)}
							</div>
							<Card title={t('eligibility')}>
								<ul class="list">
									<Eligibility of={s} />
								</ul>
							</Card>
						</div>
					)
				}}
			</Shown>
		</Page>
	)
}

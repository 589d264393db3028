// pages.mjs - every page of every role; what a test walks.
export async function pagesOf(role, ids) {
	const all = {
		cadre: ['home', 'days', 'days/2018-05?day=2018-05-23', 'stipend', 'stipend/2018-05', 'standing', `measures/${ids.measure}`, 'messages', 'me'],
		unit_head: ['unit', 'tasks', 'people', `persons/${ids.person}`, 'messages', 'me'],
		township_leader: ['township', 'tasks', 'people', 'vacancies', 'messages', 'me'],
		inspector: ['findings/new', 'findings?noted_by=me', `findings/${ids.finding}`, 'me'],
		reviewer: ['tasks', 'findings', `findings/${ids.finding}`, 'measures', `measures/${ids.measure}`, 'recalls', `recalls/${ids.recall}`, 'me'],
		district_admin: ['today', 'board', 'findings', 'measures', 'recalls', 'roster', 'roster?tab=units', 'roster?tab=persons', 'roster?tab=postings', `persons/${ids.person}`,
			`persons/${ids.person}?tab=days`, `persons/${ids.person}?tab=cases`, `persons/${ids.person}?tab=stipend`, `villages/${ids.village}`, `units/${ids.unit}`, 'imports', 'accounts',
			'accounts/new', 'attendance', 'vacancies', 'contradictions', 'alerts', 'search?q=' + encodeURIComponent(ids.word), 'payrolls'],
		finance: ['payrolls', `payrolls/${ids.month}`, 'stipends?q=' + encodeURIComponent(ids.word), 'proofs', 'tasks', 'me'],
		auditor: ['today', 'trail', 'measures', 'proofs', 'accounts', 'me'],
	}
	return all[role]
}
export const ROLES = ['cadre', 'unit_head', 'township_leader', 'inspector', 'reviewer', 'district_admin', 'finance', 'auditor']

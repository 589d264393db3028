// ids.mjs - things to look at, found by asking as an administrator, so that the same tests run on any stack.
const json = async (page, path) => page.evaluate(async (p) => (await fetch(p)).json(), path)

export async function idsOf(page, district) {
	const d = (rest) => `/api/v1/districts/${district}${rest}`
	const measures = (await json(page, d('/measures?state=in_force,served&names=1&limit=200'))).items
	const measure = measures.find((m) => m.kind === 'stipend_cancelled' && m.subject.person_id)
	const findings = (await json(page, d('/findings?state=noted,heard&order=due&limit=50'))).items
	const recalls = (await json(page, d('/recalls?limit=50'))).items
	const posting = (await json(page, d(`/postings?person_id=${measure.subject.person_id}`))).items[0]
	const person = await json(page, d(`/persons/${measure.subject.person_id}`))
	const runs = (await json(page, d('/payrolls?year=2018'))).items
	return {
		measure: measure.id,
		person: person.id,
		word: person.name[0],
		unit: person.unit_id,
		village: posting.village_id,
		finding: (findings.find((f) => f.kind === 'unexcused_absence') ?? findings[0])?.id,
		recall: (recalls.find((r) => !['replaced', 'cancelled'].includes(r.state)) ?? recalls[0])?.id,
		month: (runs.find((r) => r.state !== 'closed') ?? runs[runs.length - 1])?.month,
	}
}

// One of everything: a good call for each operation that writes, in an order in which each finds what it needs, and the ids
// that a path may name.  A new operation that writes needs a row here; check.mjs says so.
import { createHash } from 'node:crypto'

export const DISTRICT = '511703'

const PAPER = '%PDF-1.4 of a thing'
const digest = createHash('sha256').update(PAPER).digest('hex')
const PASSWORD = 'correct-horse-7'
const finding = (on, more = {}) => ({ kind: 'unexcused_absence', person_id: 'p1', on, source: 'covert', ...more })
const checkin = (at, more = {}) => ({ person_id: 'p1', village_id: 'v1', captured_at: at, ...more })

// `path`: what the braces stand for; a function is called with what earlier calls answered (`as` names them).
// `file`: the body as it is; `query` goes with it.
// `token`: whose it is; the operator's otherwise.  `settle`: waits until every consequence is there.
export const CALLS = [
	{ id: 'advanceClock', body: { now: '2017-09-08T09:00:00+08:00' } },
	{ id: 'putDistrict', body: { name: '达川区', areas: [{ id: 'east', name: '东' }] } },
	{ id: 'putTownship', path: { id: 't1' }, body: { name: '乡', area_id: 'east' } },
	{ id: 'putUnit', path: { id: 'u1' }, body: { name: '局' } },
	{ id: 'putPerson', path: { id: 'p1' }, body: { name: '赵一', phone: '13800000001', unit_id: 'u1', establishment: 'civil_servant' } },
	{ id: 'putPerson', path: { id: 'p2' }, body: { name: '钱二', phone: '13800000002', unit_id: 'u1', establishment: 'other' } },
	{ id: 'revealPhone', path: { id: 'p1' }, body: { reason: '核实在岗' } },
	{ id: 'putUnit', path: { id: 'u1' }, body: { name: '局', head_person_id: 'p2' } },
	{ id: 'putVillage', path: { id: 'v1' }, body: { name: '村', township_id: 't1', kind: 'poor', fence: { lon: 107.5, lat: 31.2, radius_m: 500 } } },
	{ id: 'putVillage', path: { id: 'v2' }, body: { name: '村二', township_id: 't1', kind: 'non_poor' } },
	{ id: 'putPosting', path: { id: 'a1' }, body: { person_id: 'p1', village_id: 'v1', role: 'first_secretary', from: '2017-08-01', term_from: '2017-08-01', term_to: '2020-08-01' } },
	{ id: 'putPosting', path: { id: 'a2' }, body: { person_id: 'p2', village_id: 'v2', role: 'first_secretary', from: '2017-08-01', to: '2018-08-01' } },
	{ id: 'putPosting', path: { id: 'a9' }, body: { person_id: 'p2', village_id: 'v1', role: 'paired_helper', from: '2017-08-01' } },
	{ id: 'voidPosting', path: { id: 'a9' }, body: { reason: '录错' } },
	{ id: 'putPosting', path: { id: 'a9' }, body: { person_id: 'p2', village_id: 'v1', role: 'paired_helper', from: '2017-08-01' } },
	{ id: 'importRows', query: 'kind=units&dry_run=0', file: 'id,name,head_person_id\nu1,局,p2\nu2,二局,\n' },
	{ id: 'importRows', query: 'kind=units&dry_run=1', file: 'id,name\nu 1,局\n' },
	{ id: 'publishPolicy', body: { version: 'v-2', effective_from: '2017-08-02', patch: { approval: 'four_eyes' } } },
	{ id: 'putCalendar', path: { year: '2027' }, body: { days: [{ on: '2027-01-01', working: false, name: '元旦' }, { on: '2027-02-13', working: true }] } },
	{ id: 'recordCheckin', body: checkin('2017-08-10T09:00:00+08:00', { lon: 107.5, lat: 31.2, accuracy_m: 10, datum: 'wgs84', key: 'c1' }) },
	{ id: 'recordCheckinLines', lines: [checkin('2017-08-11T09:00:00+08:00', { key: 'c2' }), checkin('2017-08-14T09:00:00+08:00'), checkin('2016-01-01T09:00:00+08:00', { key: 'c3' })] },
	{ id: 'putRound', path: { id: 'r1' }, body: { name: '评优', category: 'first_secretary', on: '2017-12-01' } },
	{ id: 'draftPayroll', body: { month: '2017-08' }, settle: true },
	{ id: 'approvePayroll', path: { month: '2017-08' } },
	{ id: 'closePayroll', path: { month: '2017-08' } },
	{ id: 'putFile', file: PAPER },
	{ id: 'noteFinding', body: finding('2017-09-01', { note: '不在岗', major: false, evidence: [{ sha256: digest, name: 'x.jpg' }] }), as: 'f1' },
	{ id: 'noteFinding', body: finding('2017-09-04'), as: 'f2' },
	{ id: 'noteFindingLines', lines: [finding('2017-09-05', { key: 'k1', confirm: true, source: 'superior', level: 'city' }), finding('2017-09-06', { key: 'k2', confirm: true }), finding('2017-08-22', { key: 'k3', person_id: 'p2', confirm: true }), finding('2030-01-01', { key: 'k4' })] },
	{ id: 'confirmFinding', path: { id: (said) => said.f1.id }, body: { reason: '属实' } },
	{ id: 'dismissFinding', path: { id: (said) => said.f2.id } },
	{ id: 'noteFinding', body: finding('2017-09-07'), as: 'f3' },
	{ id: 'confirmFinding', path: { id: (said) => said.f3.id } },
	{ id: 'annulFinding', path: { id: (said) => said.f3.id } },
	{ id: 'noteFinding', body: { kind: 'written_criticism', unit_id: 'u1', on: '2017-09-04', source: 'covert', bulletin: '通报1号' }, as: 'f4' },
	{ id: 'confirmFinding', path: { id: (said) => said.f4.id } },
	{ id: 'readStanding', path: { id: 'p1' }, settle: true, as: 'standing' },
	{ id: 'approveMeasure', path: { id: (said) => measure(said, 'admonishment_talk') }, body: { reason: '同意' } },
	{ id: 'serveMeasure', path: { id: (said) => measure(said, 'admonishment_talk') } },
	{ id: 'approveMeasure', path: { id: (said) => measure(said, 'award_ban') } },
	{ id: 'liftMeasure', path: { id: (said) => measure(said, 'award_ban') } },
	{ id: 'rejectMeasure', path: { id: (said) => measure(said, 'promotion_freeze') } },
	{ id: 'approveMeasure', path: { id: (said) => measure(said, 'stipend_cancelled') } },
	{ id: 'putPerson', path: { id: 'p3' }, body: { name: '孙三', phone: '13800000003', unit_id: 'u1', establishment: 'institution' } },
	{ id: 'putPerson', path: { id: 'p4' }, body: { name: '李四', phone: '13800000004', unit_id: 'u1', establishment: 'institution' } },
	{ id: 'putPosting', path: { id: 'a4' }, body: { person_id: 'p4', village_id: 'v1', role: 'team_member', from: '2017-08-01' } },
	{ id: 'noteFindingLines', lines: ['2017-08-22', '2017-08-23', '2017-08-24'].map((on) => finding(on, { key: `p4-${on}`, person_id: 'p4', confirm: true })) },
	{ id: 'listRecalls', settle: true, as: 'recalls' },
	{ id: 'cancelRecall', path: { id: (said) => recall(said, 'p4') }, body: { reason: '另行处理' } },
	{ id: 'reviewRecall', path: { id: (said) => recall(said, 'p1') }, body: { reason: '属实' } },
	{ id: 'orderRecall', path: { id: (said) => recall(said, 'p1') } },
	{ id: 'putPosting', path: { id: 'a3' }, body: { person_id: 'p3', village_id: 'v1', role: 'first_secretary', from: '2017-09-09' } },
	{ id: 'handOverRecall', path: { id: (said) => recall(said, 'p1') } },
	{ id: 'replaceRecall', path: { id: (said) => recall(said, 'p1') }, body: { posting_id: 'a3' } },
	{ id: 'annulFinding', path: { id: (said) => said.f1.id }, settle: true },
	{ id: 'listTasks', settle: true, as: 'tasks' },
	{ id: 'putAccount', path: { id: 'acc1' }, body: { person_id: 'p1', phone: '13700000001', password: PASSWORD, roles: ['cadre'] } },
	{ id: 'openSession', body: { district: DISTRICT, phone: '13700000001', password: PASSWORD }, as: 'session' },
	{ id: 'openSession', body: { district: DISTRICT, phone: '13700000001', password: PASSWORD }, as: 'another' },
	{ id: 'closeSession', token: (said) => said.session.token },
	{ id: 'closeSessions', token: (said) => said.another.token },
	{ id: 'openSession', body: { district: DISTRICT, phone: '13700000001', password: PASSWORD }, as: 'own' },
	{ id: 'stepUp', token: (said) => said.own.token, body: { password: PASSWORD } },
	{ id: 'changeOwnPassword', token: (said) => said.own.token, body: { old: PASSWORD, new: 'another-horse-8' } },
	{ id: 'closeTask', path: { id: (said) => said.tasks.items[0].id }, body: { reason: '已办' } },
]

const recall = (said, person) => said.recalls.items.find((r) => r.person_id === person).id
const measure = (said, kind) => said.standing.measures.find((m) => m.kind === kind).id

// What a read's path may name, by the collection before the brace.
export const known = (said) => ({
	townships: 't1', units: 'u1', villages: 'v1', persons: 'p1', postings: 'a1', findings: said.f1.id, rounds: 'r1', payrolls: '2017-08',
	measures: measure(said, 'stipend_cancelled'), recalls: recall(said, 'p1'), tasks: said.tasks.items[0].id,
	accounts: 'acc1', calendars: '2027', files: digest,
})
// What a parameter of a query may be, where its schema alone does not say.
export const QUERY = { on: '2017-09-07', month: '2017-08', year: '2017', person_id: 'p1', unit_id: 'u1', village_id: 'v1', township_id: 't1', of: 'findings?person_id=p1', names: '1', count: '1', q: 'p', area_id: 'east', clause: 'C3.2.1-1', finding_id: 'F000000000001', from: '2017-09-01', until: '2018-01-01', overdue: '1' }

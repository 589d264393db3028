// world.mjs - a district as of 2018-09-12 10:24: made-up people in the real villages, the same at each start.
import { readFileSync } from 'node:fs'

export const DISTRICT = '511703'
export const TODAY = '2018-09-12'
export const NOW = '2018-09-12T10:24:00+08:00'
export const PASSWORD = 'zhucun-2018-console'

let seed = 20170908
export function random() {
	seed = (seed * 1103515245 + 12345) & 0x7fffffff
	return seed / 0x7fffffff
}
const pick = (of) => of[Math.floor(random() * of.length)]

const SURNAMES = [...'冉覃蒲庹庞向冯罗邓杜谢何龙黎袁蒋谭瞿樊郝汪唐廖鲜苟严贾牟']
const GIVEN = [
	'光明',
	'家贵',
	'晓兰',
	'远志',
	'正宇',
	'明川',
	'玉兰',
	'世海',
	'玉霞',
	'成玉',
	'长春',
	'素芬',
	'小燕',
	'大春',
	'治国',
	'国梁',
	'德明',
	'世平',
	'建华',
	'春梅',
	'志强',
	'秀英',
	'永康',
	'立新',
	'卫东',
	'雪梅',
	'文斌',
	'桂芳',
	'开华',
	'定军',
]
const UNITS = [
	'区水务局',
	'区林业局',
	'区教育局',
	'区卫生局',
	'区财政局',
	'区住建局',
	'区人社局',
	'区民政局',
	'区农林局',
	'区发改局',
	'区文广局',
	'区审计局',
	'区工商联',
	'区交通运输局',
	'区国土局',
	'区商务局',
]

const rows = readFileSync(new URL('../../../../deploy/data/villages.csv', import.meta.url), 'utf8')
	.split('\n')
	.filter((l) => /^(east|west|south),/.test(l))
	.map((l) => l.split(','))

export const district = {
	id: DISTRICT,
	name: '达川区',
	areas: [
		{ id: 'east', name: '东片区' },
		{ id: 'west', name: '西片区' },
		{ id: 'south', name: '南片区' },
	],
}
export const townships = new Map(),
	villages = new Map(),
	units = new Map(),
	persons = new Map(),
	postings = new Map(),
	accounts = new Map()
export const days = new Map() // person → letters of 2018

for (const [area_id, id, name] of rows) townships.set(id, { id, name, area_id })
rows.forEach(([, township_id, , id, name], i) =>
	villages.set(id, {
		id,
		name: name.replace(/民?委员会$/, '').replace(/居$/, ''),
		township_id,
		kind: i % 3 === 0 || id === '511703107202' ? 'poor' : 'non_poor',
	}),
)
UNITS.forEach((name, i) =>
	units.set(`u${String(i + 1).padStart(2, '0')}`, { id: `u${String(i + 1).padStart(2, '0')}`, name }),
)

export function person(id, name, unit_id, extra = {}) {
	persons.set(id, {
		id,
		name,
		phone: `1390818${String(1000 + persons.size).slice(-4)}`,
		unit_id,
		establishment: 'civil_servant',
		...extra,
	})
	return id
}
let posted = 0
export function posting(person_id, village_id, role, from = '2017-09-08', extra = {}) {
	const id = `po-${String(++posted).padStart(4, '0')}`
	postings.set(id, {
		id,
		person_id,
		village_id,
		role,
		from,
		term_from: '2017-09-01',
		term_to: '2020-08-01',
		reason: 'appointed',
		term: 1,
		...extra,
	})
	return id
}

// A year of letters: working days mostly in the village, a gap now and then, nothing after today.
const HOLIDAYS = new Set([
	'2018-01-01',
	'2018-02-15',
	'2018-02-16',
	'2018-02-19',
	'2018-02-20',
	'2018-02-21',
	'2018-04-05',
	'2018-04-06',
	'2018-04-30',
	'2018-05-01',
	'2018-06-18',
])
export function letters(likely, marks = {}) {
	let out = ''
	for (let t = Date.UTC(2018, 0, 1); t < Date.UTC(2019, 0, 1); t += 86400_000) {
		const on = new Date(t).toISOString().slice(0, 10)
		const rest = [0, 6].includes(new Date(t).getUTCDay()) || HOLIDAYS.has(on)
		if (on > TODAY) out += '.'
		else if (marks[on]) out += marks[on]
		else if (rest) out += random() < 0.05 ? 'P' : 'r'
		else {
			const x = random()
			out += x < likely ? 'P' : x < likely + 0.03 ? 'w' : x < likely + 0.06 ? 'd' : x < likely + 0.1 ? 'l' : 'u'
		}
	}
	return out
}

// those with a part in the tests
person('p-pang', '庞正宇', 'u03')
person('p-jiang', '蒋德明', 'u05')
person('p-feng', '冯玉兰', 'u05')
person('p-fengsp', '冯世平', 'u07')
person('p-tan', '覃家贵', 'u14')
person('p-shen', '樊立新', 'u12')
person('p-pu', '蒲治国', 'u01')
person('p-gou', '苟永康', 'u16')
person('p-xiang', '向明川', 'u01')
person('p-ran', '冉光明', 'u02')
person('p-xie', '谢长春', 'u01')
person('p-xiegl', '谢国梁', 'u14')
person('p-he', '何素芬', 'u03')
units.set('u17', { id: 'u17', name: '区委组织部' })
person('p-zhou', '周定军', 'u17')
units.get('u01').head_person_id = 'p-pu'
const byName = (name) => [...villages.values()].find((v) => v.name === name)?.id
posting('p-xiang', '511703107202', 'first_secretary')
posting('p-ran', byName('鲁班村') ?? '511703116005', 'first_secretary')
posting('p-xie', '511703107212', 'team_member')
posting('p-xiegl', '511703107200', 'first_secretary')
posting('p-he', '511703107204', 'first_secretary')
posting('p-pu', '511703107202', 'paired_helper')
days.set(
	'p-xiang',
	letters(0.72, {
		'2018-05-23': 'A',
		'2018-09-12': 'P',
		'2018-09-11': 'P',
		'2018-09-10': 'P',
		'2018-09-06': 'u',
		'2018-09-07': 'P',
		'2018-09-05': 'P',
		'2018-09-04': 'P',
		'2018-09-03': 'P',
	}),
)
days.set('p-ran', letters(0.6, { '2018-07-18': 'A' }))

const taken = new Set([...postings.values()].filter((p) => p.role === 'first_secretary').map((p) => p.village_id))
const EMPTY = new Set(['511703107213', '511703116002', '511703001203', '511703005202'])
let n = 0
for (const v of villages.values()) {
	const unit = `u${String((n % UNITS.length) + 1).padStart(2, '0')}`
	n++
	if (!taken.has(v.id) && !EMPTY.has(v.id))
		posting(person(`p-${v.id}`, pick(SURNAMES) + pick(GIVEN), unit), v.id, 'first_secretary')
	if (v.kind === 'poor')
		posting(
			person(`p-${v.id}-t`, pick(SURNAMES) + pick(GIVEN), unit, { establishment: 'institution' }),
			v.id,
			'team_member',
		)
}
for (const p of postings.values()) if (!days.has(p.person_id)) days.set(p.person_id, letters(0.55 + random() * 0.25))
for (const u of units.values()) u.head_person_id ??= person(`p-head-${u.id}`, pick(SURNAMES) + pick(GIVEN), u.id)

const account = (id, person_id, roles, extra = {}) =>
	accounts.set(id, { id, person_id, phone: persons.get(person_id).phone, roles, ...extra })
account('xiang', 'p-xiang', ['cadre'])
account('pu', 'p-pu', ['unit_head'])
account('gou', 'p-gou', ['township_leader'], { township_id: '511703107' })
account('tan', 'p-tan', ['inspector'])
account('pang', 'p-pang', ['reviewer'])
account('fengsp', 'p-fengsp', ['reviewer'])
account('org', 'p-zhou', ['district_admin'])
account('feng', 'p-feng', ['finance'])
account('jiang', 'p-jiang', ['finance', 'auditor'])
account('shen', 'p-shen', ['auditor'])

export const STATUS = {
	P: 'present',
	w: 'present_weak',
	d: 'official_duty',
	l: 'on_leave',
	r: 'rest_day',
	u: 'unknown',
	A: 'absent_confirmed',
}
export const index = (on) => Math.round((Date.parse(on) - Date.UTC(+on.slice(0, 4), 0, 1)) / 86400_000)
export const letter = (person_id, on) => (on.startsWith('2018') ? (days.get(person_id)?.[index(on)] ?? '.') : '.')
export const monthDays = (m) => new Date(Date.UTC(+m.slice(0, 4), +m.slice(5, 7), 0)).getUTCDate()
export const daysOf = (m) => Array.from({ length: monthDays(m) }, (_, i) => `${m}-${String(i + 1).padStart(2, '0')}`)

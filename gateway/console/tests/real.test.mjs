// real.test.mjs - the console as operators have it: a browser against a real stack, the sample district on a clock that stands
// still.  Each role logs in by cookie and does its main job, asked of the API afterwards; every page that is offered is looked at,
// on a phone and a desk; and what pages of others, lost sessions and wrong passwords must not do.
//
// In none of it may a page say an error, stand empty for ever, log an error to the browser's console or meet its own policy.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { axe, nonsense, wide } from './axe.mjs'
import { browser, DESKTOP, DISTRICT, login, person, PHONE, settle, SHOTS, shotsInto, visit } from './lib.mjs'
import { op, people, settled, things, TODAY } from './stack.mjs'

const URL_ = process.env.CONSOLE_URL
const WAIT = { timeout: 20_000 * Math.max(1, Number(process.env.CONSOLE_PATIENCE) || 1) }
const LONG = { timeout: 10 * WAIT.timeout }
let b, accounts, ids

before(async () => {
	shotsInto()
	b = await browser()
	accounts = await people()
	ids = await things()
}, LONG)
after(() => b?.close())

// Refusals that a page asks for.  Who it is, when it is nobody; which months have a run is found by asking for each, until they
// have a list; and of streams an account has so many, which somebody who turns pages as fast as this uses up.
const ASKED = [/401 GET .*\/sessions\/current(\?|$)/, /404 GET .*\/payrolls\/\d{4}-\d{2}\?limit=1$/, /503 GET .*\/events$/]

// Somebody at a browser; `faults` gathers what no page may have, `expected` the refusals that a test provokes.
async function someone(role, size = DESKTOP) {
	const p = await person(b, URL_, { size })
	const expected = new Set()
	p.page.setDefaultTimeout(WAIT.timeout)
	p.page.on('response', (r) => {
		const what = `${r.status()} ${r.request().method()} ${r.url().replace(URL_, '')}`
		if (r.status() >= 400 && !ASKED.some((x) => x.test(what)) && !expected.has(r.status())) p.faults.push(what)
	})
	p.page.on('console', (m) => {
		// of a refusal the browser says the status only; which one it was is told above
		if (m.type() === 'error' && !/^Failed to load resource/.test(m.text())) p.faults.push('console: ' + m.text())
	})
	if (role) await login(p.page, accounts[role])
	return { ...p, expected }
}
const as = (role, name, size, job) =>
	test(`${role}: ${name}`, LONG, async () => {
		const p = await someone(role, size)
		await job(p.page, p)
		assert.deepEqual(p.faults, [])
		await p.context.close()
	})
const text = (page) => page.innerText('main')

// ---- every page that is offered

// of things, beside what the menu offers
const ALSO = {
	cadre: () => ['days/2018-05?day=2018-05-23', 'me'],
	cadre_with_measures: () => [`measures/${ids.measure}`, 'standing', 'stipend', 'messages'],
	unit_head: () => ['me'],
	township_leader: () => ['me'],
	inspector: () => [`findings/${ids.finding}`],
	reviewer: () => [`findings/${ids.finding}`, `measures/${ids.measure}`, `recalls/${ids.recall}`],
	finance: () => [`payrolls/${ids.month}`, 'stipends?q=示例'],
	auditor: () => ['accounts'],
	district_admin: () => [
		...['units', 'persons', 'postings'].map((tab) => 'roster?tab=' + tab),
		...['postings', 'days', 'cases', 'stipend'].map((tab) => `persons/${ids.person}?tab=${tab}`),
		`villages/${ids.village}`,
		`units/${ids.unit}`,
		`townships/${ids.township}`,
		'imports',
		'accounts',
		'accounts/new',
		'vacancies',
		'contradictions',
		'search?q=示例1',
	],
}
// the same page of two roles is looked at by axe once
const looked = new Set()

// two people at a time: nobody moves anything
describe('pages', { concurrency: 2 }, () => {
	for (const [name, size] of [
		['desktop', DESKTOP],
		['phone', PHONE],
	])
		for (const role of Object.keys(ALSO))
			test(`${role}, ${name}: every page that is offered`, LONG, async () => {
				const { context, page, faults } = await someone(role, size)
				const bad = []
				const menu = await page.$$eval('nav.side a, nav.tabs a', (all) => all.map((a) => a.getAttribute('href')))
				const offered = menu.map((href) => href.replace(`/${DISTRICT}/`, ''))
				for (const path of [...new Set([...offered, ...ALSO[role]()])]) {
					await visit(page, path)
					const said = await text(page)
					if (/没有成功|这一页|不在您的范围内/.test(said)) bad.push(`${path}: ${said.slice(0, 80)}`)
					if (offered.includes(path) && /还要等服务端提供/.test(said)) bad.push(`${path}: is offered, and empty`)
					if (await page.$('.bones')) bad.push(`${path}: is still being read`)
					const no = await nonsense(page)
					if (no) bad.push(`${path}: says ${no}`)
					for (const f of await wide(page)) bad.push(`${path}: sticks out: ${f}`)
					if (looked.has(name + path)) continue
					looked.add(name + path)
					for (const f of await axe(page)) bad.push(`${path}: axe ${f}`)
					await page.screenshot({ path: `${SHOTS}/${role}-${path.replace(/\W+/g, '_').slice(0, 40)}-${name}.png` })
				}
				assert.deepEqual([...bad, ...faults], [])
				await context.close()
			})
})

// ---- each role's main job

as('cadre', 'how many days, month by month, and the stipend', PHONE, async (page) => {
	let days = 0
	for (let m = 1; m <= 9; m++)
		for (const x of (await op('GET', `/persons/cadre-02/attendance?month=2018-0${m}`)).days)
			if (x.on <= TODAY && /^present/.test(x.status)) days++
	assert.equal(Number(await page.innerText('.big')), days)
	await page.click('nav.tabs a[href$="/days"]')
	await page.click('.month .wk button.in >> nth=0')
	await page.waitForSelector('.day-open')
	const paid = (await op('GET', '/persons/cadre-02/stipend?year=2018')).balance_fen / 100
	await page.click('nav.tabs a[href$="/stipend"]')
	await settle(page)
	assert.ok((await text(page)).includes(paid.toLocaleString('en', { minimumFractionDigits: 2 })))
})

as('cadre_with_measures', 'the sheet of a measure, without its source, printed with its number', DESKTOP, async (page) => {
	await visit(page, 'standing')
	await page.click(`a[href$="/measures/${ids.measure}"] >> nth=0`)
	await page.waitForSelector('article.doc')
	assert.match(
		await page.innerText('article.doc'),
		/一、条款[\s\S]*二、事实[\s\S]*三、推算[\s\S]*四、金额[\s\S]*五、告知/,
	)
	assert.doesNotMatch(await page.innerText('.doc .facts'), /督查暗访|夜间随机查岗/)
	await page.emulateMedia({ media: 'print' })
	assert.ok((await page.innerText('.print-foot')).includes(ids.measure))
})

as('cadre', 'what is not his is said, not shown', DESKTOP, async (page, { expected }) => {
	expected.add(403)
	await visit(page, 'findings')
	assert.match(await text(page), /不在您的范围内/)
	await visit(page, 'measures')
	assert.match(await text(page), /还要等服务端提供|不在您的范围内/)
})

as('unit_head', 'who is where, and a phone, by password', DESKTOP, async (page, { expected }) => {
	const mine = (await op('GET', '/persons?unit_id=unit-02&limit=500')).items
	assert.match(await text(page), /今日人员/)
	await page.click('nav.side a[href$="/people"]')
	await settle(page)
	const one = mine.find((p) => p.id === 'cadre-02')
	await page.click(`a:text-is("${one.name}")`)
	await settle(page)
	assert.match(await text(page), /\d{3}\*{4}\d{4}/)
	expected.add(403)
	await page.click('button:has-text("看完整手机号")')
	await page.fill('dialog input[name=reason]', '核实在岗情况')
	await page.click('dialog .b.go')
	await page.waitForSelector('dialog input[type=password]')
	await page.fill('dialog input[type=password]', 'not the password')
	await page.click('dialog:has(input[type=password]) .b.go')
	await page.waitForSelector('dialog [role=alert], dialog .neg')
	await page.fill('dialog input[type=password]', accounts.unit_head.password)
	await page.click('dialog:has(input[type=password]) .b.go')
	await page.waitForSelector(`dialog :text("${one.phone}")`)
})

as('township_leader', 'villages by post, people by name', PHONE, async (page) => {
	const one = await op('GET', '/persons/cadre-02')
	assert.ok((await text(page)).includes(one.name))
	await page.click('nav.tabs a[href$="/vacancies"]')
	await settle(page)
	assert.match(await text(page), /力量齐全的村/)
})

// One case from the village to what follows: an inspector notes it with a picture, a reviewer confirms it.
const NOTE = '上午 10 时村办公室无人'
const ABSENT = 'cadre-30'

as('inspector', 'notes a finding with a picture; what was typed outlives a reload', PHONE, async (page) => {
	const one = await op('GET', '/persons/' + ABSENT)
	await visit(page, 'findings/new')
	await page.fill('input[name=whom]', one.name)
	await page.click(`.pick button:has-text("${one.name}") >> nth=0`)
	await page.fill('textarea[name=note]', NOTE)
	await page.reload()
	await settle(page)
	assert.equal(await page.inputValue('textarea[name=note]'), NOTE)
	await page.setInputFiles('input[type=file]', { name: 'a.png', mimeType: 'image/png', buffer: await page.screenshot() })
	await page.waitForSelector('.field .hash')
	await page.click('button[type=submit]')
	await page.waitForURL(/findings(\?noted_by=me)?$/)
	await settle(page)
	const noted = (await op('GET', `/findings?person_id=${ABSENT}&state=noted`)).items.find((f) => f.note === NOTE)
	assert.equal(noted?.evidence.length, 1)
	await visit(page, 'findings/' + noted.id)
	const href = await page.getAttribute('a[href*="/files/"]', 'href')
	const [status, type] = await page.evaluate(async (p) => {
		const r = await fetch(p)
		return [r.status, r.headers.get('content-type')]
	}, href)
	assert.deepEqual([status, type], [200, 'image/jpeg'])
})

as('reviewer', 'confirms it, and what follows is there', DESKTOP, async (page) => {
	const noted = (await op('GET', `/findings?person_id=${ABSENT}&state=noted`)).items.find((f) => f.note === NOTE)
	const was = (await op('GET', `/persons/${ABSENT}/standing`)).measures.length
	await visit(page, 'findings')
	await page.click(`tr[data-row="${noted.id}"] a >> nth=0`)
	await page.waitForSelector('textarea[name=reason]')
	await page.fill('textarea[name=reason]', '未请假属实')
	await page.click('#decide .b.grave')
	await page.waitForSelector('.card:has-text("已经办理")')
	assert.equal((await op('GET', `/findings/${noted.id}`)).state, 'confirmed')
	await settled()
	assert.ok((await op('GET', `/persons/${ABSENT}/standing`)).measures.length > was)
	await visit(page, `persons/${ABSENT}?tab=cases`)
	assert.match(await text(page), /取消 2018 年/)
})

as('reviewer', 'a recall goes on, by password where it weighs', DESKTOP, async (page, { expected }) => {
	await visit(page, 'recalls/' + ids.recall)
	await page.click('#decide .act .b.go, #decide .act .b.grave')
	await page.waitForSelector('.card:has-text("已经办理")')
	assert.equal((await op('GET', '/recalls?limit=100')).items.find((r) => r.id === ids.recall).state, 'reviewed')
	await visit(page, 'recalls/' + ids.recall)
	expected.add(403)
	await page.click('#decide .act .b.grave')
	await page.waitForSelector('dialog input[type=password]')
	await page.fill('dialog input[type=password]', accounts.reviewer.password)
	await page.click('dialog .b.go')
	await page.waitForSelector('dialog', { state: 'detached' })
	await settle(page)
	assert.equal((await op('GET', '/recalls?limit=100')).items.find((r) => r.id === ids.recall).state, 'ordered')
})

as('finance', 'drafts the month again, another approves it, it is closed by password and goes to the bank', DESKTOP, async (page, { expected }) => {
	await visit(page, 'payrolls/' + ids.month)
	await page.click('.act .b:not(.go)')
	await page.waitForSelector('.chip:has-text("草稿")')
	expected.add(403)
	await settle(page)
	await page.click('.act .b.go') // one's own draft
	await page.waitForSelector('dialog input[type=password]')
	await page.fill('dialog input[type=password]', accounts.finance.password)
	await page.click('dialog .b.go')
	await page.waitForSelector('.toast.on:has-text("回避"), [role=alert]:has-text("回避")')
	await op('POST', `/payrolls/${ids.month}/approve`, {})
	await visit(page, 'payrolls/' + ids.month)
	await page.click('.act .b.go')
	await page.waitForSelector('.head .chip:has-text("已关账")')
	assert.equal((await op('GET', `/payrolls/${ids.month}`)).state, 'closed')
	const [file] = await Promise.all([page.waitForEvent('download'), page.click('a[href*="format=xlsx"]')])
	assert.match(file.suggestedFilename(), /xlsx$/)
	await visit(page, 'proofs')
	assert.match(await text(page), /相等/)
})

as('district_admin', 'fills a post, tries an import, gives an account by password', DESKTOP, async (page, { expected }) => {
	const v = (await op('GET', '/vacancies?state=open&limit=50')).items[0]
	if (v) {
		const one = await op('GET', '/persons/cadre-40')
		await visit(page, `villages/${v.village_id}?post=${v.role}`)
		await page.fill('input[name=person]', one.name)
		await page.click('.pick button >> nth=0')
		await page.click('.b.go:has-text("任")')
		await page.waitForSelector('.toast.on')
		assert.ok((await op('GET', `/postings?village_id=${v.village_id}&on=${TODAY}`)).items.some((p) => p.role === v.role))
	}
	await visit(page, 'imports?kind=units')
	const file = (lines) => page.setInputFiles('input[type=file]', { name: 'u.csv', mimeType: 'text/csv', buffer: Buffer.from(lines) })
	await file('id,name,head_person_id\r\nu90\r\n')
	await page.click('.b.go')
	await page.waitForSelector('.chip.bad')
	await file('id,name,head_person_id\r\nu91,区科协,\r\n')
	await page.click('.act-one .b')
	await page.waitForSelector('.chip.ok')
	await page.click('.b.go')
	await page.waitForSelector('.toast.on')
	assert.equal((await op('GET', '/units/u91')).name, '区科协')
	await visit(page, 'accounts/cadre-02')
	expected.add(403)
	await page.fill('input[name=phone]', '10000009299')
	await page.click('.b.go')
	await page.waitForSelector('dialog input[type=password]')
	await page.fill('dialog input[type=password]', accounts.district_admin.password)
	await page.click('dialog .b.go')
	await page.waitForURL(/accounts$/)
	assert.equal((await op('GET', '/accounts/cadre-02')).phone, '10000009299')
	accounts.cadre = { ...accounts.cadre, phone: '10000009299' }
})

as('auditor', 'follows what happens, and looks a case up', DESKTOP, async (page) => {
	await visit(page, 'trail?from=start')
	await page.waitForSelector('.events li')
	assert.ok((await page.$$('.events li')).length > 1)
	await visit(page, 'measures/' + ids.measure)
	assert.match(await text(page), /一、条款/)
})

// ---- sessions

test('a wrong password is said; a deep link leads where it says, and outlives a reload', LONG, async () => {
	const { context, page, faults, expected } = await someone()
	expected.add(401)
	await page.goto(`/${DISTRICT}/findings/${ids.finding}`)
	await page.fill('input[name=phone]', accounts.reviewer.phone)
	await page.fill('input[name=password]', 'not the password')
	await page.click('button[type=submit]')
	await page.waitForSelector('[role=alert]')
	assert.equal(await page.inputValue('input[name=password]'), 'not the password')
	await page.fill('input[name=password]', accounts.reviewer.password)
	await page.press('input[name=password]', 'Enter')
	await page.waitForURL(new RegExp(`findings/${ids.finding}$`))
	await page.waitForSelector('.facts')
	await page.reload()
	await page.waitForSelector('.facts')
	const [cookie] = await context.cookies()
	assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite], ['zhucun', true, 'Strict'])
	assert.deepEqual(faults, [])
	await context.close()
})

test('logged out everywhere, another browser asks for the password over the page', LONG, async () => {
	const one = await someone('inspector', PHONE)
	const other = await someone('inspector')
	await visit(one.page, 'me')
	await one.page.click('button:has-text("退出所有设备")')
	await one.page.waitForSelector('input[name=password]')
	other.expected.add(401)
	await other.page.click('nav.side a[href*="findings"] >> nth=1')
	await other.page.waitForSelector('dialog input[name=password]')
	await other.page.fill('dialog input[name=password]', accounts.inspector.password)
	await other.page.click('dialog button[type=submit]')
	await other.page.waitForSelector('dialog', { state: 'detached' })
	await settle(other.page)
	assert.match(await text(other.page), /督查记录/)
	assert.deepEqual([...one.faults, ...other.faults], [])
	await one.context.close()
	await other.context.close()
})

test('the password over the page can be left: nothing is done', LONG, async () => {
	const { context, page, expected } = await someone('finance')
	expected.add(403)
	await visit(page, `persons/${ids.person}`)
	await page.click('button:has-text("看完整手机号")')
	await page.fill('dialog input[name=reason]', '核对发放')
	await page.click('dialog .b.go')
	await page.waitForSelector('dialog input[type=password]')
	await page.click('dialog:has(input[type=password]) .b:not(.go)')
	await page.waitForSelector('dialog input[type=password]', { state: 'detached' })
	assert.match(await page.innerText('dialog'), /没有办理/)
	await context.close()
})

// A page of somebody else's, on this machine even, so that the browser sends the cookie along.
test('a page of others does nothing', LONG, async () => {
	const { context, page } = await someone('reviewer')
	const at = `${URL_}/api/v1/districts/${DISTRICT}/findings/${ids.finding}/confirm`
	const server = createServer((_, r) =>
		r.writeHead(200, { 'content-type': 'text/html' }).end(`<form method=post action="${at}"><button>x</button></form>`),
	)
	await new Promise((go) => server.listen(0, '127.0.0.1', go))
	try {
		await page.goto(`http://127.0.0.1:${server.address().port}/`)
		const [answer] = await Promise.all([page.waitForResponse(at), page.click('button')])
		assert.equal(answer.status(), 403)
		assert.match(await answer.text(), /session\.foreign/)
		await page.goto(`http://127.0.0.1:${server.address().port}/`)
		for (const mode of ['cors', 'no-cors'])
			await page.evaluate(
				([to, m]) =>
					fetch(to, { method: 'POST', mode: m, credentials: 'include', headers: m === 'cors' ? { 'x-zhucun': '1' } : {} })
						.then((r) => r.text())
						.catch(() => undefined),
				[at, mode],
			)
		assert.equal((await op('GET', '/findings/' + ids.finding)).state, 'noted')
	} finally {
		server.close()
		await context.close()
	}
})

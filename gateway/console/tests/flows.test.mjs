// flows.test.mjs - the main job of each role, done as a person does it: seen in the page and asked of the API afterwards.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, DESKTOP, DISTRICT, login, person, PHONE, REAL, serve, settle, visit } from './lib.mjs'
import { idsOf } from './ids.mjs'

let s, b, ids
const get = (page, path) =>
	page.evaluate(async (p) => (await fetch(p)).json(), `/api/v1/districts/${DISTRICT}${path}`)

before(async () => {
	s = await serve()
	b = await browser()
	const admin = await person(b, s.url)
	await login(admin.page, s.accounts.district_admin)
	ids = await idsOf(admin.page, DISTRICT)
	await admin.context.close()
})
after(async () => {
	await b?.close()
	s?.stop()
})

const as = (role, name, size, job) =>
	test(`${role}: ${name}`, { timeout: 90_000 }, async () => {
		const { context, page, faults } = await person(b, s.url, { size })
		await login(page, s.accounts[role])
		await job(page, context)
		assert.deepEqual(faults, [])
		await context.close()
	})

test('login: a wrong password is said, and what was typed stays', { timeout: 60_000 }, async () => {
	const { context, page } = await person(b, s.url, { size: PHONE })
	await page.goto('/')
	await page.fill('input[name=phone]', s.accounts.cadre.phone)
	await page.fill('input[name=password]', 'not the password')
	await page.click('button[type=submit]')
	await page.waitForSelector('[role=alert]')
	assert.match(await page.innerText('[role=alert]'), /不对/)
	assert.equal(await page.inputValue('input[name=password]'), 'not the password')
	await page.fill('input[name=password]', s.accounts.cadre.password)
	await page.press('input[name=password]', 'Enter')
	await page.waitForURL(/\/home$/)
	await context.close()
})

as('cadre', 'how many days, and why each counts', PHONE, async (page) => {
	const shown = await page.innerText('.big')
	const year = await get(
		page,
		`/persons/${(await page.evaluate(async () => (await fetch('/api/v1/sessions/current')).json())).person_id}/attendance?year=2018`,
	)
	assert.equal(Number(shown), (year.counts.present ?? 0) + (year.counts.present_weak ?? 0))
	await page.click('.why.link > summary')
	assert.ok((await page.innerText('.why .sum')).length > 10)
	await page.click('nav.tabs a[href$="/days"]')
	await page.waitForSelector('.month .wk button')
	await page.click('.month .wk button.in >> nth=0')
	await page.waitForSelector('.day-open')
	assert.match(page.url(), /day=/)
	await page.goBack()
	await settle(page)
})

as('cadre', 'the sheet of a measure, printed as A4 with its number', DESKTOP, async (page) => {
	const who = await page.evaluate(async () => (await fetch('/api/v1/sessions/current')).json())
	const mine = (await get(page, `/persons/${who.person_id}/standing`)).measures[0]
	assert.ok(mine, 'the cadre of the tests has a measure')
	await visit(page, `measures/${mine.id}`)
	assert.match(
		await page.innerText('article.doc'),
		/一、条款[\s\S]*二、事实[\s\S]*三、推算[\s\S]*四、金额[\s\S]*五、告知/,
	)
	assert.doesNotMatch(await page.innerText('main'), /督查暗访|夜间随机查岗/) // never the source
	await page.emulateMedia({ media: 'print' })
	assert.equal(await page.isVisible('header.top'), false)
	assert.ok((await page.innerText('.print-foot')).includes(mine.id))
	assert.ok((await page.pdf({ format: 'A4' })).length > 10_000)
})

as('cadre', 'what is not his is said, not shown', DESKTOP, async (page) => {
	await visit(page, 'findings')
	assert.match(await page.innerText('main'), /不在您的范围内/)
	await page.goto('/511702/home')
	await settle(page)
	assert.match(await page.innerText('main'), /不在您的范围内|没有/)
})

as('inspector', 'notes a finding; what was typed outlives a reload', PHONE, async (page) => {
	await visit(page, 'findings/new')
	const someone = (await get(page, `/persons?q=${encodeURIComponent(ids.word)}&limit=50`)).items.find(
		(p) => p.id !== 'p-xiang',
	)
	await page.fill('input[name=whom]', someone.name)
	await page.click('.pick button >> nth=0')
	await page.fill('textarea[name=note]', '上午 10 时村办公室无人')
	await page.reload()
	await settle(page)
	assert.equal(await page.inputValue('textarea[name=note]'), '上午 10 时村办公室无人')
	await page.click('button[type=submit]')
	await page.waitForURL(/noted_by=me/)
	await settle(page)
	assert.ok(
		(await get(page, '/findings?noted_by=me&limit=500')).items.some((f) => f.note === '上午 10 时村办公室无人'),
	)
	assert.equal(await page.evaluate(() => localStorage.getItem('draft:finding')), null)
})

as('reviewer', 'confirms with all consequences in view, and they follow', DESKTOP, async (page) => {
	const f = (await get(page, '/findings?state=noted,heard&kind=unexcused_absence&order=due&limit=50')).items[0]
	await visit(page, `findings/${f.id}`)
	await page.waitForSelector('.rungs .will')
	const shown = await page.$$eval('#decide .what b', (all) => all.map((x) => x.textContent))
	await page.fill('textarea[name=reason]', '未请假属实')
	await page.click('.b.grave')
	await page.waitForSelector('.chip.ok:has-text("与预览一致")', { timeout: 40_000 })
	assert.equal((await get(page, `/findings/${f.id}`)).state, 'confirmed')
	assert.ok(shown.length)
})

as('reviewer', 'something moved meanwhile: it is shown again, and the button waits', DESKTOP, async (page) => {
	const f = (await get(page, '/findings?state=noted,heard&kind=unexcused_absence&order=due&limit=50')).items[0]
	await visit(page, `findings/${f.id}`)
	await page.waitForSelector('.rungs')
	await page.route(
		'**/confirm',
		(r) =>
			r.fulfill({
				status: 409,
				contentType: 'application/problem+json',
				body: JSON.stringify({
					type: 'about:blank',
					title: 'x',
					status: 409,
					code: 'consequences.changed',
					detail: '后果有变',
					errors: [],
				}),
			}),
		{ times: 1 },
	)
	await page.click('.b.grave')
	await page.waitForSelector('.note.warn[role=alert]')
	assert.equal(await page.isDisabled('.b.grave'), true)
	await page.click('.note.warn .b')
	assert.equal(await page.isDisabled('.b.grave'), false)
	assert.equal((await get(page, `/findings/${f.id}`)).state, f.state)
})

as(
	'reviewer',
	'the session ends while he writes: the login comes over the page and nothing is lost',
	DESKTOP,
	async (page, context) => {
		const f = (await get(page, '/findings?state=noted,heard&order=due&limit=50')).items[0]
		await visit(page, `findings/${f.id}`)
		await page.waitForSelector('textarea[name=reason]')
		await page.fill('textarea[name=reason]', '写到一半')
		await context.clearCookies()
		await page.click('.choose button >> nth=1')
		await page.waitForSelector('dialog input[name=password]')
		await page.fill('dialog input[name=password]', s.accounts.reviewer.password)
		await page.click('dialog button[type=submit]')
		await page.waitForSelector('dialog', { state: 'detached' })
		assert.equal(await page.inputValue('textarea[name=reason]'), '写到一半')
		await page.waitForSelector('#decide .what, #decide .soft')
	},
)

as('second_reviewer', 'approves a measure beside the list', DESKTOP, async (page) => {
	await visit(page, 'measures')
	const all = (await get(page, '/measures?state=proposed&limit=200')).items.filter(
		(m) => m.kind === 'stipend_cancelled',
	)
	for (const m of all) {
		const one = await get(page, `/measures/${m.id}`)
		if (!one.moves?.some((x) => x.move === 'approve' && x.allowed)) continue
		await visit(page, `measures?open=${m.id}`)
		await page.waitForSelector('dialog .b.grave:not([disabled])')
		await page.click('dialog .b.grave')
		await page.waitForSelector('dialog .chip.ok')
		assert.match((await get(page, `/measures/${m.id}`)).state, /approved|in_force/)
		return
	}
	assert.ok(REAL, 'no measure can be approved')
})

as('reviewer', 'a recall: the step asks for the password', DESKTOP, async (page) => {
	const r = (await get(page, '/recalls?limit=100')).items.find((x) => x.state === 'proposed')
	if (!r) return
	await visit(page, `recalls/${r.id}`)
	await page.click('#decide .act .b.go, #decide .act .b.grave')
	await page.waitForSelector('.chip.ok:has-text("与预览一致")', { timeout: 40_000 })
	await visit(page, `recalls/${r.id}`)
	await page.click('#decide .act .b.grave')
	await page.waitForSelector('dialog input[type=password]')
	await page.fill('dialog input[type=password]', s.accounts.reviewer.password)
	await page.click('dialog .b.go')
	await page.waitForSelector('.chip.ok:has-text("与预览一致")', { timeout: 40_000 })
	assert.equal((await get(page, `/recalls/${r.id}`)).state, 'ordered')
})

as('finance', 'closes a month: step-up, stale run, draft again', DESKTOP, async (page) => {
	await visit(page, `payrolls/${ids.month}`)
	const before = await get(page, `/payrolls/${ids.month}`)
	if (before.state === 'approved' && before.stale?.length) {
		assert.equal(await page.isDisabled('.act .b.go'), true)
		await page.click('.act .b:not(.go)')
		await page.waitForSelector('.chip:has-text("草稿")')
		await settle(page)
		assert.equal((await get(page, `/payrolls/${ids.month}`)).state, 'draft')
		assert.match(await page.innerText('.act'), /须由他人办理/)
	}
})

as('second_finance', 'approves what another drafted', DESKTOP, async (page) => {
	const p = await get(page, `/payrolls/${ids.month}`)
	if (p.state !== 'draft') return
	await visit(page, `payrolls/${ids.month}`)
	await page.click('.act .b.go')
	await page.waitForSelector('dialog input[type=password]')
	await page.fill('dialog input[type=password]', s.accounts.second_finance.password)
	await page.click('dialog .b.go')
	await page.waitForSelector('.head .chip:has-text("已审批")')
})

as('unit_head', 'sees who is where and how near a consequence is', PHONE, async (page) => {
	assert.match(await page.innerText('main'), /今日人员/)
	await page.click('.key a >> nth=0')
	await settle(page)
	assert.match(page.url(), /people\?status=/)
})

as('township_leader', 'sees villages by post, and the gaps', PHONE, async (page) => {
	assert.match(await page.innerText('main'), /空缺/)
	await page.click('nav.tabs a[href$="/people"]')
	await settle(page)
	assert.match(await page.innerText('main'), /人/)
})

as('district_admin', 'fills an empty post', DESKTOP, async (page) => {
	const v = (await get(page, '/vacancies?state=open&limit=50')).items[0]
	await visit(page, `villages/${v.village_id}?post=${v.role}`)
	await page.fill('input[name=person]', ids.word)
	await page.click('.pick button >> nth=0')
	await page.click('.b.go')
	await settle(page)
	const after = await get(page, `/postings?village_id=${v.village_id}&role=${v.role}`)
	if (!REAL) assert.ok(after.items.length)
})

as('district_admin', 'an import is tried before it is made', DESKTOP, async (page) => {
	await visit(page, 'imports?kind=units')
	const file = (text) =>
		page.setInputFiles('input[type=file]', { name: 'u.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
	await file('id,name,head_person_id\r\nu90\r\n')
	await page.click('.b.go')
	await page.waitForSelector('.chip.bad')
	await file('id,name,head_person_id\r\nu91,区科协,\r\n')
	await page.click('.act-one .b')
	await page.waitForSelector('.chip.ok')
	await page.click('.b.go')
	await page.waitForSelector('.toast.on')
})

as('auditor', 'follows what happens', DESKTOP, async (page) => {
	await visit(page, 'trail')
	await page.waitForSelector('.events li')
	assert.ok((await page.$$('.events li')).length > 1)
})

test('large text and the second language hold from the login on', { timeout: 60_000 }, async () => {
	const { context, page, faults } = await person(b, s.url, { size: PHONE, language: 'en' })
	await page.goto('/')
	await page.waitForSelector('h1')
	await page.click('button[aria-pressed=false] >> nth=0')
	assert.equal(await page.getAttribute('html', 'data-size'), 'large')
	await login(page, s.accounts.cadre)
	assert.equal(await page.getAttribute('html', 'lang'), 'en')
	assert.match(await page.innerText('main'), /In the village this year/)
	assert.deepEqual(faults, [])
	await context.close()
})

test('keys alone: from the login to a row', { timeout: 60_000 }, async () => {
	const { context, page } = await person(b, s.url)
	await login(page, s.accounts.reviewer)
	await visit(page, 'findings')
	await page.keyboard.press('j')
	await page.keyboard.press('Enter')
	await page.waitForURL(/findings\/F/)
	await settle(page)
	await page.keyboard.press('/')
	assert.equal(await page.evaluate(() => document.activeElement.className), 'find')
	await context.close()
})

// walk.test.mjs - every page of every role, phone and desktop, normal and large text: no fault, nothing that the policy
// refuses, axe finds nothing serious, nothing sticks out at the side, every number opens.  A picture of each is kept.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { axe, nonsense, wide } from './axe.mjs'
import { browser, DESKTOP, DISTRICT, login, person, PHONE, serve, SHOTS, shotsInto, visit } from './lib.mjs'
import { idsOf } from './ids.mjs'
import { loose } from './numbers.mjs'
import { pagesOf, ROLES } from './pages.mjs'

const SIZES = [
	['desktop', DESKTOP, false],
	['phone', PHONE, false],
	['desktop-large', DESKTOP, true],
	['phone-large', PHONE, true],
]
const roles = (process.env.CONSOLE_ROLES || ROLES.join()).split(',')
let s, b, ids

before(async () => {
	s = await serve()
	b = await browser()
	shotsInto()
	const admin = await person(b, s.url)
	await login(admin.page, s.accounts.district_admin)
	ids = await idsOf(admin.page, DISTRICT)
	await admin.context.close()
})
after(async () => {
	await b?.close()
	s?.stop()
})

for (const role of roles)
	for (const [name, size, large] of SIZES) {
		test(`${role}, ${name}`, { timeout: 240_000 }, async () => {
			const { context, page, faults } = await person(b, s.url, { size, large })
			await login(page, s.accounts[role])
			const bad = []
			for (const path of await pagesOf(role, ids)) {
				await visit(page, path)
				await page.screenshot({
					path: `${SHOTS}/${role}-${path.replace(/\W+/g, '_').slice(0, 40)}-${name}.png`,
				})
				for (const f of await axe(page)) bad.push(`${path}: axe ${f}`)
				for (const f of await wide(page)) bad.push(`${path}: sticks out: ${f}`)
				const no = await nonsense(page)
				if (no) bad.push(`${path}: says ${no}`)
				if (!large) for (const f of await page.evaluate(loose)) bad.push(`${path}: does not open: ${f}`)
			}
			assert.deepEqual([...bad, ...new Set(faults)], [])
			await context.close()
		})
	}

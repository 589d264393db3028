// shots.mjs [ROLE… | ROLE:PATH…] - pictures of pages at both sizes, to look at; kept as artefacts, compared with nothing.
import { browser, DESKTOP, DISTRICT, login, person, PHONE, serve, SHOTS, shotsInto, visit } from './lib.mjs'
import { idsOf } from './ids.mjs'
import { pagesOf, ROLES } from './pages.mjs'

const wanted = process.argv.slice(2)
const s = await serve()
const b = await browser()
shotsInto()
const admin = await person(b, s.url)
await login(admin.page, s.accounts.district_admin)
const ids = await idsOf(admin.page, DISTRICT)
await admin.context.close()
for (const role of ROLES) {
	const mine = wanted.filter((w) => w === role || w.startsWith(role + ':'))
	if (wanted.length && !mine.length) continue
	const only = mine.filter((w) => w.includes(':')).map((w) => w.slice(role.length + 1))
	for (const [name, size, large] of [
		['1366', DESKTOP, false],
		['390', PHONE, false],
		['390-large', PHONE, true],
	]) {
		if (large && !process.env.LARGE) continue
		const { context, page, faults } = await person(b, s.url, { size, large })
		await login(page, s.accounts[role])
		for (const path of await pagesOf(role, ids)) {
			if (only.length && !only.some((o) => path.startsWith(o))) continue
			await visit(page, path)
			const file = `${SHOTS}/${role}-${path.replace(/\W+/g, '_').slice(0, 40)}-${name}`
			await page.screenshot({ path: file + '.png' })
			if (process.env.FULL) await page.screenshot({ path: file + '-full.png', fullPage: true })
		}
		if (faults.length) console.log(role, name, [...new Set(faults)])
		await context.close()
	}
}
await b.close()
s.stop()

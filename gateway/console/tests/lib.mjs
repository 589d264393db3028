// lib.mjs - a browser, a base URL and an account of each role: the stub's, or a real stack's.
//
// CONSOLE_URL: where it is served; without it the stub is started.  CONSOLE_ACCOUNTS: a JSON file {role: {phone, password}}.
// CONSOLE_CHROMIUM: the browser.  Every page is watched for errors and for violations of the content security policy.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

export const DISTRICT = process.env.CONSOLE_DISTRICT ?? '511703'
export const SHOTS = process.env.CONSOLE_SHOTS ?? new URL('./shots', import.meta.url).pathname
export const PHONE = { width: 390, height: 844 }
export const DESKTOP = { width: 1366, height: 768 }
export const REAL = !!process.env.CONSOLE_URL

const STUB = {
	cadre: 'xiang',
	unit_head: 'pu',
	township_leader: 'gou',
	inspector: 'tan',
	reviewer: 'pang',
	district_admin: 'org',
	finance: 'feng',
	auditor: 'shen',
}

async function stubAccounts() {
	const { accounts, PASSWORD } = await import('./stub/world.mjs')
	const of = (id) => ({ phone: accounts.get(id).phone, password: PASSWORD })
	return {
		...Object.fromEntries(Object.entries(STUB).map(([role, id]) => [role, of(id)])),
		second_reviewer: of('fengsp'),
		second_finance: of('jiang'),
	}
}

export async function serve() {
	if (REAL)
		return {
			url: process.env.CONSOLE_URL,
			accounts: JSON.parse(readFileSync(process.env.CONSOLE_ACCOUNTS, 'utf8')),
			stop: () => undefined,
		}
	const child = spawn(process.execPath, [new URL('./stub/server.mjs', import.meta.url).pathname, '0'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	})
	const url = await new Promise((done) =>
		child.stdout.on('data', (d) => {
			const m = /ready (\S+)/.exec(String(d))
			if (m) done(m[1])
		}),
	)
	return { url, accounts: await stubAccounts(), stop: () => child.kill() }
}

export async function browser() {
	const executablePath =
		process.env.CONSOLE_CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync)
	return chromium.launch({
		executablePath,
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
	})
}

// A context of its own: nothing is shared between people.  `faults` gathers what a page must never have.
export async function person(b, url, { size = DESKTOP, large = false, language } = {}) {
	const context = await b.newContext({
		viewport: size,
		locale: 'zh-CN',
		timezoneId: 'Asia/Shanghai',
		baseURL: url,
		serviceWorkers: 'block',
		reducedMotion: 'reduce',
		hasTouch: size.width < 600,
	})
	if (large)
		await context.addInitScript(() => {
			try {
				localStorage.setItem('size', 'large')
			} catch {
				/* about:blank */
			}
		})
	if (language)
		await context.addInitScript((l) => {
			try {
				localStorage.setItem('language', l)
			} catch {
				/* about:blank */
			}
		}, language)
	const page = await context.newPage()
	const faults = []
	page.on('pageerror', (e) => faults.push('error: ' + e.message))
	page.on('console', (m) => {
		if (/Content Security Policy|Trusted/.test(m.text())) faults.push(m.text())
	})
	return { context, page, faults }
}

export async function login(page, account) {
	await page.goto('/')
	await page.fill('input[name=phone]', account.phone)
	await page.fill('input[name=password]', account.password)
	await page.click('button[type=submit]')
	await page.waitForSelector('nav.tabs, nav.side', { state: 'attached' })
	await page.waitForFunction(() => location.pathname.length > 8)
	await settle(page)
}

// Nothing is being read any more: no answer for a while, and no grey blocks are left.  A stream never ends and is not waited for.
const QUIET_MS = 250
const SETTLE_MS = 8000 * Math.max(1, Number(process.env.CONSOLE_PATIENCE) || 1)
export async function settle(page) {
	let open = 0,
		last = Date.now()
	const begun = (r) => {
		if (!/\/events/.test(r.url())) open++
	}
	const ended = (r) => {
		if (!/\/events/.test(r.url())) {
			open--
			last = Date.now()
		}
	}
	page.on('request', begun)
	page.on('requestfinished', ended)
	page.on('requestfailed', ended)
	for (const end = Date.now() + SETTLE_MS; Date.now() < end;) {
		await page.waitForTimeout(50)
		if (
			open <= 0 &&
			Date.now() - last > QUIET_MS &&
			(await page.evaluate(() => !!document.querySelector('h1') && !document.querySelector('.bones')))
		)
			break
	}
	for (const [what, f] of [
		['request', begun],
		['requestfinished', ended],
		['requestfailed', ended],
	])
		page.off(what, f)
}
export async function visit(page, path) {
	await page.goto(`/${DISTRICT}/${path}`)
	await settle(page)
}
export const shotsInto = () => mkdirSync(SHOTS, { recursive: true })

// axe.mjs - what a page must not be: axe by the debugger's hand, since the page's own policy lets no script in; and nonsense.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// What axe finds serious, a line each.
export async function axe(page) {
	await page.evaluate(AXE)
	const found = await page.evaluate(() =>
		window.axe.run(document, {
			resultTypes: ['violations'],
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
		}),
	)
	return found.violations
		.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		.map(
			(v) =>
				`${v.id}: ${v.nodes
					.slice(0, 3)
					.map((n) => n.target.join(' '))
					.join(' | ')}`,
		)
}
// What stands in no sentence of ours.
export const nonsense = (page) =>
	page.evaluate(() => /undefined|NaN|\[object|null /.exec(document.querySelector('main').innerText)?.[0])
// What sticks out at the side.
export const wide = (page) =>
	page.evaluate(() => {
		const w = document.documentElement.clientWidth
		return document.documentElement.scrollWidth > w + 1
			? [...document.querySelectorAll('main *')]
					.filter((e) => e.getBoundingClientRect().right > w + 1 && !e.closest('.tw, .scroll'))
					.slice(0, 3)
					.map((e) => `${e.tagName}.${e.className}`)
			: []
	})

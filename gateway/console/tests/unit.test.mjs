// unit.test.mjs - the pure parts: dates and money in words, charts by their numbers, names of measures.  Bundled by the esbuild
// that Vite brings, so that what is tested is what is built.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { build } from 'esbuild'

const top = new URL('..', import.meta.url).pathname
const out = join(mkdtempSync(join(tmpdir(), 'console-')), 'x.mjs')
globalThis.navigator ??= { onLine: true }
globalThis.document ??= { documentElement: { setAttribute() {}, lang: '' }, addEventListener() {} }
globalThis.addEventListener ??= () => undefined
globalThis.location ??= { pathname: '/511703/home', search: '', origin: 'http://x' }
globalThis.history ??= { state: null }
globalThis.matchMedia ??= () => ({ matches: false })
// a session looks at its clock for ever
const { setInterval: every } = globalThis
globalThis.setInterval = (...it) => every(...it).unref()
globalThis.localStorage ??= { getItem: () => null, setItem() {}, removeItem() {} }
await build({
	stdin: {
		contents: `
		export * as format from './src/words/format'
		export * as words from './src/words/words'
		export { zh } from './src/words/zh-CN'
		export { desk } from './src/words/zh-CN-desk'
		export { en } from './src/words/en'
		export { squares } from './src/charts/heat'
		export { share } from './src/charts/gauge'
		export { widths } from './src/charts/segments'
		export { points } from './src/charts/line'
		export { place } from './src/kit/clause'
		export { window, measureTitle } from './src/parts/standing'
		export { essence } from './src/parts/following'
		export { offered, hindrance } from './src/parts/moves'
		export { runs } from './src/pages/cadre/stipend-card'
	`,
		resolveDir: top,
		loader: 'ts',
	},
	bundle: true,
	format: 'esm',
	platform: 'node',
	outfile: out,
	jsx: 'automatic',
	jsxImportSource: 'preact',
	logLevel: 'error',
})
const m = await import(out)

// fit.ts by a document of the test's own
const served = {
	name: 'served',
	setup: (b) => {
		b.onResolve({ filter: /\/served$/ }, () => ({ path: 'served', namespace: 'served' }))
		b.onLoad({ filter: /./, namespace: 'served' }, () => ({
			contents: `export const SERVED = { '/d/{district}/findings': 'limit cursor state* unit_id', '/d/{district}/findings/{id}': 'names' }`,
		}))
	},
}
await build({
	entryPoints: [join(top, 'src/api/fit.ts')],
	bundle: true,
	format: 'esm',
	outfile: out.replace('x.mjs', 'fit.mjs'),
	plugins: [served],
	logLevel: 'error',
})
const { fit } = await import(out.replace('x.mjs', 'fit.mjs'))

test('a question is put as the server takes it, or not at all', () => {
	for (const [asked, put] of [
		['/d/1/findings?names=1&count=1&order=due&limit=5', '/d/1/findings?limit=5'],
		['/d/1/findings?state=noted&names=1', '/d/1/findings?state=noted'],
		['/d/1/findings?names=1', '/d/1/findings'],
		['/d/1/findings/F1?names=1', '/d/1/findings/F1?names=1'],
		['/d/1/findings?kind=x', undefined], // a filter is never left out
		['/d/1/findings?state=noted,heard', undefined], // one value is not two
		['/d/1/findings?unit_id=a,b', '/d/1/findings?unit_id=a%2Cb'],
		['/d/1/measures', undefined],
		['/d/1/findings/F1/consequences?if=confirm', undefined],
	])
		assert.equal(fit(asked), put, asked)
})

test('money is written as offices write it', () => {
	for (const [fen, is] of [
		[0, '0.00'],
		[5, '0.05'],
		[160000, '1,600.00'],
		[-160000, '− 1,600.00'],
		[89600000, '896,000.00'],
		[123456789, '1,234,567.89'],
	])
		assert.equal(m.format.money(fen), is)
	assert.equal(m.format.money(140000, true), '+ 1,400.00')
	assert.equal(m.format.yuan(89600000), '896,000')
	assert.equal(m.format.percent(783, 1000), '78.3%')
	assert.equal(m.format.percent(1, 0), '0.0%')
})

test('days are days of Shanghai', () => {
	assert.equal(m.format.dayOf('2018-09-05T16:30:00Z'), '2018-09-06')
	assert.equal(m.format.stamp('2018-05-23T21:40:00+08:00'), '2018-05-23 21:40')
	assert.equal(m.format.dateWeek('2018-09-12'), '9 月 12 日 星期三')
	assert.equal(m.format.plus('2018-02-28', 1), '2018-03-01')
	assert.equal(m.format.between('2018-08-31', '2018-09-12'), 12)
	assert.equal(m.format.monthPlus('2018-01', -1), '2017-12')
	assert.equal(m.format.monthDays('2016-02'), 29)
	assert.equal(m.format.weekday('2018-09-10'), 0)
})

test('the heat map has every day of the year in its column', () => {
	const all = m.squares(2018, 'P'.repeat(255))
	assert.equal(all.length, 365)
	assert.deepEqual([all[0].day, all[0].letter], ['2018-01-01', 'P']) // a Monday: top left
	assert.equal(all[0].y, Math.min(...all.map((s) => s.y)))
	assert.equal(all[7].x, all[0].x + (all[7].x - all[0].x))
	assert.equal(all[7].y, all[0].y)
	assert.equal(all[300].letter, '.')
	assert.equal(m.squares(2016, '').length, 366)
})

test('charts: shares of a whole', () => {
	assert.equal(m.share(130, 160), 260)
	assert.equal(m.share(200, 160), 320)
	assert.equal(m.share(1, 0), 0)
	const w = m.widths([90, 0, 10], 640, 2)
	assert.equal(w[1].w, 0)
	assert.ok(Math.abs(w[0].w + w[2].w + 2 - 640) < 0.5)
	assert.deepEqual(m.points([0, 0.5, 1], 300, 60), [
		[0, 60],
		[150, 30],
		[300, 0],
	])
})

test('a measure is named by its kind and window', () => {
	assert.equal(m.window('2018-05-01', '2018-06-01'), '2018 年 5 月')
	assert.equal(m.window('2018-07-01', '2018-10-01'), '2018 年第 3 季度')
	assert.equal(m.window('2018-01-01', '2019-01-01'), '2018 年')
	assert.equal(m.window('2018-05-03', '2018-06-01'), '2018-05-03 至 2018-06-01（不含）')
	assert.equal(
		m.measureTitle({ kind: 'stipend_cancelled', from: '2018-05-01', until: '2018-06-01' }),
		'取消 2018 年 5 月驻村补助',
	)
	assert.equal(
		m.measureTitle({ kind: 'promotion_freeze', from: '2018-09-12', until: '2019-03-12' }),
		'2019-03-12 前不得提拔重用',
	)
	assert.equal(m.place('C3.2.1-2'), '三（二）1')
	assert.equal(m.place('C4.4'), '四、4')
	assert.equal(m.runs([1, 2, 3, 5, 7, 8]), '1—3、5、7—8')
})

test('what may not be done is said before it is tried', () => {
	const rows = m.offered(
		[
			{ move: 'confirm', allowed: false, because: 'noted', code: 'duty.conflict' },
			{ move: 'dismiss', allowed: true },
			{ move: 'annul', allowed: false, code: 'finding.bad_transition' },
		],
		['confirm', 'dismiss', 'annul'],
	)
	assert.deepEqual(
		rows.map((r) => r.move),
		['confirm', 'dismiss'],
	)
	assert.equal(m.hindrance(rows[0]), '您是记录人，须回避')
	assert.equal(m.hindrance(rows[1]), undefined)
	assert.equal(
		m.hindrance({ move: 'confirm', allowed: false, code: 'finding.hearing_open' }),
		'陈述期未满，期满后才能确认',
	)
})

test('what has followed is what was shown, in any order', () => {
	const p = (order) => ({
		ladders: [{ ladder: 'absence', is: 2 }],
		measures: order.map((id) => ({ change: 'new', is: { id } })),
		fen: -100,
		recalls: [],
	})
	assert.equal(m.essence(p(['a', 'b'])), m.essence(p(['b', 'a'])))
	assert.notEqual(m.essence(p(['a'])), m.essence(p(['a', 'b'])))
})

test('both languages say the same things with the same blanks', () => {
	const zh = { ...m.zh, ...m.desk }
	assert.deepEqual(Object.keys(m.en).sort(), Object.keys(zh).sort())
	const blanks = (s) => [...new Set(s.match(/\{\w+\}/g) ?? [])].sort()
	for (const k of Object.keys(zh)) {
		if (/^(date|month|year|quarter|weekday|week)/.test(k)) continue
		assert.deepEqual(blanks(m.en[k]), blanks(zh[k]), k)
	}
})

test('states have a word, in both languages, and a look that is known', () => {
	const all = JSON.parse(readFileSync(join(top, '../../deploy/data/words.json'), 'utf8'))
	for (const [noun, words] of Object.entries(all))
		for (const [state, w] of Object.entries(words)) {
			assert.ok(w.zh && w.en, `${noun}.${state}`)
			assert.ok(['ok', 'go', 'risk', 'bad', 'care', ''].includes(w.look), `${noun}.${state}`)
		}
})

test('no style, script or markup that the policy would refuse stands in the sources', () => {
	assert.doesNotMatch(readFileSync(join(top, 'index.html'), 'utf8'), /<style|\sstyle=|\son\w+=|<script(?![^>]*src)/)
})

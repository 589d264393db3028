// budget.mjs OUT - what the console may weigh.  One line a limit; any that is passed fails the build.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const out = process.argv[2]
const KB = 1024
const assets = readdirSync(join(out, 'assets')).filter((n) => !/\.(gz|br)$/.test(n))
const gz = (n) => gzipSync(readFileSync(join(out, 'assets', n)), { level: 9 }).length
const named = (form) => assets.filter((n) => form.test(n))
const sum = (ns) => ns.reduce((a, n) => a + gz(n), 0)
const entry = sum(named(/^index\..*\.js$/)) + sum(named(/\.css$/))

const limits = []
const limit = (what, is, max) => limits.push([what, is, max])
for (const area of ['cadre', 'decide', 'unit', 'org', 'pay', 'ops']) {
	const n = named(new RegExp(`^${area}\\..*\\.js$`))
	if (n.length !== 1) throw new Error(`${area}: ${n.length} chunks, not one`)
	limit(`JS + CSS of a ${area} route, gz`, entry + gz(n[0]), (area === 'cadre' ? 60 : 120) * KB)
}
limit('CSS in all, gz', sum(named(/\.css$/)), 12 * KB)
limit('the service worker', statSync(join(out, 'sw.js')).size, 4 * KB)
limit('everything, unpacked', [...assets.map((n) => 'assets/' + n), 'index.html', 'sw.js', 'manifest.webmanifest'].reduce((a, n) => a + statSync(join(out, n)).size, 0), 900 * KB)
const html = readFileSync(join(out, 'index.html'), 'utf8')
// html, entry, chunk, css, manifest, icon
const first = new Set(html.match(/\/assets\/[\w.-]+|\/manifest\.webmanifest/g)).size + 2
limit('files of a first load', first, 6)

let bad = 0
for (const [what, is, max] of limits) {
	if (is > max) bad++
	console.log(`${is > max ? 'OVER' : 'ok  '}  ${what}: ${max > 1000 ? `${(is / KB).toFixed(1)} of ${max / KB} KB` : `${is} of ${max}`}`)
}
process.exitCode = bad ? 1 : 0

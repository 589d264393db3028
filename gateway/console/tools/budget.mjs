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
const entry = sum(named(/^(index|app)\..*\.js$/)) + sum(named(/\.css$/))

const limits = []
const limit = (what, is, max) => limits.push([what, is, max])
limit('JS + CSS of a cadre route, gz', entry, 60 * KB)
limit('JS + CSS of an inspector route, gz', entry + sum(named(/^field\..*\.js$/)), 60 * KB)
limit('JS + CSS of a desktop route, gz', entry + sum(named(/^(desk|field|door)\..*\.js$/)), 120 * KB)
const chunks = assets
	.filter((n) => n.endsWith('.js'))
	.map((n) => n.split('.')[0])
	.sort()
	.join(' ')
if (chunks !== 'app desk door en field index') throw new Error(`chunks that nobody planned: ${chunks}`)
limit('CSS in all, gz', sum(named(/\.css$/)), 12 * KB)
limit('the service worker', statSync(join(out, 'sw.js')).size, 4 * KB)
limit(
	'everything, unpacked',
	[...assets.map((n) => 'assets/' + n), 'index.html', 'sw.js', 'manifest.webmanifest'].reduce(
		(a, n) => a + statSync(join(out, n)).size,
		0,
	),
	900 * KB,
)
const html = readFileSync(join(out, 'index.html'), 'utf8')
// html, entry, app, css, manifest, icon
const first = new Set(html.match(/\/assets\/[\w.-]+|\/manifest\.webmanifest/g)).size + 1
limit('files of a first load', first, 6)

let bad = 0
for (const [what, is, max] of limits) {
	if (is > max) bad++
	console.log(
		`${is > max ? 'OVER' : 'ok  '}  ${what}: ${max > 1000 ? `${(is / KB).toFixed(1)} of ${max / KB} KB` : `${is} of ${max}`}`,
	)
}
process.exitCode = bad ? 1 : 0

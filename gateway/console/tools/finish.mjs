// finish.mjs OUT - after vite: the manifest, each file packed beside itself, and `files` (path, type, sha256, length), which is
// all that the gateway looks at.  Written last, so that a build that broke off has none.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const out = process.argv[2]
const TYPES = {
	html: 'text/html; charset=utf-8',
	js: 'text/javascript; charset=utf-8',
	css: 'text/css; charset=utf-8',
	svg: 'image/svg+xml',
	webmanifest: 'application/manifest+json',
}
const icon = readdirSync(join(out, 'assets')).find((n) => /^icon\..*\.svg$/.test(n))
writeFileSync(
	join(out, 'manifest.webmanifest'),
	JSON.stringify({
		name: '驻村',
		short_name: '驻村',
		lang: 'zh-CN',
		start_url: '/',
		scope: '/',
		display: 'standalone',
		background_color: '#f6f5f1',
		theme_color: '#ffffff',
		icons: [{ src: '/assets/' + icon, sizes: 'any', type: 'image/svg+xml' }],
	}),
)
// app is wanted at once, not when the entry has been read; and the entry's questions need not wait for the style sheet
const app = readdirSync(join(out, 'assets')).find((n) => /^app\..*\.js$/.test(n))
const page = join(out, 'index.html')
writeFileSync(
	page,
	readFileSync(page, 'utf8').replace(
		'<script type="module"',
		`<link rel="modulepreload" crossorigin href="/assets/${app}">\n<script type="module" async`,
	),
)
const names = [
	'index.html',
	'sw.js',
	'manifest.webmanifest',
	...readdirSync(join(out, 'assets')).map((n) => 'assets/' + n),
].filter((n) => !/\.(gz|br)$/.test(n))
const rows = []
const row = (name, type, bytes) =>
	rows.push(`${name}\t${type}\t${createHash('sha256').update(bytes).digest('hex')}\t${bytes.length}`)
for (const name of names.sort()) {
	const bytes = readFileSync(join(out, name))
	const type = TYPES[name.split('.').pop()]
	if (!type) throw new Error(`${name}: no type is known for it`)
	row(name, type, bytes)
	const packed = {
		gz: gzipSync(bytes, { level: 9 }),
		br: brotliCompressSync(bytes, {
			params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
		}),
	}
	for (const [ext, p] of Object.entries(packed)) {
		if (p.length >= bytes.length) {
			rmSync(join(out, `${name}.${ext}`), { force: true })
			continue
		}
		writeFileSync(join(out, `${name}.${ext}`), p)
		row(`${name}.${ext}`, type, p)
	}
}
writeFileSync(join(out, 'files'), rows.join('\n') + '\n')

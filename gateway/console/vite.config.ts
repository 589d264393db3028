// Builds build/console: index.html, sw.js and assets/NAME.HASH.EXT.  The first kilobyte asks who it is; `app` is the runtime, the
// kit, the shell and a cadre's pages; `field` an inspector's; `door` the login and the password; `desk` all other pages; `en` the
// second language.
import { readFileSync } from 'node:fs'
import { defineConfig } from 'vite'

// what only the desk's pages use
const DESK =
	/\/src\/(pages\/(desk|decide\/|unit\/|org\/|pay\/|ops\/)|parts\/(decide|following|naming|rungs|staff|today|unit-cases|vacancies|postings)\.|kit\/consequences\.|charts\/(line|places|months|ladder)\.|words\/zh-CN-desk)/
const BOOT = /\/src\/(main|api\/early)\.ts|preload-helper|index\.html/

// what the first kilobyte may ask, by the API's document (src/api/fit.ts knows the rest)
const api = JSON.parse(readFileSync(process.env.CONSOLE_API ?? '../../build/openapi.json', 'utf8'))
const all = !!process.env.CONSOLE_ALL
const named = all || /"name": *"names"/.test(JSON.stringify(api.paths['/api/v1/sessions/current'].get))
const first = {
	ME: '/api/v1/sessions/current' + (named ? '?names=1' : ''),
	HOME: all || !!api.paths['/api/v1/districts/{district}/persons/{id}/home'],
}

export default defineConfig({
	base: '/',
	define: { ASK_ME: JSON.stringify(first.ME), ASK_HOME: JSON.stringify(first.HOME) },
	plugins: [{ name: 'first', transformIndexHtml: (html) => html.replace('ASK_ME', first.ME) }],
	publicDir: false,
	esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
	build: {
		outDir: process.env.CONSOLE_OUT ?? '../../build/console',
		emptyOutDir: true,
		target: ['chrome79', 'safari13.1'],
		cssTarget: ['chrome79', 'safari13.1'],
		cssCodeSplit: false,
		assetsInlineLimit: 0, // img-src has no data:
		modulePreload: { polyfill: false },
		reportCompressedSize: false,
		rollupOptions: {
			input: { index: 'index.html', sw: 'src/sw.ts' },
			output: {
				entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name].[hash].js'),
				chunkFileNames: 'assets/[name].[hash].js',
				assetFileNames: 'assets/[name].[hash][extname]',
				manualChunks: (id) => {
					if (id.includes('/src/sw.ts')) return undefined
					if (/words\/(en|english|states-en)\.ts$/.test(id)) return 'en'
					if (/\/src\/pages\/field\//.test(id)) return 'field'
					if (/\/src\/shell\/(door|login|stepup|keys)\./.test(id)) return 'door'
					if (BOOT.test(id)) return 'index'
					return DESK.test(id) ? 'desk' : 'app'
				},
			},
		},
	},
})

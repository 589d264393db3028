// Builds build/console: index.html, sw.js and assets/NAME.HASH.EXT.  The first kilobyte asks who it is; `app` is the runtime, the
// kit, the shell and a cadre's pages; `field` an inspector's; `door` the login and the password; `desk` all other pages; `en` the
// second language.
import { defineConfig } from 'vite'

// what only the desk's pages use
const DESK =
	/\/src\/(pages\/(desk|decide\/|unit\/|org\/|pay\/|ops\/)|parts\/(decide|following|naming|rungs|staff|today|unit-cases|vacancies|postings)\.|kit\/consequences\.|charts\/(line|places|months|ladder)\.|words\/zh-CN-desk)/
const BOOT = /\/src\/(main|api\/early)\.ts|preload-helper|index\.html/

export default defineConfig({
	base: '/',
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

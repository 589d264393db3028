// Builds build/console: index.html, sw.js and assets/NAME.HASH.EXT.  Everything that routes share is one chunk, each role
// area another, the second language a third kind: so a route loads html, css, entry and one chunk, and no more.
import { defineConfig } from 'vite'

const area = (id: string) => /\/src\/pages\/(\w+)\//.exec(id)?.[1]

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
		assetsInlineLimit: 0,   // img-src has no data:
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
					if (id.endsWith('/words/en.ts')) return 'en'
					return area(id) ?? 'index'
				},
			},
		},
	},
})

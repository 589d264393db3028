// The catalogue in use.  zh-CN is the source and part of the entry; another language comes when it is chosen.
import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { Two } from '../api/contract'
import { states, type Look } from './states'
import { zh } from './zh-CN'
import type { desk } from './zh-CN-desk'

export type Key = keyof typeof zh | keyof typeof desk
export type Words = Record<Key, string>
let enStates: Record<string, Record<string, string>> = {}

export type Language = 'zh-CN' | 'en'

export const language = signal<Language>('zh-CN')
let chinese = zh as Words // the desk's part is added with its pages
const book = signal(chinese)

export function add(more: Partial<Words>) {
	chinese = { ...chinese, ...more }
	if (language.peek() === 'zh-CN') book.value = chinese
}

export async function speak(l: Language) {
	if (l === 'en') {
		const { en, states: english } = await import('./english')
		enStates = english
		book.value = en
	} else book.value = chinese
	language.value = l
	document.documentElement.lang = l
	try {
		localStorage.setItem('language', l)
	} catch {
		/* a device that keeps nothing */
	}
}

export const t = (key: Key, vars: Record<string, string | number> = {}) =>
	book.value[key].replace(/\{(\w+)\}/g, (_, name) => String(vars[name] ?? ''))

// The same with things in it that open: 「还差 {n} 天」.
export const tt = (key: Key, vars: Record<string, ComponentChildren>): ComponentChildren =>
	book.value[key].split(/(\{\w+\})/).map((s) => (s.startsWith('{') ? vars[s.slice(1, -1)] : s))

export const two = (x: Two | string | undefined) =>
	x === undefined ? '' : typeof x === 'string' ? x : language.value === 'en' ? x.en : x.zh

// A word of a state; an unknown one shows as it is, so that a newer server is never a blank page.
export function word(noun: string, value: string | undefined): string {
	if (value === undefined) return ''
	return (language.value === 'en' && enStates[noun]?.[value]) || states[noun]?.[value]?.zh || value
}
export const look = (noun: string, value: string) => (states[noun]?.[value]?.look ?? '') as Look

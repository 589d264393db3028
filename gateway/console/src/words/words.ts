// The catalogue in use.  zh-CN is the source and part of the entry; another language comes when it is chosen.
import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { Two } from '../api/contract'
import { states, type Look } from './states'
import { zh } from './zh-CN'

export type Words = Record<keyof typeof zh, string>
export type Key = keyof typeof zh
export type Language = 'zh-CN' | 'en'

export const language = signal<Language>('zh-CN')
const book = signal<Words>(zh)

export async function speak(l: Language) {
	book.value = l === 'en' ? (await import('./en')).en : zh
	language.value = l
	document.documentElement.lang = l
	try { localStorage.setItem('language', l) } catch { /* a device that keeps nothing */ }
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
	const w = value === undefined ? undefined : states[noun]?.[value]
	return w ? two(w) : value ?? ''
}
export const look = (noun: string, value: string) => (states[noun]?.[value]?.look ?? '') as Look

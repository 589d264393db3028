// Paths → pages: a cadre's are part of the app, an inspector's and all others a chunk each.
import type { ComponentType } from 'preact'
import { pages as cadre } from '../pages/cadre'

type Pages = Record<string, ComponentType<{ id: string }>>
export const here: Pages = cadre as Pages
export const field = () => import('../pages/field').then((m) => m.pages as Pages)
export const desk = () => import('../pages/desk').then((m) => m.pages as Pages)

export const IN_FIELD = ['findings', 'findings/']
// first part of the path; with a second one `name/`
export const AT_DESK = (
	'tasks measures recalls recalls/ unit township people vacancies units/ townships/ today board roster imports accounts ' +
	'accounts/ persons/ villages/ search trail contradictions attendance alerts payrolls payrolls/ stipends proofs ops ops/ districts'
).split(' ')

// Paths → pages: those of a phone in a village are part of the app, all others one chunk.
import type { ComponentType } from 'preact'
import { pages as cadre } from '../pages/cadre'
import { pages as field } from '../pages/field'

type Pages = Record<string, ComponentType<{ id: string }>>
export const here: Pages = { ...cadre, ...field } as Pages
export const desk = () => import('../pages/desk').then((m) => m.pages as Pages)

// first part of the path; with a second one `name/`
export const AT_DESK = ('tasks measures recalls recalls/ unit township people vacancies units/ townships/ today board roster imports accounts ' +
	'accounts/ persons/ villages/ search trail contradictions attendance alerts payrolls payrolls/ stipends proofs ops ops/ districts').split(' ')

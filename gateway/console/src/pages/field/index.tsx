// Findings: noting one, one's own, one in full.  With the cadre's pages, what a phone in a village needs.
import { FindingPage } from './finding'
import { Findings } from './findings'

export const pages = { findings: Findings, 'findings/': FindingPage }

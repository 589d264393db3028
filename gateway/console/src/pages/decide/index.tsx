// The pages of those who decide: what waits, findings and their confirmation, measures, recalls.
import { FindingPage } from './finding'
import { Findings } from './findings'
import { Measures } from './measures'
import { RecallPage } from './recall'
import { Recalls } from './recalls'
import { Tasks } from './tasks'

export const pages = {
	tasks: Tasks, findings: Findings, 'findings/': FindingPage, measures: Measures, recalls: Recalls, 'recalls/': RecallPage,
}

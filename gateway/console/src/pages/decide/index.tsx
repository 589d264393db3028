// The pages of those who decide: what waits, measures, recalls.
import { Measures } from './measures'
import { RecallPage } from './recall'
import { Recalls } from './recalls'
import { Tasks } from './tasks'

export const pages = { tasks: Tasks, measures: Measures, recalls: Recalls, 'recalls/': RecallPage }

// Everything but the pages of cadres and inspectors: one chunk.
import { pages as decide } from './decide'
import { pages as ops } from './ops'
import { pages as org } from './org'
import { pages as pay } from './pay'
import { pages as unit } from './unit'
import { desk } from '../words/zh-CN-desk'
import { add } from '../words/words'

add(desk)

export const pages = { ...decide, ...ops, ...org, ...pay, ...unit }
export { Decide } from '../parts/decide'

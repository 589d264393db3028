// The second language: everything that it needs, fetched when it is chosen.
export { en } from './en'
export { states } from './states-en'

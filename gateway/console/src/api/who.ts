// Who it is, as the server said last (session.ts sets it).
import { signal } from '@preact/signals'
import type { Role, Session } from './contract'

export const who = signal<Session | undefined>(undefined)
export const has = (...roles: Role[]) => roles.some((r) => who.value?.roles.includes(r))

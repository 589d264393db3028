// The operator's pages.  The token is typed once and kept in memory only: never in a cookie, never on the device.
import { Districts } from './districts'
import { Parked } from './parked'
import { Status } from './status'

export const pages = { ops: Status, 'ops/': Parked, districts: Districts }

// The pages of finance: monthly runs, stipends of a person, proofs.
import { PayrollPage } from './payroll'
import { Payrolls } from './payrolls'
import { Proofs } from './proofs'
import { Stipends } from './stipends'

export const pages = { payrolls: Payrolls, 'payrolls/': PayrollPage, stipends: Stipends, proofs: Proofs }

// The pages of those who answer for others: a unit, a township, their people and villages.
import { People } from './people'
import { TownshipPage } from './township'
import { UnitPage } from './unit'
import { VacanciesPage } from './vacancies'

export const pages = {
	unit: UnitPage,
	'units/': UnitPage,
	township: TownshipPage,
	'townships/': TownshipPage,
	people: People,
	vacancies: VacanciesPage,
}

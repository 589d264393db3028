// A new district: what to bring in, in which order, with the headings of each file.
import { to } from '../../router'
import { t, type Key } from '../../words/words'

const STEPS: [Key, string][] = [
	['tab_units', 'units'],
	['tab_villages', 'villages'],
	['tab_persons', 'persons'],
	['tab_postings', 'postings'],
]

export const FirstSteps = () => (
	<div class="doc first-steps">
		<p>{t('first_steps')}</p>
		<ol class="num">
			{STEPS.map(([k, kind]) => (
				<li>
					<a href={`${to('imports')}?kind=${kind}`}>{t('import_what', { what: t(k) })}</a>
				</li>
			))}
			<li>
				<a href={to('accounts')}>{t('nav_accounts')}</a>
			</li>
		</ol>
	</div>
)

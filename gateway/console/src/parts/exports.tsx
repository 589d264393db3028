// 「导出这 128 行」: exactly the filter shown, as a plain link.
import { Icon } from '../kit/icon'
import { can } from '../api/until'
import { d, has } from '../session'
import { count } from '../words/format'
import { t } from '../words/words'

export function Export({ list, filter, n }: { list: string; filter: string; n?: number }) {
	if (!can(d(`/${list}/export?format=xlsx`))) return null
	if (!has('district_admin', 'reviewer', 'finance', 'auditor')) return null
	const q = new URLSearchParams(filter)
	for (const k of ['names', 'count', 'limit', 'cursor', 'order', 'open']) q.delete(k)
	q.set('format', 'xlsx')
	return (
		<a class="b sm" href={d(`/${list}/export?${q}`)} download>
			<Icon name="down" />
			{n === undefined ? t('export') : t('export_n', { n: count(n) })}
		</a>
	)
}

// 导入: a file is tried first; what is wrong is told row by row; then all rows are made, or none.
import { useState } from 'preact/hooks'
import type { Imported } from '../../api/contract'
import { call, Problem } from '../../api/client'
import { mark } from '../../api/cache'
import { Act } from '../../kit/button'
import { Card } from '../../kit/card'
import { Chip } from '../../kit/chip'
import { Field } from '../../kit/field'
import { Page } from '../../kit/page'
import { Table } from '../../kit/table'
import { tell } from '../../kit/toast'
import { query, set, to } from '../../router'
import { d } from '../../session'
import { said } from '../../words/said'
import { t, type Key } from '../../words/words'

const KINDS: [string, Key, string][] = [
	['units', 'tab_units', 'id,name,head_person_id'],
	['villages', 'tab_villages', 'id,name,township_id,kind'],
	['persons', 'tab_persons', 'id,name,phone,unit_id,establishment'],
	['postings', 'tab_postings', 'id,person_id,village_id,role,from,to,term_from,term_to'],
]

// The file's own rows that were refused, with why in a last column, to be mended and brought again.
function errorSheet(text: string, errors: Imported['errors']): Blob {
	const lines = text.split(/\r?\n/)
	const rows = errors.map((e) => `${lines[e.row] ?? ''},"${e.detail.replace(/"/g, '""')}"`)
	return new Blob(['\ufeff' + [`${lines[0]},说明`, ...rows].join('\r\n')], { type: 'text/csv' })
}

function save(blob: Blob, name: string) {
	const a = document.createElement('a')
	a.href = URL.createObjectURL(blob)
	a.download = name
	a.click()
	setTimeout(() => URL.revokeObjectURL(a.href), 1000)
}

export function Imports() {
	const kind = KINDS.find((k) => k[0] === query.value.get('kind')) ?? KINDS[1]!
	const [file, setFile] = useState<File>()
	const [tried, setTried] = useState<Imported>()
	const [problem, setProblem] = useState('')
	const send = (dry: 0 | 1) =>
		call<Imported>('POST', d(`/imports?kind=${kind[0]}&dry_run=${dry}`), { raw: file, type: 'text/csv' })
	const pick = async (e: Event) => {
		setFile((e.currentTarget as HTMLInputElement).files?.[0])
		setTried(undefined)
		setProblem('')
	}
	const tryIt = async () => {
		try {
			setTried((await send(1)).data)
		} catch (x) {
			if (!(x instanceof Problem)) throw x
			setProblem(said(x))
		}
	}
	const bring = async () => {
		const a = (await send(0)).data
		tell(t('imported', { n: a.accepted }))
		mark('/' + kind[0])
		setTried(undefined)
		setFile(undefined)
	}
	const good = tried && !tried.errors.length
	return (
		<Page
			title={t('nav_imports')}
			crumb={[[t('nav_roster'), to('roster')], [t('nav_imports')]]}
			sub={t('imports_sub')}>
			<div class="grid even">
				<Card title={t('import_file')}>
					<Field
						label={t('import_kind')}
						name="kind"
						value={kind[0]}
						onInput={(v) => {
							set({ kind: v })
							setTried(undefined)
						}}
						options={KINDS.map((k) => [k[0], t(k[1])])}
					/>
					<p class="faint">
						{t('import_head')} <code class="hash">{kind[2]}</code>
					</p>
					<p class="row">
						<button
							class="b sm"
							type="button"
							onClick={() =>
								save(new Blob(['\ufeff' + kind[2] + '\r\n'], { type: 'text/csv' }), kind[0] + '.csv')
							}>
							{t('import_template')}
						</button>
					</p>
					<div class="field">
						<label>
							{t('import_pick')}
							<input class="in" type="file" accept=".csv,text/csv" onChange={(e) => void pick(e)} />
						</label>
					</div>
					{problem && (
						<p class="neg" role="alert">
							{problem}
						</p>
					)}
					<p class="row">
						<Act as={tried ? '' : 'go'} act={tryIt} off={file ? false : t('import_pick')}>
							{t('import_try')}
						</Act>
					</p>
				</Card>
				<Card
					title={t('import_result')}
					aside={
						tried &&
						(good ? (
							<Chip as="ok">{t('import_good')}</Chip>
						) : (
							<Chip as="bad">{t('import_bad', { n: tried.errors.length })}</Chip>
						))
					}>
					{!tried ? (
						<p class="soft">{t('import_none')}</p>
					) : (
						<>
							<p data-free="count">
								{t('import_counts', {
									rows: tried.rows,
									accepted: tried.accepted,
									errors: tried.errors.length,
								})}
							</p>
							{!good && file && (
								<p class="row">
									<button
										class="b sm"
										type="button"
										onClick={async () =>
											save(errorSheet(await file.text(), tried.errors), 'errors.csv')
										}>
										{t('import_errors')}
									</button>
								</p>
							)}
							{!good && (
								<Table
									caption={t('import_result')}
									rows={tried.errors.slice(0, 100)}
									id={(e) => e.row + (e.field ?? '') + e.code}
									columns={[
										{
											head: t('row'),
											as: 'k n',
											label: false,
											cell: (e) => <span data-free="row">{t('row_n', { n: e.row })}</span>,
										},
										{ head: t('field'), as: 'hash', cell: (e) => e.field ?? '' },
										{
											head: t('text'),
											label: false,
											cell: (e) => <span data-free="text">{e.detail}</span>,
										},
									]}
								/>
							)}
							{good && (
								<p class="row">
									<Act as="go" act={bring}>
										{t('import_do', { n: tried.rows })}
									</Act>
								</p>
							)}
						</>
					)}
				</Card>
			</div>
		</Page>
	)
}

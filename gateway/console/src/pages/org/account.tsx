// One account: whose, which roles, each with what it may do.  PUT with what was read; changed meanwhile: both are shown.
import { useEffect, useState } from 'preact/hooks'
import type { Account, Role } from '../../api/contract'
import { mark, useRead } from '../../api/cache'
import { call, Problem } from '../../api/client'
import { Act } from '../../kit/button'
import { Card } from '../../kit/card'
import { Field } from '../../kit/field'
import { Page, Shown } from '../../kit/page'
import { tell } from '../../kit/toast'
import { Trail } from '../../kit/trail'
import { go, to } from '../../router'
import { d, has } from '../../session'
import { said } from '../../words/said'
import { t, word, type Key } from '../../words/words'

const ROLES: Role[] = [
	'district_admin',
	'inspector',
	'reviewer',
	'finance',
	'auditor',
	'unit_head',
	'township_leader',
	'cadre',
]
interface Form {
	id: string
	person_id: string
	phone: string
	password: string
	roles: Role[]
	disabled: boolean
}

function Editor({ of, etag }: { of?: Account; etag: string }) {
	const from = (a?: Account): Form => ({
		id: a?.id ?? '',
		person_id: a?.person_id ?? '',
		phone: a?.phone ?? '',
		password: '',
		roles: a?.roles ?? [],
		disabled: !!a?.disabled,
	})
	const [f, setF] = useState(from(of))
	const [theirs, setTheirs] = useState(false)
	useEffect(() => setF(from(of)), [of?.id])
	const put = (k: keyof Form) => (v: string) => setF({ ...f, [k]: v })
	const flip = (r: Role) =>
		setF({ ...f, roles: f.roles.includes(r) ? f.roles.filter((x) => x !== r) : [...f.roles, r] })
	const save = async () => {
		const body = {
			phone: f.phone,
			roles: f.roles,
			...(f.person_id ? { person_id: f.person_id } : {}),
			...(f.password ? { password: f.password } : {}),
			...(f.disabled ? { disabled: true } : {}),
			...(of?.township_id ? { township_id: of.township_id } : {}),
		}
		await call('PUT', d('/accounts/' + encodeURIComponent(f.id)), { body, match: of ? etag : undefined })
		mark('/accounts')
		tell(t('saved'))
		go(to('accounts'))
	}
	const trouble = (p: Problem) => {
		setTheirs(p.status === 412)
		if (p.status === 412) mark('/accounts')
		tell(p.status === 412 ? t('changed_meanwhile') : said(p))
	}
	const may = has('district_admin')
	return (
		<div class="grid even">
			<Card title={t('account')}>
				{!of && (
					<Field
						label={t('account')}
						name="id"
						value={f.id}
						onInput={put('id')}
						hint={t('id_hint')}
						required
					/>
				)}
				<Field
					label={t('person_number')}
					name="person_id"
					value={f.person_id}
					onInput={put('person_id')}
					hint={t('person_number_hint')}
				/>
				<Field label={t('phone')} name="phone" type="tel" value={f.phone} onInput={put('phone')} required />
				<Field
					label={t('password_new')}
					name="password"
					type="password"
					value={f.password}
					onInput={put('password')}
					hint={of ? t('password_stays') : t('password_hint')}
					autocomplete="new-password"
				/>
				<label class="tick">
					<input
						type="checkbox"
						checked={f.disabled}
						onChange={() => setF({ ...f, disabled: !f.disabled })}
					/>
					{t('disable')}
				</label>
			</Card>
			<Card title={t('roles')}>
				<fieldset class="roles">
					<legend class="vh">{t('roles')}</legend>
					{ROLES.map((r) => (
						<label class="tick">
							<input type="checkbox" checked={f.roles.includes(r)} onChange={() => flip(r)} />
							<span>
								<b>{word('role', r)}</b>
								<br />
								<span class="faint">{t(`may_${r}` as Key)}</span>
							</span>
						</label>
					))}
				</fieldset>
				{theirs && of && (
					<p class="note warn" role="alert">
						<span data-free="text">
							{t('theirs_is', {
								what: of.roles.map((r) => word('role', r)).join(t('comma')) + ' ' + of.phone,
							})}
						</span>
					</p>
				)}
				{may && (
					<p class="row">
						<Act
							as="go"
							act={save}
							onProblem={trouble}
							off={!f.id || !f.phone || !f.roles.length ? t('fill_first') : false}>
							{t('save_account')}
						</Act>
					</p>
				)}
				<p class="faint">{t('account_told')}</p>
			</Card>
		</div>
	)
}

export function AccountPage({ id }: { id: string }) {
	const read = useRead<Account>(id === 'new' ? undefined : d('/accounts/' + encodeURIComponent(id)))
	const crumb: [string, string?][] = [[t('nav_accounts'), to('accounts')], [id === 'new' ? t('account_new') : id]]
	if (id === 'new')
		return (
			<Page title={t('account_new')} crumb={crumb}>
				<Editor etag="" />
			</Page>
		)
	return (
		<Page title={id} crumb={crumb}>
			<Shown of={read}>
				{(a) => (
					<div class="grid">
						<Editor of={a} etag={read.etag} />
						<Card title={t('trail')}>
							<Trail of={a.decisions} />
						</Card>
					</div>
				)}
			</Shown>
		</Page>
	)
}

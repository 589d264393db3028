// The shell around every page, and which page it is.
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { lost, wanted } from '../api/client'
import { follow } from '../api/live'
import { isOffered } from '../api/offered'
import { Empty, Page, Skeleton } from '../kit/page'
import { wide } from '../kit/wide'
import { Toast } from '../kit/toast'
import { district, go, parts, path } from '../router'
import { homePath, known, who } from '../session'
import { language, t } from '../words/words'
import { later } from '../kit/lazy'
import { More, Side, Tabs } from './menu'
import { AT_DESK, desk, field, here, IN_FIELD } from './routes'
import { Offline, Top } from './top'

const door = () => import('./door')
const Login = later(() => door().then((m) => m.Login))
const LoginOver = later(() => door().then((m) => m.LoginOver))
const StepUp = later(() => door().then((m) => m.StepUp))
const Keys = later(() => door().then((m) => m.Keys))
const failed = signal(false)

// An asset that is gone belongs to an older version: once, the page is loaded anew.
function stale() {
	try {
		if (sessionStorage.getItem('reloaded') === location.pathname) return void (failed.value = true)
		sessionStorage.setItem('reloaded', location.pathname)
	} catch {
		/* a device that keeps nothing */
	}
	location.reload()
}

const far = (name: string) => (IN_FIELD.includes(name) ? field : AT_DESK.includes(name) ? desk : undefined)

const Of = ({ of: It, id }: { of: ComponentType<{ id: string }>; id: string }) => <It id={id} />

function Here() {
	const [page, setPage] = useState<{ name: string; of: ComponentType<{ id: string }> }>()
	const [first = '', id = '', ...rest] = parts.value
	const name = id ? first + '/' : first
	useEffect(() => {
		if (here[name] || !far(name)) return
		let gone = false
		far(name)?.().then((pages) => !gone && pages[name] && setPage({ name, of: pages[name]! }), stale)
		return () => void (gone = true)
	}, [name])
	if (first === 'more') return <More />
	if (!isOffered(name))
		return (
			<Page title={t('no_page')}>
				<Empty>
					{t('not_yet')} <a href={homePath()}>{t('to_home')}</a>
				</Empty>
			</Page>
		)
	const now = here[name]
	if (now && !rest.length) return <Of of={now} id={id} key={name + id} />
	if (!far(name) || rest.length)
		return (
			<Page title={t('no_page')}>
				<Empty>
					{t('no_page_why')} <a href={homePath()}>{t('to_home')}</a>
				</Empty>
			</Page>
		)
	if (failed.value)
		return (
			<Page title={t('failed')}>
				<Empty>{t('reload')}</Empty>
			</Page>
		)
	if (page?.name !== name) return <Skeleton />
	return <Of of={page.of} id={id} key={name + id} />
}

const OPERATOR = /^\/\d{6}\/(ops|districts)(\/|$)/

export function App() {
	const at = path.value
	const w = who.value
	const operator = OPERATOR.test(at)
	useEffect(() => {
		if (w && (at === '/' || at === `/${w.district?.id}` || at === `/${w.district?.id}/`)) go(homePath(), true)
	}, [w, at])
	useEffect(() => (w ? follow() : undefined), [w?.account])
	// while it is not known who it is the frame stands already, empty
	if (!operator && known.value && !w)
		return (
			<>
				<Top />
				<Offline />
				<Login />
			</>
		)
	return (
		<div lang={language.value}>
			<a class="skip" href="#main">
				{t('skip')}
			</a>
			<Top />
			<Offline />
			<div class="body">
				{w && !operator && wide.value ? <Side /> : <div class="side" />}
				<main id="main">{(w || operator) && district.value ? <Here /> : <Skeleton />}</main>
			</div>
			{w && !operator && !wide.value && <Tabs />}
			{lost.value && <LoginOver />}
			{wanted.value && <StepUp />}
			<Toast />
			{wide.value && <Keys />}
		</div>
	)
}

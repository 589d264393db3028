// 我的: who I am here, my password, my sessions, 大字, language, keys, and what is recorded of me.
import { useState } from 'preact/hooks'
import { Act } from '../../kit/button'
import { Card } from '../../kit/card'
import { Page } from '../../kit/page'
import { leave, who } from '../../session'
import { keysOff } from '../../kit/wide'
import { large, setSize } from '../../shell/size'
import { language, speak, t, word, type Key } from '../../words/words'
import { Password } from './password'

function Keys() {
	const [off, setOff] = useState(keysOff())
	const flip = () => {
		setOff(!off)
		try {
			localStorage.setItem('keys', off ? '' : 'off')
		} catch {
			/* a device that keeps nothing */
		}
	}
	return (
		<label class="tick only-d">
			<input type="checkbox" checked={!off} onChange={flip} />
			{t('keys_on')}
		</label>
	)
}

const KEPT: Key[] = ['kept_1', 'kept_2', 'kept_3', 'kept_4', 'kept_5']

export function Me() {
	const w = who.value
	if (!w) return null
	return (
		<Page
			title={w.name ?? w.account}
			sub={`${w.district?.name ?? ''} · ${w.roles.map((r) => word('role', r)).join(t('comma'))}`}>
			<div class="grid half">
				<Card title={t('this_device')}>
					<label class="tick">
						<input type="checkbox" checked={large.value} onChange={() => setSize(!large.value)} />
						{t('large_version')}
					</label>
					<label class="tick">
						<input
							type="checkbox"
							checked={language.value === 'en'}
							onChange={() => void speak(language.value === 'en' ? 'zh-CN' : 'en')}
						/>
						<span lang="en">English</span>
					</label>
					<Keys />
					<p class="row">
						<Act act={() => leave()}>{t('log_out')}</Act>
						<Act act={() => leave(true)}>{t('log_out_everywhere')}</Act>
					</p>
				</Card>
				<Password />
				<Card title={t('kept_title')}>
					<ul class="plain">
						{KEPT.map((k) => (
							<li data-free="text">{t(k)}</li>
						))}
					</ul>
				</Card>
			</div>
		</Page>
	)
}

// A labelled input.  What is typed is kept on the device under `draft` until it has been sent.
import { useId, useState } from 'preact/hooks'
import { t } from '../words/words'

interface Props {
	label: string
	name: string
	type?: 'text' | 'password' | 'tel' | 'date'
	value: string
	onInput: (v: string) => void
	hint?: string
	error?: string
	required?: boolean
	rows?: number
	placeholder?: string
	autocomplete?: string
	options?: [string, string][]
	min?: string
	max?: string
}

export function Field(p: Props) {
	const id = useId()
	const [shown, setShown] = useState(false)
	const input = (e: Event) => p.onInput((e.currentTarget as HTMLInputElement).value)
	const about = {
		id,
		name: p.name,
		required: p.required,
		class: 'in',
		value: p.value,
		onInput: input,
		placeholder: p.placeholder,
		'aria-describedby': p.hint || p.error ? id + 'h' : undefined,
		'aria-invalid': p.error ? true : undefined,
	}
	return (
		<div class="field">
			<label for={id}>{p.label}</label>
			{p.options ? (
				<select {...about}>
					{p.options.map(([v, l]) => (
						<option value={v}>{l}</option>
					))}
				</select>
			) : p.rows ? (
				<textarea {...about} rows={p.rows} />
			) : (
				<input
					{...about}
					type={(shown ? 'text' : (p.type ?? 'text')) as 'text'}
					autocomplete={p.autocomplete}
					min={p.min}
					max={p.max}
				/>
			)}
			{p.type === 'password' && (
				<button class="tool reveal" type="button" aria-pressed={shown} onClick={() => setShown(!shown)}>
					{t(shown ? 'hide' : 'show')}
				</button>
			)}
			{(p.error || p.hint) && (
				<p class={p.error ? 'neg' : 'faint'} id={id + 'h'}>
					{p.error ?? p.hint}
				</p>
			)}
		</div>
	)
}

// What somebody has begun to write outlives a reload, a lost session and a crash.
export function useDraft(name: string, first = ''): [string, (v: string) => void, () => void] {
	const at = 'draft:' + name
	const [value, setValue] = useState(() => {
		try {
			return localStorage.getItem(at) ?? first
		} catch {
			return first
		}
	})
	const put = (v: string) => {
		setValue(v)
		try {
			v ? localStorage.setItem(at, v) : localStorage.removeItem(at)
		} catch {
			/* a device that keeps nothing */
		}
	}
	return [value, put, () => put('')]
}

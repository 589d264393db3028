// A clause of the notice, by its number: where it stands in the document.
const PLACES: [RegExp, string][] = [
	[/^C1\.1/, '一（一）'],
	[/^C1\.2/, '一（二）'],
	[/^C2\.(\d)/, '二、$1'],
	[/^C3\.1\.(\d)/, '三（一）$1'],
	[/^C3\.2\.(\d)/, '三（二）$1'],
	[/^C4\.(\d)/, '四、$1'],
]

export function place(id: string): string {
	for (const [form, where] of PLACES) {
		const m = form.exec(id)
		if (m) return where.replace('$1', m[1] ?? '')
	}
	return ''
}

export const Clause = ({ id }: { id: string }) => (
	<span class="n" data-free="rule">
		{place(id) && `达川委办〔2017〕96号 ${place(id)} · `}
		{id}
	</span>
)

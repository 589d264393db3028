// A sum as an office writes it: each line with what it is, the operator, the yuan; the last one below a rule.
import type { ComponentChildren } from 'preact'
import { money } from '../words/format'

export interface Term {
	what: ComponentChildren
	op?: string
	fen: number
	neg?: boolean
	href: string
}

const Figure = ({ of }: { of: Term }) => (
	<a class={'fig' + (of.neg ? ' neg' : '')} href={of.href}>
		{money(of.fen)}
	</a>
)

export const Sumup = ({ caption, terms, equals }: { caption: string; terms: Term[]; equals: Term }) => (
	<table class="sumup">
		<caption class="vh">{caption}</caption>
		<tbody>
			{terms.map((x) => (
				<tr>
					<th scope="row">
						<a class="plain-link" href={x.href}>
							{x.what}
						</a>
					</th>
					<td class="op">{x.op}</td>
					<td>
						<Figure of={x} />
					</td>
				</tr>
			))}
			<tr class="eq">
				<th scope="row">
					<a class="plain-link" href={equals.href}>
						{equals.what}
					</a>
				</th>
				<td class="op">=</td>
				<td>
					<Figure of={equals} />
				</td>
			</tr>
		</tbody>
	</table>
)

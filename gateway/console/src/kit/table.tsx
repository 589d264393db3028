// A table; on a phone each row becomes its key, its value, and the rest below with labels.  What each cell is there is said
// by its column: k the key, v the value beside it, half two a line, hide gone.
import type { ComponentChildren } from 'preact'

export interface Column<T> {
	head: string
	cell: (row: T) => ComponentChildren
	as?: string
	label?: boolean
	value?: (row: T) => unknown
}
interface Props<T> {
	caption: string
	columns: Column<T>[]
	rows: T[]
	id: (row: T) => string
	open?: string
	onOpen?: (row: T) => void
	foot?: ComponentChildren
	mark?: (row: T) => string
}

const ON_CONTROLS = 'a, button, summary, input, label'

export function Table<T>({ caption, columns, rows, id, open, onOpen, foot, mark }: Props<T>) {
	const opens = (row: T) => (e: MouseEvent) => {
		if (onOpen && !(e.target as Element).closest(ON_CONTROLS)) onOpen(row)
	}
	return (
		<div class="tw" tabIndex={0} role="region" aria-label={caption}>
			<table class="t cards">
				<caption class="vh">{caption}</caption>
				<thead>
					<tr>
						{columns.map((c) => (
							<th scope="col" class={/\br\b/.test(c.as ?? '') ? 'r' : ''}>
								{c.head}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((row) => (
						<tr
							key={id(row)}
							data-row={id(row)}
							onClick={opens(row)}
							class={`${open === id(row) ? 'me ' : ''}${mark?.(row) ?? ''}${onOpen ? ' opens' : ''}`}>
							{columns.map((c) => (
								<td class={c.as} data-l={c.label === false ? undefined : c.head}>
									{c.cell(row)}
								</td>
							))}
						</tr>
					))}
				</tbody>
				{foot}
			</table>
		</div>
	)
}

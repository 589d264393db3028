// Up to three photos, drawn anew at 1280 px so that they are small and say nothing of where and with what they were taken.
import { useState } from 'preact/hooks'
import { call, Problem } from '../../api/client'
import { d } from '../../session'
import { said } from '../../words/said'
import { t } from '../../words/words'

export interface Photo {
	sha256: string
	name: string
}
const PHOTOS_MAX = 3
const EDGE_MAX = 1280
const BYTES_MAX = 200 * 1024

async function redraw(file: File): Promise<Blob> {
	const url = URL.createObjectURL(file)
	try {
		const img = new Image()
		await new Promise((ok, no) => {
			img.onload = ok
			img.onerror = no
			img.src = url
		})
		const scale = Math.min(1, EDGE_MAX / Math.max(img.width, img.height))
		const canvas = document.createElement('canvas')
		canvas.width = Math.round(img.width * scale)
		canvas.height = Math.round(img.height * scale)
		canvas.getContext('2d')?.drawImage(img, 0, 0, canvas.width, canvas.height)
		for (let quality = 0.8; ; quality -= 0.15) {
			const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality))
			if (blob && (blob.size <= BYTES_MAX || quality < 0.3)) return blob
		}
	} finally {
		URL.revokeObjectURL(url)
	}
}

export function Photos({ of, onChange }: { of: Photo[]; onChange: (p: Photo[]) => void }) {
	const [problem, setProblem] = useState('')
	const pick = async (e: Event) => {
		const box = e.currentTarget as HTMLInputElement
		setProblem('')
		try {
			const more: Photo[] = []
			for (const file of [...(box.files ?? [])].slice(0, PHOTOS_MAX - of.length)) {
				const raw = await redraw(file)
				const a = await call<{ sha256: string }>('POST', d('/files'), { raw, type: 'image/jpeg' })
				more.push({ sha256: a.data.sha256, name: file.name })
			}
			onChange([...of, ...more])
		} catch (x) {
			setProblem(x instanceof Problem && x.code !== 'offline' ? said(x) : t('photo_failed'))
		}
		box.value = ''
	}
	return (
		<div class="field">
			<label>
				{t('photos')}
				<input
					class="in"
					type="file"
					accept="image/jpeg,image/png"
					multiple
					disabled={of.length >= PHOTOS_MAX}
					onChange={(e) => void pick(e)}
				/>
			</label>
			{of.map((p) => (
				<p class="faint" data-free="text">
					{p.name} <span class="hash">{p.sha256.slice(0, 8)}</span>
				</p>
			))}
			{problem && (
				<p class="neg" role="alert">
					{problem}
				</p>
			)}
		</div>
	)
}

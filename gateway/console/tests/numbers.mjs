// numbers.mjs - every number opens: each run of digits in a text lies in an element that opens, or is on this short list.
// Runs in the page.
export function loose() {
	// in the text itself
	const NAMED = {
		date: /\d{4}-\d{2}(-\d{2})?|\d{4}-W\d{2}|\d{1,2}:\d{2}|\d{4} 年(度|第 \d 季度)?|\d{1,2} ?月( \d{1,2} 日)?|\d{1,2}\/\d{1,2}(\/\d{4})?|\d{1,2} 日/g,
		ordinal: /第 ?\d+ ?(次|级|季度)/g,
		clause: /C\d(\.\d+)*[\w-]*/g,
		reading: /A\d{1,2}\b/g,
		document: /〔\d{4}〕\d+ ?号|达区督〔\d+〕\d+ ?号/g,
		force: /[53]\+2/g,
		id: /\b[A-Z]\d{6,12}\b|\bm-[0-9a-z-]+|\b\d{12}\b|\b\d{6}\b|dachuan-[\w-]+|\b[pu]-[\w-]+/g,
		phone: /\b1\d{2}[\d*]{4}\d{4}\b|0818-5102399/g,
	}
	// by what holds it: a link, a button, what is open; a form's own words; a clock; a hash
	const OPENS = 'a, button, summary, .sum, label, .field, time, .hash, code, pre, option, .login, svg'
	// what a page says of a number that needs no opening, by one of these words
	const FREE = ['day', 'count', 'rule', 'text', 'sum', 'page', 'phone', 'id', 'list', 'row', 'events']
	const out = []
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
	for (let n = walker.nextNode(); n; n = walker.nextNode()) {
		if (!/\d/.test(n.data)) continue
		const e = n.parentElement
		if (!e || e.closest(OPENS) || !e.getClientRects().length) continue
		const free = e.closest('[data-free]')
		if (free && FREE.includes(free.dataset.free)) continue
		// a case sheet's steps are what opens everybody else's numbers
		if (e.closest('ol.num, .doc .facts, .trail')) continue
		let text = n.data
		for (const form of Object.values(NAMED)) text = text.replace(form, '')
		if (/\d/.test(text)) out.push(`${n.data.trim().slice(0, 60)} ← ${e.tagName.toLowerCase()}.${e.className}`)
	}
	return [...new Set(out)]
}

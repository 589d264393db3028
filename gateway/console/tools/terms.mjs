// terms.mjs - the notice's own words, spelled as the notice spells them, in everything that is shown.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const top = new URL('..', import.meta.url).pathname
const WRONG = [
	[/第一支书|首席书记|第1书记/, '第一书记'],
	[/工作队员|工作组组员/, '工作组成员'],
	[/农业技术员/, '农技员'],
	[/信贷员/, '农信员'],
	[/联系领导干部/, '联系领导'],
	[/结对帮扶人(?!员)/, '结对帮扶责任人'],
	[/派驻单位|选派单位/, '派出单位'],
	[/驻村补贴|驻村津贴/, '驻村补助'],
	[/无故离岗|擅自离岗|旷工/, '无故脱岗'],
	[/书面批评(?!教育)/, '书面通报批评'],
	[/书面检讨/, '书面检查'],
	[/劝诫谈话/, '诫勉谈话'],
	[/召回更换/, '召回撤换'],
	[/替岗|代岗/, '顶岗'],
	[/明察暗访/, '督查暗访'],
	[/夜间抽查/, '夜间随机查岗'],
	[/片区排名/, '片区评比'],
	[/确定吗/, 'no dialog asks 确定吗'],
	[/[!！]'/, 'no exclamation marks'],
]
const files = (dir) =>
	readdirSync(join(top, dir)).flatMap((n) =>
		statSync(join(top, dir, n)).isDirectory() ? files(join(dir, n)) : [join(dir, n)],
	)
let faults = 0
for (const name of [...files('src'), '../../deploy/data/words.json'].filter(
	(n) => /\.(tsx?|json)$/.test(n) && !/states\.ts$/.test(n),
)) {
	const text = readFileSync(join(top, name), 'utf8')
	text.split('\n').forEach((line, i) => {
		for (const [form, right] of WRONG)
			if (form.test(line)) {
				faults++
				console.log(`${name}:${i + 1}: ${form.exec(line)[0]} → ${right}`)
			}
	})
	// words stand in the catalogue, not in the pages
	if (/src\/(pages|parts|kit|shell|charts)/.test(name))
		for (const m of text.replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, '').matchAll(/[\u4e00-\u9fff]+/g))
			if (!/^(驻|达川委办|号|一|二|三|四|说明)+$/.test(m[0])) {
				faults++
				console.log(`${name}: ${m[0]} stands outside the catalogue`)
			}
}
process.exitCode = faults ? 1 : 0

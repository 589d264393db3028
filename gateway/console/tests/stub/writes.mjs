// writes.mjs - the orders of the first stage, kept in memory.
import { findings, finding, measure, recalls, shown, states, trails } from './cases.mjs'
import { moves } from './moves.mjs'
import { payroll, runs } from './pay.mjs'
import { ofFinding, ofMeasure, ofRecall } from './preview.mjs'
import { accounts, persons, postings, TODAY } from './world.mjs'
import { missing, refuse, say } from './api.mjs'
import { createHash } from 'node:crypto'

const AT = TODAY + 'T10:30:00+08:00'

// What a move's POST does before it is done: may, state, basis.
function permit(list, move, was, body) {
	const m = list.find((x) => x.move === move) ?? missing()
	if (m.code === 'duty.conflict') refuse(403, 'duty.conflict', '须回避')
	if (m.code === 'role.forbidden') refuse(403, 'role.forbidden', '不在您的权限内')
	if (!m.allowed) refuse(409, 'bad_transition', '状态已变，不能这样办理')
	if (body.basis && body.basis !== was?.basis) refuse(409, 'consequences.changed', '后果有变，请重新查看')
}
const stepUp = (who) => {
	if (!who.stepped) refuse(403, 'session.step_up', '请再次输入密码')
}

export const writes = (method, q, who, body, text) =>
	[
		[
			/^\/findings$/,
			() => {
				if (!persons.has(body.person_id)) refuse(422, 'reference.unknown', '没有这个人')
				if (body.on > TODAY) refuse(422, 'finding.in_future', '日期在今天之后')
				const id = finding({ ...body, noted_by: who.account, hearing_due: '2018-09-19', noted_at: AT })
				say('supervision.FindingNoted', id)
				return { status: 201, body: findings.get(id) }
			},
		],
		[
			/^\/findings\/([^/]+)\/(confirm|dismiss|annul)$/,
			(id, move) => {
				const f = findings.get(id) ?? missing()
				permit(moves.finding(f, who), move, ofFinding(f, move), body)
				f.state = { confirm: 'confirmed', dismiss: 'dismissed', annul: 'annulled' }[move]
				if (move === 'confirm') f.confirmed = TODAY
				f.decisions.push({ at: AT, account: who.account, step: f.state, reason: body.reason })
				say('supervision.Finding' + f.state[0].toUpperCase() + f.state.slice(1), id)
				return { id, state: f.state }
			},
		],
		[
			/^\/measures\/([^/]+)\/(approve|reject|lift|serve)$/,
			(id, move) => {
				const m = measure(id) ?? missing()
				permit(moves.measure(m, who), move, ofMeasure(id, move), body)
				const is = { approve: 'in_force', reject: 'rejected', lift: 'lifted', serve: 'served' }[move]
				states.set(id, is)
				trails.set(id, [
					...(trails.get(id) ?? []),
					{ at: AT, account: who.account, step: move === 'approve' ? 'approved' : is, reason: body.reason },
				])
				const r = runs.get('2018-08')
				if (m.kind === 'stipend_cancelled' && r.state !== 'closed') r.stale = [m.subject.person_id]
				say('accountability.MeasuresChanged', m.subject.person_id)
				return shown(measure(id))
			},
		],
		[
			/^\/recalls\/([^/]+)\/(review|order|hand-over|replace|cancel)$/,
			(id, move) => {
				const r = recalls.get(id) ?? missing()
				permit(moves.recall(r, who), move, ofRecall(id, move), body)
				if (move === 'order' || move === 'hand-over') stepUp(who)
				r.state = {
					review: 'reviewed',
					order: 'ordered',
					'hand-over': 'handed_over',
					replace: 'replaced',
					cancel: 'cancelled',
				}[move]
				if (move === 'order') r.ordered = TODAY
				r.overdue = false
				r.due = ['replaced', 'cancelled'].includes(r.state) ? undefined : '2018-09-19'
				r.decisions = [...r.decisions, { at: AT, account: who.account, step: r.state, reason: body.reason }]
				say('accountability.RecallMoved', id)
				return r
			},
		],
		[
			/^\/payrolls$/,
			() => {
				const was = runs.get(body.month)
				if (was?.state === 'closed') refuse(409, 'payroll.closed', '已经关账')
				runs.set(body.month, {
					month: body.month,
					state: 'draft',
					by: who.account,
					stale: [],
					decisions: [...(was?.decisions ?? []), { at: AT, account: who.account, step: 'drafted' }],
				})
				say('funding.PayrollDrafted', body.month)
				return { status: 201, body: { ...payroll(body.month), lines: { items: [] } } }
			},
		],
		[
			/^\/payrolls\/([^/]+)\/(approve|close)$/,
			(month, move) => {
				const r = runs.get(month) ?? missing()
				stepUp(who)
				permit(moves.payroll(r, who), move, undefined, {})
				if (r.stale?.length) refuse(409, 'payroll.stale', '事实有变，须重新生成')
				r.state = move === 'approve' ? 'approved' : 'closed'
				r.decisions.push({ at: AT, account: who.account, step: r.state })
				say('funding.PayrollClosed', month)
				return { ...payroll(month), lines: { items: [] } }
			},
		],
		[/^\/persons\/([^/]+)\/reveal$/, (id) => (stepUp(who), { phone: persons.get(id)?.phone })],
		[
			/^\/files$/,
			() => ({
				status: 201,
				body: { sha256: createHash('sha256').update(text).digest('hex'), bytes: text.length },
			}),
		],
		[
			/^\/imports$/,
			() => {
				const lines = text
					.replace(/^\ufeff/, '')
					.split(/\r?\n/)
					.filter(Boolean)
					.slice(1)
				const errors = lines.flatMap((l, i) =>
					l.split(',').length < 3
						? [
								{
									row: i + 1,
									field: 'name',
									code: 'csv.field_count',
									detail: `这一行只有 ${l.split(',').length} 列`,
								},
							]
						: [],
				)
				return { rows: lines.length, accepted: errors.length ? 0 : lines.length, errors }
			},
		],
		[
			/^\/postings\/([^/]+)$/,
			(id) => {
				postings.set(id, { id, reason: 'appointed', term: 1, ...body })
				return { status: 201, body: postings.get(id) }
			},
		],
		[
			/^\/accounts\/([^/]+)$/,
			(id) => {
				stepUp(who)
				const { password: _, ...rest } = body
				accounts.set(id, { id, ...rest })
				return { status: 201, body: accounts.get(id) }
			},
		],
	].filter(() => method !== 'GET')

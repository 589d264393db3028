/* message_policy - see message_policy.h. */
#include "message_policy.h"
#include "bus/sealed_kind.h"
#include "domain/mention.h"
#include "phrase_policy.h"
#include "roster.pb-c.h"
#include "supervision.pb-c.h"
#include <string.h>

typedef ProtobufCFieldDescriptor Field;

/* ---- conditions, and whom an event names */

/* Findings of other kinds are told by what follows from them. */
static bool
is_told_by_itself(const void *part)
{
	Supervision__FindingKind kind = ((const Supervision__FindingFact *)part)->kind;

	return kind == SUPERVISION__FINDING_KIND__DUTY_FAILURE ||
	       kind == SUPERVISION__FINDING_KIND__DISCIPLINE_VIOLATION ||
	       kind == SUPERVISION__FINDING_KIND__FUND_MISUSE;
}

/* The other steps move measures, and are told with them. */
static bool
is_handed_over(const void *part)
{
	return ((const Accountability__RecallMoved *)part)->state == ACCOUNTABILITY__RECALL_CASE__STATE__HANDED_OVER;
}

static size_t
who_takes_post(const void *part, char *const **ids)
{
	const Accountability__RecallMoved *e = part;

	*ids = &e->head_person_id;
	return e->head_takes_post && *e->head_person_id;
}

static size_t
whose_account(const void *part, char *const **ids)
{
	const Roster__AccountAltered *e = part;

	*ids = e->person_ids;
	return e->n_person_ids;
}

/* ---- the rows.  Of those of one event the first counts whose condition holds. */

#define MEASURES(...) \
	.event = &accountability__measures_changed__descriptor, .to = { TO_PLANNED }, .has = { __VA_ARGS__ }

static const struct message_row messages[] = {
	/* ---- measures, by the first change of these that there is */
	{ .template = ALERTS__TEMPLATE__RECALL_OPENED, .version = 3,
	  MEASURES(ACCOUNTABILITY__CHANGE__IMPOSED, ACCOUNTABILITY__MEASURE_KIND__RECALL),
	  .zh = "召回通知：{who}[因无故脱岗（{absences}），][因受书面通报批评（{criticisms}），]"
	        "现按规定处理如下：{what}。依据：{clauses}。召回经审定后执行。",
	  .en = "Recall: [for unexcused absence ({absences}), ][for written criticism ({criticisms}), ]"
	        "the following applies to {who}: {what}. Grounds: {clauses}. "
	        "A recall is carried out once it is ordered." },
	{ .template = ALERTS__TEMPLATE__RECALL_ORDERED, .version = 2,
	  MEASURES(ACCOUNTABILITY__CHANGE__MOVED, ACCOUNTABILITY__MEASURE_KIND__RECALL,
	           ACCOUNTABILITY__MEASURE_STATE__IN_FORCE),
	  .zh = "召回通知：关于{who}的召回，现通知如下：{what}。依据：{clauses}。所任驻村职务自决定次日起终止。",
	  .en = "Recall: about {who}: {what}. Grounds: {clauses}. The posting ends on the day after the order." },
	{ .template = ALERTS__TEMPLATE__RECALL_REPLACED, .version = 2,
	  MEASURES(ACCOUNTABILITY__CHANGE__MOVED, ACCOUNTABILITY__MEASURE_KIND__RECALL,
	           ACCOUNTABILITY__MEASURE_STATE__SERVED),
	  .zh = "召回通知：关于{who}的召回，现通知如下：{what}。依据：{clauses}。",
	  .en = "Recall: about {who}: {what}. Grounds: {clauses}." },
	{ .template = ALERTS__TEMPLATE__RECALL_CANCELLED, .version = 2,
	  MEASURES(ACCOUNTABILITY__CHANGE__MOVED, ACCOUNTABILITY__MEASURE_KIND__RECALL,
	           ACCOUNTABILITY__MEASURE_STATE__LIFTED),
	  .zh = "召回通知：关于{who}的召回，现通知如下：{what}。依据：{clauses}。",
	  .en = "Recall: about {who}: {what}. Grounds: {clauses}." },
	{ .template = ALERTS__TEMPLATE__HEAD_TAKES_POST, .version = 2,
	  MEASURES(ACCOUNTABILITY__CHANGE__IMPOSED, ACCOUNTABILITY__MEASURE_KIND__UNIT_HEAD_TAKES_POST),
	  .zh = "顶岗通知：关于{who}，现通知如下：{what}。依据：{clauses}。",
	  .en = "Notice about {who}: {what}. Grounds: {clauses}." },
	{ .template = ALERTS__TEMPLATE__MEASURES_IMPOSED, .version = 3, MEASURES(ACCOUNTABILITY__CHANGE__IMPOSED),
	  .zh = "处理通知：{who}[因无故脱岗（{absences}），][因受书面通报批评（{criticisms}），]"
	        "现按规定处理如下：{what}。依据：{clauses}。",
	  .en = "Notice: [for unexcused absence ({absences}), ][for written criticism ({criticisms}), ]"
	        "the following applies to {who}: {what}. Grounds: {clauses}." },
	{ .template = ALERTS__TEMPLATE__MEASURES_MOVED, .version = 3, MEASURES(ACCOUNTABILITY__CHANGE__MOVED),
	  .zh = "办理通知：{who}[因无故脱岗（{absences}），][因受书面通报批评（{criticisms}），]"
	        "原处理现办理如下：{what}。依据：{clauses}。",
	  .en = "Notice: [for unexcused absence ({absences}), ][for written criticism ({criticisms}), ]"
	        "what applies to {who} now stands as follows: {what}. Grounds: {clauses}." },
	{ .template = ALERTS__TEMPLATE__MEASURES_AMENDED, .version = 3, MEASURES(0),
	  .zh = "变更通知：{who}[因无故脱岗（{absences}），][因受书面通报批评（{criticisms}），]"
	        "原处理现变更如下：{what}。依据：{clauses}。",
	  .en = "Notice of change: [for unexcused absence ({absences}), ][for written criticism ({criticisms}), ]"
	        "what applies to {who} has changed: {what}. Grounds: {clauses}." },
	/* whatever changes, to who has heard what does not hold */
	{ .template = ALERTS__TEMPLATE__MEASURES_CORRECTED, .version = 3, MEASURES(0),
	  .zh = "更正通知：此前关于{who}的通知现更正如下[（现计无故脱岗：{absences}）]"
	        "[（现计书面通报批评：{criticisms}）]：{what}。依据：{clauses}。",
	  .en = "Correction: what was said about {who} no longer holds[ (unexcused absence now counted: {absences})]"
	        "[ (written criticism now counted: {criticisms})]: {what}. Grounds: {clauses}." },

	/* ---- findings */
	{ .template = ALERTS__TEMPLATE__FINDING_CONFIRMED, .version = 2,
	  .event = &supervision__finding_confirmed__descriptor, .part = "finding", .when = is_told_by_itself,
	  .to = { TO_UNFOLLOWED }, .day = "on_day", .of_finding = true,
	  .zh = "督查通知：{on_day}督查发现{who}{kind}，现已确认。",
	  .en = "Notice: the finding of {on_day} about {who} ({kind}) has been confirmed." },
	{ .template = ALERTS__TEMPLATE__FINDING_ANNULLED, .version = 3,
	  .event = &supervision__finding_annulled__descriptor, .part = "finding", .when = is_told_by_itself,
	  .to = { TO_PLANNED }, .of_finding = true,
	  .zh = "更正通知：{on_day}督查发现{who}{kind}的认定已经撤销，此前通知作废。",
	  .en = "Correction: the finding of {on_day} about {who} ({kind}) has been annulled; "
	        "the earlier notice is void." },
	{ .template = ALERTS__TEMPLATE__HEARING_MISSED, .version = 2,
	  .event = &supervision__hearing_missed__descriptor, .to = { TO_HEAD }, .of_finding = true,
	  .zh = "催办通知：关于{who}的督查问题，听取陈述的期限已过，目前尚未处理，请尽快处理。",
	  .en = "Reminder: the hearing date of a finding about {who} has passed and nothing has been decided." },

	/* ---- recalls, beside their measures */
	{ .template = ALERTS__TEMPLATE__RECALL_HANDED_OVER, .version = 2,
	  .event = &accountability__recall_moved__descriptor, .when = is_handed_over,
	  .to = { TO_IN_CHARGE, TO_NAMED }, .named = who_takes_post, .day = "absence_day", .of_measure = true,
	  .zh = "召回通知：{who}已办理移交[，{head}][，接替人员应于{due_day}前（含当日）到位]。",
	  .en = "Recall: {who} {has} handed over the post[; {head}][; a successor is due by {due_day}]." },
	/* whoever is late is reminded, not the person who is to be recalled; a case may be late more than once */
	{ .template = ALERTS__TEMPLATE__RECALL_OVERDUE, .version = 2,
	  .event = &accountability__recall_overdue__descriptor, .to = { TO_OTHERS_IN_CHARGE, TO_DEPARTMENT },
	  .day = "absence_day", .cause = "{id}.{due_day}", .of_measure = true,
	  .zh = "催办通知：关于{who}的召回，{state}应于{due_day}前（含当日）完成，目前尚未办理，请尽快办理。",
	  .en = "Reminder: in the recall of {who}, {state} was due by {due_day} and has not been made." },

	/* ---- the rest */
	{ .template = ALERTS__TEMPLATE__TASK_OPENED, .version = 2,
	  .event = &roster__task_opened__descriptor, .to = { TO_DEPARTMENT },
	  .zh = "待办通知：关于{person_id}（{village_id}）：{kind}。全部待办事项见任务清单。",
	  .en = "Task about {person_id} ({village_id}): {kind}. All of them are in the list of tasks." },
	/* that somebody could act in one's name cannot wait */
	{ .template = ALERTS__TEMPLATE__ACCOUNT_CHANGED, .version = 1,
	  .event = &roster__account_altered__descriptor, .to = { TO_NAMED }, .named = whose_account, .urgent = true,
	  .zh = "账号安全通知：您的账号{id}已被他人变更：{what}。如非您所知，请立即联系区委组织部。",
	  .en = "Account security: your account {id} was changed by somebody else: {what}. "
	        "If you did not know, tell the organisation department at once." },
};
enum { MESSAGES = sizeof(messages) / sizeof(messages[0]) };

/* ---- the pieces */

static bool
is_self(const struct saying *s)
{
	return s->person_id && s->recipient && strcmp(s->person_id, s->recipient) == 0;
}

static const char *
who(const struct saying *s)
{
	if (is_self(s))
		return s->in == ZH ? "您" : "you";
	if (s->person_id)
		return wording_person(s->person_id, s);
	return mention_of("unit", s->unit_id ? s->unit_id : "", s->arena);
}

static const char *
has(const struct saying *s)
{
	return is_self(s) ? "have" : "has";
}

/* Who takes the post; "" when nobody has to. */
static const char *
head_takes(const struct saying *s)
{
	const Accountability__RecallMoved *e = (const void *)s->of;
	const char *id = e->head_person_id;
	bool zh = s->in == ZH;

	if (!e->head_takes_post)
		return "";
	if (!*id)
		return zh ? "应由派出单位主要负责人顶岗，因其尚未登记，岗位暂时空缺"
		          : "the head of the sending unit is to take it, but is not registered, so it stays vacant";
	if (s->recipient && strcmp(id, s->recipient) == 0)
		return zh ? "由您作为派出单位主要负责人顶岗" : "you take it as head of the sending unit";
	return arena_printf(s->arena, zh ? "由派出单位主要负责人%s顶岗" : "%s takes it as head of the sending unit",
	                    wording_person(id, s));
}

static const char *
done_to_account(const struct saying *s)
{
	const Roster__AccountAltered *e = (const void *)s->of;
	const struct { bool is; const char *text[LANGUAGES]; } parts[] = {
		{ e->made, { "新开设", "it was made" } },
		{ e->password, { "密码被重设", "its password was reset" } },
		{ e->roles, { "角色有变", "its roles were changed" } },
		{ e->phone, { "登录手机号有变", "its phone was changed" } },
		{ e->person, { "使用人有变", "whose it is was changed" } },
	};
	const char *all = "", *comma = s->in == ZH ? "、" : ", ";

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].is)
			all = arena_printf(s->arena, "%s%s%s", all, *all ? comma : "", parts[i].text[s->in]);
	return all;
}

static const struct piece pieces[] = {
	{ "who", NULL, who },
	{ "has", NULL, has },
	{ "absences", &accountability__measures_changed__descriptor, phrase_absences },
	{ "criticisms", &accountability__measures_changed__descriptor, phrase_criticisms },
	{ "what", &accountability__measures_changed__descriptor, phrase_what },
	{ "clauses", &accountability__measures_changed__descriptor, phrase_clauses },
	{ "head", &accountability__recall_moved__descriptor, head_takes },
	{ "what", &roster__account_altered__descriptor, done_to_account },
	{ NULL },
};

/* ---- which message */

const struct message_row *
message_at(size_t i)
{
	return i < MESSAGES ? &messages[i] : NULL;
}

const struct message_row *
message_of_template(Alerts__Template template)
{
	for (size_t i = 0; i < MESSAGES; i++)
		if (messages[i].template == template)
			return &messages[i];
	return NULL;
}

const ProtobufCMessage *
message_part(const struct message_row *row, const ProtobufCMessage *event)
{
	return row->part ? *(const ProtobufCMessage *const *)wording_member(event, row->part) : event;
}

const struct message_row *
message_of_event(const ProtobufCMessage *event)
{
	for (size_t i = 0; i < MESSAGES; i++) {
		const struct message_row *row = &messages[i];
		if (row->event == event->descriptor && (!row->when || row->when(message_part(row, event))))
			return row;
	}
	return NULL;
}

static bool
is_of(const struct message_row *row, const Accountability__MeasureChange *c)
{
	return row->event == &accountability__measures_changed__descriptor &&
	       (!row->has.change || row->has.change == c->change) &&
	       (!row->has.kind || row->has.kind == c->measure->kind) &&
	       (!row->has.state || row->has.state == c->measure->state);
}

const struct message_row *
message_of_changes(Accountability__MeasureChange *const *changes, size_t n)
{
	for (size_t row = 0; row < MESSAGES; row++)
		for (size_t i = 0; i < n; i++)
			if (is_of(&messages[row], changes[i]))
				return &messages[row];
	return NULL;
}

bool
message_is_sealed(const ProtobufCMessage *part)
{
	const Field *f = protobuf_c_message_descriptor_get_field_by_name(part->descriptor, "kind");
	const int *kind = wording_member(part, "kind");

	return kind && f->type == PROTOBUF_C_TYPE_ENUM && sealed_value(f->descriptor, *kind);
}

/* ---- what it says */

/* "": nobody, none. */
static const char *
id_of(const ProtobufCMessage *part, const char *name)
{
	char *const *id = wording_member(part, name);

	return id && **id ? *id : NULL;
}

struct saying
message_saying(const ProtobufCMessage *part, arena_t *a)
{
	return (struct saying){
		.of = part, .person_id = id_of(part, "person_id"), .unit_id = id_of(part, "unit_id"), .arena = a,
	};
}

static char *
said(const char *text, enum language in, const struct saying *s)
{
	struct saying as = *s;

	as.in = in;
	return wording_fill(text, &as, pieces);
}

char *
message_cause(const struct message_row *row, const struct saying *s)
{
	return said(row->cause ? row->cause : "{id}", EN, s);
}

void
message_say(const struct message_row *row, const struct saying *s, Alerts__AlertQueued *out)
{
	out->template_ = row->template;
	out->version = row->version;
	out->text = arena_message(s->arena, &common__text__descriptor);
	out->text->zh = said(row->zh, ZH, s);
	out->text->en = said(row->en, EN, s);
	out->segments = wording_segments_named(out->text->zh, s->arena);
}

/* ---- whether the rows can be said */

/* Of what its members are; NULL: there is no such part. */
static const ProtobufCMessageDescriptor *
part_descriptor(const struct message_row *row)
{
	const Field *f;

	if (!row->part)
		return row->event;
	f = protobuf_c_message_descriptor_get_field_by_name(row->event, row->part);
	return f && f->type == PROTOBUF_C_TYPE_MESSAGE ? f->descriptor : NULL;
}

static const char *
row_fault(const struct message_row *row)
{
	const ProtobufCMessageDescriptor *d = part_descriptor(row);
	const char *fault;

	if (!d)
		return row->part;
	if (row->day && !protobuf_c_message_descriptor_get_field_by_name(d, row->day))
		return row->day;
	if ((fault = wording_fault(row->zh, d, pieces)) || (fault = wording_fault(row->en, d, pieces)))
		return fault;
	if (row->event == &accountability__measures_changed__descriptor)
		return NULL;                            /* its cause is alerts_policy.c's */
	return wording_fault(row->cause ? row->cause : "{id}", d, pieces);
}

const char *
message_fault(void)
{
	const char *fault = phrase_fault();

	for (size_t i = 0; i < MESSAGES && !fault; i++)
		fault = row_fault(&messages[i]);
	return fault;
}

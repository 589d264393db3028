/* wording_policy - see wording_policy.h. */
#include "wording_policy.h"
#include "accountability.pb-c.h"
#include "base/civil.h"
#include "domain/mention.h"
#include "roster.pb-c.h"
#include "supervision.pb-c.h"
#include <assert.h>
#include <string.h>

typedef ProtobufCFieldDescriptor Field;

enum { TEXT_BYTES_MAX = 1536 };

/* ---- the words of enums.  Value 0: of what is newer than this; "" where there is no such row. */

struct word { int value; const char *text[LANGUAGES]; };

static const struct word finding_kinds[] = {
	{ SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE, { "无故脱岗", "unexcused absence" } },
	{ SUPERVISION__FINDING_KIND__WRITTEN_CRITICISM, { "书面通报批评", "written criticism" } },
	{ SUPERVISION__FINDING_KIND__DUTY_FAILURE, { "履职不到位", "duty not fulfilled" } },
	{ SUPERVISION__FINDING_KIND__DISCIPLINE_VIOLATION, { "违反纪律", "discipline violated" } },
	{ SUPERVISION__FINDING_KIND__FUND_MISUSE, { "资金使用违规", "funds misused" } },
};
/* What is awaited while a case is in this state. */
static const struct word awaited[] = {
	{ 0, { "下一步", "the next step" } },
	{ ACCOUNTABILITY__RECALL_CASE__STATE__PROPOSED, { "审定", "the review" } },
	{ ACCOUNTABILITY__RECALL_CASE__STATE__REVIEWED, { "决定", "the order" } },
	{ ACCOUNTABILITY__RECALL_CASE__STATE__ORDERED, { "移交", "the hand-over" } },
	{ ACCOUNTABILITY__RECALL_CASE__STATE__HANDED_OVER, { "接替", "the replacement" } },
};
static const struct word tasks[] = {
	{ 0, { "请处理", "please settle it" } },
	{ ROSTER__TASK_KIND__SETTLE_CANCELLED_RECALL,
	  { "召回在移交之后撤销，请处理其岗位",
	    "the recall was withdrawn after the hand-over; please settle the post" } },
	{ ROSTER__TASK_KIND__SETTLE_HEAD_IN_POST,
	  { "所顶的岗位不再属于应顶岗的召回，请处理",
	    "the post is held for a recall that no longer asks for it; please settle it" } },
	{ ROSTER__TASK_KIND__RESTORE_POSTING,
	  { "召回撤销，但原任职不能自动恢复，请处理",
	    "the recall was withdrawn, but the posting cannot come back by itself; please settle it" } },
	{ ROSTER__TASK_KIND__GIVE_POST_TO_HEAD,
	  { "应由派出单位主要负责人顶岗，但岗位未空出或负责人未登记，请处理",
	    "the head of the sending unit is to take the post, but it is not free, or no head is registered; "
	    "please settle it" } },
};

#define WORDS(list) list, sizeof(list) / sizeof((list)[0])
static const struct { const ProtobufCEnumDescriptor *of; const struct word *at; size_t n; } words[] = {
	{ &supervision__finding_kind__descriptor, WORDS(finding_kinds) },
	{ &accountability__recall_case__state__descriptor, WORDS(awaited) },
	{ &roster__task_kind__descriptor, WORDS(tasks) },
};

static const struct word *
word_of(const ProtobufCEnumDescriptor *d, int value)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (size_t k = 0; words[i].of == d && k < words[i].n; k++)
			if (words[i].at[k].value == value)
				return &words[i].at[k];
	return value ? word_of(d, 0) : NULL;
}

static const char *
word_text(const ProtobufCEnumDescriptor *d, int value, enum language in)
{
	const struct word *w = word_of(d, value);

	return w ? w->text[in] : "";
}

static bool
has_words(const ProtobufCEnumDescriptor *d)
{
	for (unsigned i = 0; i < d->n_values; i++)
		if (d->values[i].value != 0 && !word_of(d, d->values[i].value))
			return false;
	return true;
}

/* ---- fields */

/* Of whom an id is: the kind of its mention; NULL: it is no id, or of something that has no name. */
static const char *
kind_mentioned(const Field *f)
{
	const char *end = strrchr(f->name, '_'), *begin = end;

	if (!end || strcmp(end, "_id") != 0)
		return NULL;
	while (begin > f->name && begin[-1] != '_')
		begin--;
	for (const char *const *kind = mention_kinds; *kind; kind++)
		if (strlen(*kind) == (size_t)(end - begin) && memcmp(*kind, begin, strlen(*kind)) == 0)
			return *kind;
	return NULL;
}

static bool
is_day(const Field *f)
{
	const char *end = strrchr(f->name, '_');

	return f->type == PROTOBUF_C_TYPE_INT32 && end && strcmp(end, "_day") == 0;
}

static bool
is_said(const Field *f)
{
	bool enum_said = f->type == PROTOBUF_C_TYPE_ENUM && has_words(f->descriptor);

	return f->label != PROTOBUF_C_LABEL_REPEATED && (f->type == PROTOBUF_C_TYPE_STRING || is_day(f) || enum_said);
}

/* Names in texts are not ended by a NUL. */
static bool
is_same(const char *whole, const char *name, size_t len)
{
	return strlen(whole) == len && memcmp(whole, name, len) == 0;
}

static const Field *
field_named(const ProtobufCMessageDescriptor *d, const char *name, size_t len)
{
	for (unsigned i = 0; i < d->n_fields; i++)
		if (is_same(d->fields[i].name, name, len))
			return &d->fields[i];
	return NULL;
}

static const void *
member(const ProtobufCMessage *m, const Field *f)
{
	const char *at = (const char *)m;

	if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) && *(const uint32_t *)(at + f->quantifier_offset) != f->id)
		return NULL;
	return at + f->offset;
}

const void *
wording_member(const ProtobufCMessage *m, const char *name)
{
	const Field *f = field_named(m->descriptor, name, strlen(name));

	return f ? member(m, f) : NULL;
}

/* A comrade is called one. */
static char *
mention(const char *kind, const char *id, const struct saying *s)
{
	const char *mentioned = mention_of(kind, id, s->arena);

	return arena_printf(s->arena, "%s%s", mentioned, s->in == ZH && strcmp(kind, "person") == 0 ? "同志" : "");
}

static const char *
string_text(const Field *f, const char *value, const struct saying *s)
{
	const char *kind = kind_mentioned(f);

	return kind && *value ? mention(kind, value, s) : value;
}

static const char *
field_text(const Field *f, const struct saying *s)
{
	const void *at = member(s->of, f);

	if (!at)
		return "";
	if (f->type == PROTOBUF_C_TYPE_STRING)
		return string_text(f, *(char *const *)at, s);
	return is_day(f) ? wording_day(*(const int32_t *)at, s) : word_text(f->descriptor, *(const int *)at, s->in);
}

char *
wording_person(const char *id, const struct saying *s)
{
	return mention("person", id, s);
}

char *
wording_day(int32_t day, const struct saying *s)
{
	struct civil c = civil_of_day(day);
	char text[DAY_TEXT_MAX];

	if (s->in == ZH)
		return arena_printf(s->arena, "%d年%d月%d日", c.year, c.month, c.day);
	day_text(day, text);
	return arena_strdup(s->arena, text);
}

/* ---- filling */

static const struct piece *
piece_named(const struct piece *pieces, const ProtobufCMessageDescriptor *of, const char *name, size_t len)
{
	for (; pieces->name; pieces++)
		if ((!pieces->of || pieces->of == of) && is_same(pieces->name, name, len))
			return pieces;
	return NULL;
}

static const char *
text_named(const char *name, size_t len, const struct saying *s, const struct piece *pieces)
{
	const struct piece *piece = piece_named(pieces, s->of->descriptor, name, len);
	const Field *f = field_named(s->of->descriptor, name, len);

	assert(piece || f);                             /* wording_fault */
	return piece ? piece->text(s) : field_text(f, s);
}

struct filled { char text[TEXT_BYTES_MAX]; size_t len; };

static void
add(struct filled *out, const char *text, size_t len)
{
	assert(out->len + len < sizeof(out->text));
	memcpy(out->text + out->len, text, len);
	out->len += len;
}

/* Of [at, end); true when no name in it came to nothing. */
static bool
fill(struct filled *out, const char *at, const char *end, const struct saying *s, const struct piece *pieces)
{
	bool whole = true;

	while (at < end) {
		size_t before, plain = strcspn(at, "{[");
		plain = plain < (size_t)(end - at) ? plain : (size_t)(end - at);
		add(out, at, plain);
		at += plain;
		if (at == end)
			break;
		const char *close = strchr(at, *at == '{' ? '}' : ']');
		before = out->len;
		if (*at == '{') {
			const char *text = text_named(at + 1, (size_t)(close - at - 1), s, pieces);
			whole = whole && *text;
			add(out, text, strlen(text));
		} else if (!fill(out, at + 1, close, s, pieces)) {
			out->len = before;
		}
		at = close + 1;
	}
	return whole;
}

char *
wording_fill(const char *text, const struct saying *s, const struct piece *pieces)
{
	struct filled out = { .len = 0 };

	fill(&out, text, text + strlen(text), s, pieces);
	return arena_strndup(s->arena, out.text, out.len);
}

static bool
is_known(const char *name, size_t len, const ProtobufCMessageDescriptor *of, const struct piece *pieces)
{
	const Field *f = field_named(of, name, len);

	return piece_named(pieces, of, name, len) || (f && is_said(f));
}

const char *
wording_fault(const char *text, const ProtobufCMessageDescriptor *of, const struct piece *pieces)
{
	const char *open = NULL;                        /* the [ that waits for its ] */

	for (const char *at = text + strcspn(text, "{}[]"); *at; at += strcspn(at, "{}[]")) {
		size_t len = strcspn(at + 1, "{}[]");
		if (*at == '{' && at[len + 1] == '}' && is_known(at + 1, len, of, pieces)) {
			at += len + 2;
			continue;
		}
		if (*at != (open ? ']' : '['))
			return at;
		open = open ? NULL : at;
		at++;
	}
	return open;
}

/* ---- several as one */

Common__Text *
wording_digest(const Common__Text *const *texts, size_t n, arena_t *a)
{
	Common__Text *all = arena_message(a, &common__text__descriptor);

	all->zh = arena_printf(a, "共%zu条通知。", n);
	all->en = arena_printf(a, "%zu messages.", n);
	for (size_t i = 0; i < n; i++) {
		all->zh = arena_printf(a, "%s%zu）%s", all->zh, i + 1, texts[i]->zh);
		all->en = arena_printf(a, "%s %zu) %s", all->en, i + 1, texts[i]->en);
	}
	return all;
}

/* ---- segments */

enum { UNITS_ALONE = 70, UNITS_JOINED = 67 };

/* UCS-2 units of the UTF-8 character that begins with this byte; 0 for a byte inside of one. */
static int
units_of(unsigned char byte)
{
	return (byte & 0xc0) == 0x80 ? 0 : byte >= 0xf0 ? 2 : 1;
}

int32_t
wording_segments(const char *text)
{
	int32_t all = 0, segments = 1;
	int in_last = 0;

	for (const char *c = text; *c; c++) {
		int units = units_of((unsigned char)*c);
		all += units;
		if (in_last + units > UNITS_JOINED) {
			segments++;
			in_last = 0;
		}
		in_last += units;
	}
	return all <= UNITS_ALONE ? 1 : segments;
}

static const char *
usual_name(void *ctx, const char *ref)
{
	(void)ctx;
	return strncmp(ref, "person/", strlen("person/")) == 0 ? "某某某" : "某某某某某某";
}

int32_t
wording_segments_named(const char *text, arena_t *a)
{
	return wording_segments(mention_fill(text, usual_name, NULL, a));
}

#include "call/ndjson.h"
#include "call/bind.h"
#include "call/command.h"
#include "call/line_splitter.h"
#include "json/json_pb.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is known of a line before its answer comes. */
struct note {
	uint32_t key_at;                /* in keys */
	bool has_key;                   /* the client gave one */
	enum refusal refused;           /* here, without asking; else it was sent */
};
enum group_state { GROUP_FREE, GROUP_OPEN, GROUP_ASKED, GROUP_DONE };
struct group {
	struct ndjson *lines;
	enum group_state state;
	struct note notes[GROUP_LINES_MAX];
	size_t nnotes, nsent;
	bool all_keyed;                 /* those sent */
	struct bytes keys, commands, answers;
};
struct ndjson {
	struct ndjson_settings set;
	struct line_splitter splitter;
	struct group *groups[GROUPS_MAX];       /* a ring; made when first used */
	unsigned first, used;
	size_t nlines, nbytes, accepted;
	unsigned under_way;
	bool over, full, ended, left;
	bool given_up, heard;           /* a group was never answered: no more are asked; some group was answered */
	enum rpc_outcome worst;         /* of those given up */
	struct bytes not_found;         /* the first 404: the district, since a line names nothing else in the path */
	struct spool spool;
};

struct ndjson *
ndjson_open(const struct ndjson_settings *o)
{
	struct ndjson *l = calloc(1, sizeof(*l));

	if (!l)
		abort();
	l->set = *o;
	l->splitter.line_max = LINE_BYTES_MAX;
	l->spool = SPOOL_EMPTY;
	++*o->open;
	return l;
}

void
ndjson_drop(struct ndjson *l)
{
	--*l->set.open;
	for (int i = 0; i < GROUPS_MAX; i++) {
		if (!l->groups[i])
			continue;
		bytes_free(&l->groups[i]->keys);
		bytes_free(&l->groups[i]->commands);
		bytes_free(&l->groups[i]->answers);
		free(l->groups[i]);
	}
	line_splitter_free(&l->splitter);
	bytes_free(&l->not_found);
	spool_free(&l->spool);
	free(l);
}

/* ---- groups */

static struct group *
group_newest(struct ndjson *l)
{
	return l->used ? l->groups[(l->first + l->used - 1) % GROUPS_MAX] : NULL;
}

static unsigned
groups_allowed(const struct ndjson *l)
{
	unsigned share = GROUPS_MAX / *l->set.open;
	return share > GROUPS_MIN ? share : GROUPS_MIN;
}

static unsigned
lines_allowed(const struct ndjson *l)
{
	unsigned share = UNDER_WAY_MAX / (*l->set.open * groups_allowed(l));
	return share < GROUP_LINES_MIN ? GROUP_LINES_MIN : share < GROUP_LINES_MAX ? share : GROUP_LINES_MAX;
}

/* The group that takes the next line; NULL: all are taken. */
static struct group *
group_open(struct ndjson *l)
{
	struct group *g = group_newest(l);

	if (g && g->state == GROUP_OPEN)
		return g;
	if (l->used >= groups_allowed(l))
		return NULL;
	struct group **at = &l->groups[(l->first + l->used++) % GROUPS_MAX];
	if (!*at && !(*at = calloc(1, sizeof(**at))))
		abort();
	g = *at;
	g->lines = l;
	g->state = GROUP_OPEN;
	g->nnotes = g->nsent = 0;
	g->all_keyed = true;
	g->keys.len = g->commands.len = g->answers.len = 0;
	return g;
}

static void group_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us);

static struct rpc_request
group_ask(struct group *g)
{
	const struct ndjson_settings *o = &g->lines->set;
	struct rpc_request ask = {
		.kind = WIRE__KIND__COMMANDS, .lane = WIRE__LANE__WRITER, .service = o->match->route->parts[0].service,
		.partition = o->partition, .nitems = g->nsent, .repeatable = g->all_keyed,
		.try_us = GROUP_TRY_US, .whole_us = GROUP_WHOLE_US,
		.body = (uint8_t *)g->commands.p, .body_len = g->commands.len, .done = group_done, .ctx = g,
	};

	snprintf(ask.trace, sizeof(ask.trace), "%s", o->trace);
	g->commands = (struct bytes){ 0 };
	return ask;
}

static void group_answer(struct group *g, enum rpc_outcome outcome, Wire__Answer **items);

/* A group whose every line was refused here has nobody to ask; nor is anybody asked who has been silent for so long. */
static void
group_send(struct group *g, int64_t mono_us)
{
	g->state = GROUP_ASKED;
	if (g->nsent == 0 || g->lines->given_up) {
		group_answer(g, g->nsent == 0 ? RPC_ANSWERED : RPC_AWAY, NULL);
		return;
	}
	struct rpc_request ask = group_ask(g);
	if (rpc_put(g->lines->set.rpc, &ask, mono_us))
		g->lines->under_way++;
	else
		group_answer(g, RPC_AWAY, NULL);
}

/* ---- a line in */

/* A batch under a key of its own is the same batch each time, so a line without a key is known by its number. */
static const char *
key_of_batch(const struct ndjson *l)
{
	char number[24], id[SHORT_ID_MAX];
	const char *parts[] = { l->set.key, number };

	if (!*l->set.key)
		return "";
	snprintf(number, sizeof(number), "%zu", l->nlines);
	short_id(parts, 2, id);
	return arena_printf(l->set.arena, "line:%s", id);
}

static void
fingerprint_of(const struct ndjson *l, const struct line *line, Wire__Command *c)
{
	struct span_of_bytes parts[] = {
		{ "POST", 5 }, { l->set.path, strlen(l->set.path) + 1 }, { line->text, line->len },
	};

	c->fingerprint.len = SHA256_SIZE;
	c->fingerprint.data = arena_alloc(l->set.arena, SHA256_SIZE);
	sha256(parts, 3, c->fingerprint.data);
}

static void
line_send(struct ndjson *l, struct group *g, struct note *note, json_t *j, const struct line *line)
{
	arena_t *a = l->set.arena;
	Wire__Command c = WIRE__COMMAND__INIT;
	ProtobufCMessage *m;
	char *key;

	bool forbidden = !access_of_body(l->set.who, l->set.match->route, j);
	c.refusal = bind_command(l->set.match, j, a, &m, &key, NULL);
	if (forbidden)
		c.refusal = problem_of(REFUSED_ROLE, NULL, a);
	note->has_key = *key != '\0';
	note->key_at = (uint32_t)g->keys.len;
	bytes_append(&g->keys, key, strlen(key) + 1);
	c.district = (char *)route_district(l->set.match);
	c.type = (char *)m->descriptor->name;
	c.data.len = protobuf_c_message_get_packed_size(m);
	c.data.data = arena_alloc(a, c.data.len + 1);
	protobuf_c_message_pack(m, c.data.data);
	c.account = (char *)l->set.who->account;
	c.actor = identity_actor(l->set.who, a);
	c.key = note->has_key ? key : (char *)key_of_batch(l);
	c.trace = (char *)l->set.trace;
	fingerprint_of(l, line, &c);
	g->all_keyed &= *c.key != '\0';
	g->nsent++;
	command_append(&g->commands, &c);
}

/* The first line may carry a byte order mark; it is the same line without it. */
static void
line_take(struct ndjson *l, struct group *g, const struct line *as_sent)
{
	struct note *note = &g->notes[g->nnotes++];
	size_t mark = l->nlines == 0 && !as_sent->too_long ? bind_mark(as_sent->text, as_sent->len) : 0;
	struct line marked = { as_sent->text + mark, as_sent->len - mark, as_sent->too_long }, *line = &marked;
	json_t *j = NULL;

	*note = (struct note){ .refused = line->too_long ? REFUSED_LINE_SIZE : bind_parse(line->text, line->len, &j) };
	l->nlines++;
	if (note->refused == REFUSED_NOT)
		line_send(l, g, note, j, line);
	json_decref(j);
	arena_reset(l->set.arena);
}

/* False: the batch has more lines than it may. */
static bool
line_add(struct ndjson *l, const struct line *line, int64_t mono_us)
{
	if (l->nlines == LINES_MAX)
		return false;
	struct group *g = group_open(l);
	assert(g);              /* ndjson_feed has looked */
	line_take(l, g, line);
	if (g->nnotes >= lines_allowed(l) || g->commands.len >= GROUP_BYTES_MAX)
		group_send(g, mono_us);
	return true;
}

/* While nobody works for us a small group is better than a full one later. */
static void
group_send_early(struct ndjson *l, int64_t mono_us)
{
	struct group *g = group_newest(l);

	if (g && g->state == GROUP_OPEN && g->nnotes > 0 && (l->under_way == 0 || l->ended))
		group_send(g, mono_us);
}

/* Moves what is answered, in order, to the spool. */
static void
drain(struct ndjson *l)
{
	while (l->used && l->groups[l->first]->state == GROUP_DONE) {
		struct group *g = l->groups[l->first];
		if (!l->left)
			spool_append(&l->spool, g->answers.p, g->answers.len);
		g->state = GROUP_FREE;
		l->first = (l->first + 1) % GROUPS_MAX;
		l->used--;
	}
}

/* Whether there is, or can be, a group for the next line. */
static bool
has_room(struct ndjson *l)
{
	if (!group_open(l))
		drain(l);
	return group_open(l) != NULL;
}

size_t
ndjson_feed(struct ndjson *l, const char *p, size_t n, int64_t mono_us)
{
	size_t taken = 0;
	struct line line;
	bool done;

	l->over |= n > BATCH_BYTES_MAX - l->nbytes;
	while (taken < n && !l->over && !(l->full = !has_room(l))) {
		taken += line_splitter_take(&l->splitter, p + taken, n - taken, &line, &done);
		if (done)
			l->over = !line_add(l, &line, mono_us);
	}
	if (!l->full)
		group_send_early(l, mono_us);
	if (l->over)
		return n;
	l->nbytes += taken;
	return taken;
}

static void settle(struct ndjson *l, int64_t mono_us);

/* The last line may come without its newline.  When its bytes were taken a group was open for it; if that was sent
 * meanwhile, nobody was at work for us, so those before it are answered and have room when they are drained. */
void
ndjson_end(struct ndjson *l, int64_t mono_us)
{
	struct line line;

	drain(l);
	if (!l->over && line_splitter_end(&l->splitter, &line))
		l->over = !line_add(l, &line, mono_us);
	l->ended = true;
	group_send_early(l, mono_us);
	settle(l, mono_us);
}

void
ndjson_leave(struct ndjson *l, int64_t mono_us)
{
	l->left = true;
	settle(l, mono_us);
}

/* ---- answers out */

static void
answer_key(struct bytes *out, const struct group *g, const struct note *note, bool always)
{
	if (!note->has_key && !always)
		return;
	bytes_text(out, "\"key\":");
	bytes_json_string(out, note->has_key ? g->keys.p + note->key_at : "");
	bytes_text(out, ",");
}

static void
answer_problem(struct group *g, const struct note *note, const Wire__Problem *p)
{
	bytes_text(&g->answers, "{");
	answer_key(&g->answers, g, note, true);
	bytes_text(&g->answers, "\"error\":");
	problem_in_line(p, &g->answers);
	bytes_text(&g->answers, "}\n");
}

/* A member of the answer that the line shows: a string or an enum, by the table's own test. */
static void
answer_member(struct bytes *out, const ProtobufCMessage *m, const char *name, size_t len, arena_t *a)
{
	const ProtobufCFieldDescriptor *f =
		protobuf_c_message_descriptor_get_field_by_name(m->descriptor, arena_strndup(a, name, len));
	const void *at = (const char *)m + f->offset;

	bytes_text(out, "\"");
	bytes_append(out, name, len);
	bytes_text(out, "\":");
	bytes_json_string(out, f->type == PROTOBUF_C_TYPE_ENUM ? enum_text(f->descriptor, *(const int *)at, a)
	                                                      : *(char *const *)at);
}

static void
answer_done(struct group *g, const struct note *note, const ProtobufCMessage *m, arena_t *a)
{
	const char *name = g->lines->set.match->route->line_members;

	bytes_text(&g->answers, "{");
	answer_key(&g->answers, g, note, false);
	for (size_t len; *name; name += len + (name[len] == ' ')) {
		len = strcspn(name, " ");
		answer_member(&g->answers, m, name, len, a);
		if (name[len])
			bytes_text(&g->answers, ",");
	}
	bytes_text(&g->answers, "}\n");
	g->lines->accepted++;
}

static void
not_found_keep(struct ndjson *l, const Wire__Problem *p)
{
	if (l->not_found.len)
		return;
	size_t len = wire__problem__get_packed_size(p);
	wire__problem__pack(p, (uint8_t *)bytes_room(&l->not_found, len));
}

static void
answer_line(struct group *g, const struct note *note, const Wire__Answer *answer)
{
	arena_t *a = g->lines->set.arena;
	bool fine = answer->status >= 200 && answer->status < 300;
	const ProtobufCMessageDescriptor *d = g->lines->set.match->route->parts[0].answer;
	ProtobufCMessage *m =
		fine ? protobuf_c_message_unpack(d, arena_pb(a), answer->data.len, answer->data.data) : NULL;

	if (answer->status == 404 && answer->problem)
		not_found_keep(g->lines, answer->problem);
	if (m)
		answer_done(g, note, m, a);
	else
		answer_problem(g, note,
		               !fine && answer->problem ? answer->problem : problem_of(REFUSED_ANSWER, NULL, a));
	arena_reset(a);
}

/* The answers of a group as text. */
static void
group_answer(struct group *g, enum rpc_outcome outcome, Wire__Answer **items)
{
	arena_t *a = g->lines->set.arena;
	enum refusal unanswered = outcome == RPC_AWAY ? REFUSED_AWAY : REFUSED_UNKNOWN;
	size_t sent = 0;

	for (size_t i = 0; i < g->nnotes; i++) {
		const struct note *note = &g->notes[i];
		if (note->refused == REFUSED_NOT && outcome == RPC_ANSWERED)
			answer_line(g, note, items[sent++]);
		else
			answer_problem(g, note, problem_of(note->refused ? note->refused : unanswered, NULL, a));
		arena_reset(a);
	}
	g->state = GROUP_DONE;
}

static void
group_done(void *ctx, enum rpc_outcome outcome, Wire__Answer **items, int64_t mono_us)
{
	struct group *g = ctx;
	struct ndjson *l = g->lines;

	l->under_way--;
	l->heard |= outcome == RPC_ANSWERED;
	l->given_up |= outcome != RPC_ANSWERED;
	if (outcome > l->worst)
		l->worst = outcome;
	group_answer(g, outcome, items);
	if (!l->left)
		group_send_early(l, mono_us);
	settle(l, mono_us);
}

/* ---- the end */

static void
reply(struct ndjson *l, struct reply *r)
{
	arena_t *a = l->set.arena;
	Wire__Problem *p = NULL;

	if (l->not_found.len && !l->accepted)
		p = wire__problem__unpack(arena_pb(a), l->not_found.len, (const uint8_t *)l->not_found.p);
	else if (l->over)
		p = problem_of(REFUSED_BATCH_SIZE, NULL, a);
	else if (!l->heard && l->worst == RPC_AWAY)
		p = problem_of(REFUSED_AWAY, NULL, a);
	else if (!spool_give(&l->spool, r))
		p = problem_of(REFUSED_UNKNOWN, NULL, a);
	if (p) {
		json_t *j = problem_json(p);
		problem_reply(j, r);
		json_decref(j);
	} else {
		r->status = 200;
		r->content_type = TYPE_LINES;
	}
	arena_reset(a);
}

static void
finish(struct ndjson *l, int64_t mono_us)
{
	struct reply r = REPLY_NONE;
	struct ndjson_settings o = l->set;

	if (!l->left)
		reply(l, &r);
	ndjson_drop(l);
	o.done(o.ctx, &r, mono_us);
	reply_free(&r);
}

/* After an answer, and at the end: is it over, or is there room? */
static void
settle(struct ndjson *l, int64_t mono_us)
{
	drain(l);
	if ((l->ended || l->left) && l->under_way == 0) {
		finish(l, mono_us);
	} else if (l->full && l->used < groups_allowed(l) && !l->left) {
		l->full = false;
		l->set.room(l->set.ctx, mono_us);
	}
}

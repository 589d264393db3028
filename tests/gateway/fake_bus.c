#include "fake_bus.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
fake_send(void *ctx, const struct message *m)
{
	struct fake_bus *b = ctx;

	if (b->dead || b->n == SENT_MAX)
		return false;
	struct sent *s = &b->sent[b->n++];
	*s = (struct sent){ .m = *m };
	s->m.body = NULL;
	if (m->kind == WIRE__KIND__COMMANDS)
		s->commands = wire__commands__unpack(NULL, m->body_len, m->body);
	else if (m->kind == WIRE__KIND__FETCH)
		s->fetch = wire__fetch__unpack(NULL, m->body_len, m->body);
	else
		s->read = wire__read__unpack(NULL, m->body_len, m->body);
	return true;
}

void
fake_forget(struct fake_bus *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->sent[i].commands)
			wire__commands__free_unpacked(b->sent[i].commands, NULL);
		if (b->sent[i].read)
			wire__read__free_unpacked(b->sent[i].read, NULL);
		if (b->sent[i].fetch)
			wire__fetch__free_unpacked(b->sent[i].fetch, NULL);
	}
	b->n = 0;
}

struct sent *
fake_last(struct fake_bus *b)
{
	return b->n ? &b->sent[b->n - 1] : NULL;
}

void
fake_unrouted(api_t *api, const struct sent *s, int64_t mono_us)
{
	struct message m = { .kind = WIRE__KIND__UNROUTED, .id = s->m.id };
	api_receive(api, &m, mono_us);
}

void
fake_answer(api_t *api, const struct sent *s, Wire__Answer *one, int64_t mono_us)
{
	Wire__Answers all = WIRE__ANSWERS__INIT;
	size_t n = s->commands ? s->commands->n_items : 1;
	Wire__Answer **items = malloc(n * sizeof(*items));
	struct message m = { .kind = WIRE__KIND__ANSWER, .id = s->m.id };

	for (size_t i = 0; i < n; i++)
		items[i] = one;
	all.n_items = n;
	all.items = items;
	m.body_len = s->commands ? wire__answers__get_packed_size(&all) : wire__answer__get_packed_size(one);
	uint8_t *body = malloc(m.body_len + 1);
	if (s->commands)
		wire__answers__pack(&all, body);
	else
		wire__answer__pack(one, body);
	m.body = body;
	api_receive(api, &m, mono_us);
	free(body);
	free(items);
}

void
fake_answer_message(api_t *api, const struct sent *s, int status, const void *message, int64_t mono_us)
{
	Wire__Answer a = WIRE__ANSWER__INIT;
	uint8_t *data = malloc(protobuf_c_message_get_packed_size(message) + 1);

	a.status = status;
	a.data.data = data;
	a.data.len = protobuf_c_message_pack(message, data);
	fake_answer(api, s, &a, mono_us);
	free(data);
}

void
fake_answer_problem(api_t *api, const struct sent *s, int status, const char *code, int64_t mono_us)
{
	Wire__Answer a = WIRE__ANSWER__INIT;
	Wire__Problem p = WIRE__PROBLEM__INIT;

	a.status = p.status = status;
	p.code = (char *)code;
	p.detail = (char *)"said by the owner";
	a.problem = &p;
	fake_answer(api, s, &a, mono_us);
}

/* ---- a client */

static void
client_replied(void *ctx, struct reply *r)
{
	struct client *c = ctx;

	c->replies++;
	c->reply = *r;
	free(c->text);                  /* one client may have asked for several things */
	c->text = malloc(r->len + 1);
	if (r->fd >= 0 && pread(r->fd, c->text, r->len, 0) != (ssize_t)r->len)
		abort();
	if (r->fd < 0 && r->len)
		memcpy(c->text, r->lent ? r->lent : r->body, r->len);
	c->text[r->len] = '\0';
	c->reply.body = NULL;
	r->stream = NULL;               /* whoever tests streams leaves it */
}

static void
client_room(void *ctx)
{
	((struct client *)ctx)->rooms++;
}

struct api_client
client_of(struct client *c)
{
	return (struct api_client){ .ctx = c, .replied = client_replied, .room = client_room };
}

void
client_forget(struct client *c)
{
	free(c->text);
	*c = (struct client){ 0 };
}

const char *
client_header(const struct client *c, const char *name)
{
	for (int i = 0; i < c->reply.nheaders; i++)
		if (strcmp(c->reply.headers[i].name, name) == 0)
			return c->reply.headers[i].value;
	return "";
}

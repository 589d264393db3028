/* input - see input.h. */
#include "engine/input.h"
#include "base/utf8.h"
#include "engine/node_state.h"
#include "engine/producers.h"
#include <string.h>

struct input
input_of(enum input_kind kind, int32_t partition)
{
	return (struct input){
		.kind = kind, .partition = partition, .district = "", .subject = "", .account = "", .trace = "",
		.cause = "", .event_id = "",
	};
}

struct input *
input_add(struct inputs *all, enum input_kind kind, int32_t partition, arena_t *a)
{
	if (all->n == all->cap) {
		size_t cap = all->cap ? 2 * all->cap : 64;
		struct input *grown = arena_alloc(a, cap * sizeof(*grown));
		if (all->n)
			memcpy(grown, all->at, all->n * sizeof(*grown));
		all->at = grown;
		all->cap = cap;
	}
	all->at[all->n] = input_of(kind, partition);
	return &all->at[all->n++];
}

/* What is not UTF-8 could not even be put aside. */
static bool
is_utf8(const char *s)
{
	uint32_t code;
	size_t len = strlen(s), n;

	for (; len; s += n, len -= n)
		if (!(n = utf8_take(s, len, &code)))
			return false;
	return true;
}

/* producer -1: it is our own, not read but said. */
void
input_of_event(node_t *n, struct input *in, int producer, const Wire__Logged *l, const Wire__Event *e)
{
	in->producer = producer >= 0 ? producer : 0;
	in->logged = l;
	if (!e || !is_utf8(e->district) || !is_utf8(e->subject)) {
		in->park = "its envelope cannot be read";
		return;
	}
	in->district = e->district;
	in->subject = e->subject;
	in->trace = e->trace;
	in->cause = e->cause;
	in->event_id = e->id;
	in->at_us = e->at_us;
	in->as_event = producer_handler(n, producer, l->type);
	if (!in->as_event)
		return;                 /* of no concern here: only the cursor moves */
	in->m = protobuf_c_message_unpack(in->as_event->message, arena_pb(n->arena), e->data.len, e->data.data);
	if (!in->m)
		in->park = "its content cannot be read";
}

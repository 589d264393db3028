/* flow - a thing with a state, moved by commands: noted → confirmed → annulled.
 *
 * The things are rows that never change; each move is a row of its own, and the last one is the state.  A row a move; what is the same
 * in all of them is here: 404 where there is no such thing, 403 by the separation of duties, the same move again is answered as
 * before, one that the state does not allow is 409 <noun>.bad_transition.  Then who moved it and what they said is kept, the event is
 * said, and id and state are answered. */
#pragma once
#include "domain/duty.h"
#include "engine/service.h"

enum { FLOW_REASON_BYTES_MAX = 2000 };

struct flow_move {
	const ProtobufCMessageDescriptor *command;                      /* `id` and `reason` */
	const struct copy *decision;                                    /* it as a row of `decisions` */
	int from, to;
	bool (*guard)(struct batch *b, const void *thing);              /* what else must hold: false, it has refused; NULL: nothing */
	void (*event)(struct batch *b, const void *thing);              /* says it */
	bool reviews;                                                   /* the move before: whoever made that may not make this */
};
struct flow {
	const char *noun;
	const struct table *things, *moves, *decisions;                 /* keys: district, id; the latter two also seq */
	const ProtobufCMessageDescriptor *answer;                       /* `id` and `state` */
	int first;                                                      /* the state of a thing that was never moved */
	void (*want)(struct batch *b, const void *thing);               /* beside the thing, its moves and who acts; NULL: nothing */
	bool (*knows)(struct batch *b, const void *thing);              /* whether who commands may know of it; NULL: yes */
	void (*duty)(struct batch *b, const void *thing, struct duty *d);
	void (*moved)(struct batch *b, const void *thing);              /* whatever it was moved to: what waited for a move; NULL: nothing */
	LIST_OF(const struct flow_move) list;
};

/* In the row of a command: all that it does. */
#define FLOW(flow) .with = (flow), .want = flow_want, .exists = flow_exists, .may = flow_may, .run = flow_run
void flow_want(struct batch *b, const void *m);
bool flow_exists(struct batch *b, const void *m);
bool flow_may(struct batch *b, const void *m);
void flow_run(struct batch *b, const void *m);

/* For the rest of a noun. */
void flow_want_thing(const struct flow *f, struct batch *b, const char *id);
const void *flow_last(const struct flow *f, struct batch *b, const char *id);   /* its last move; NULL: none */
int flow_state(const struct flow *f, struct batch *b, const char *id);
/* In the handler of a move's event: its row of `moves`, in the batch's arena, with its number and the state; to be filled and put. */
void *flow_row(const struct flow *f, struct batch *b, const char *id, int state);

/* flow - a thing with a state, moved by commands: noted → confirmed → annulled.
 *
 * A row a move; what is the same in all of them is here: 404 where there is no such thing, 403 by the separation of
 * duties, the same move again is answered as before, one that the state does not allow is refused.  Then who moved it
 * and what they said is kept, the event is said, and the thing is answered as it has become.
 *
 * A thing lies under its id, or in a case, of which `homes` says which it is.  Its state is that of the last of its
 * moves, where things are rows that never change and a move is a row of its own; else it is a field of the thing. */
#pragma once
#include "base/refusal.h"
#include "domain/duty.h"
#include "engine/service.h"

enum { FLOW_REASON_BYTES_MAX = 2000 };

/* Functions are given the thing's row; what else a command says, batch_command tells them.  A function that is NULL:
 * nothing. */
struct flow_move {
	const ProtobufCMessageDescriptor *command;      /* has an `id` */
	int from, to;                                   /* a row for each state that a command may meet */
	bool (*guard)(struct batch *b, const void *thing);      /* what else must hold: false, it has refused */
	void (*event)(struct batch *b, const void *thing);      /* says it; never NULL */
	void (*duty)(struct batch *b, const void *thing, struct duty *d);       /* what bars from this move beside */
};
struct flow {
	const struct table *things;                     /* key: district, id; with homes: district, case, id */
	const struct table *homes;                      /* key: district, id; then comes the case; NULL: no cases */
	const struct table *moves;                      /* key: district, id, seq; NULL: things have a `state` */
	const struct table *decisions;                  /* key: district, id, seq */
	int first;                                      /* with moves: the state of a thing that was never moved */
	struct refusal refusal;                         /* of a move that the state does not allow */
	void (*want_case)(struct batch *b, const char *case_id);        /* as soon as it is known which it is */
	void (*want)(struct batch *b, const void *thing);       /* beside the thing, its moves and who acts */
	bool (*knows)(struct batch *b, const void *thing);      /* whether who commands may know of it; NULL: yes */
	void (*duty)(struct batch *b, const void *thing, struct duty *d);       /* what bars from all; never NULL */
	bool (*check)(struct batch *b, const void *thing);      /* what must hold in any state: false, it has refused */
	void (*decided)(struct batch *b, const struct flow_move *move, void *row);      /* what else a decision keeps */
	void (*moved)(struct batch *b, const void *thing);      /* whatever it was moved to: what waited for a move */
	const ProtobufCMessage *(*answer)(struct batch *b, const void *thing);  /* never NULL */
	LIST_OF(const struct flow_move) list;
};

/* In the row of a command: all that it does. */
#define FLOW(flow) .with = (flow), .want = flow_want, .exists = flow_exists, .may = flow_may, .run = flow_run
void flow_want(struct batch *b, const void *m);
bool flow_exists(struct batch *b, const void *m);
bool flow_may(struct batch *b, const void *m);
void flow_run(struct batch *b, const void *m);
/* A check, or a part of one, of commands that have a `reason`. */
bool flow_reason_ok(struct batch *b, const void *thing);

/* For the rest of a noun. */
void flow_want_thing(const struct flow *f, struct batch *b, const char *id);
const void *flow_last(const struct flow *f, struct batch *b, const char *id);   /* its last move; NULL: none */
int flow_state(const struct flow *f, struct batch *b, const char *id);
/* In the handler of a move's event: its row of `moves`, in the batch's arena, with its number and the state; to be
 * filled and put. */
void *flow_row(const struct flow *f, struct batch *b, const char *id, int state);

/* fake_bus - a bus and owners for the gateway's tests: keeps what was sent, says what the test tells it to say; and a
 * client. */
#pragma once
#include "api/api.h"

enum { SENT_MAX = 1024 };

struct sent {
	struct message m;
	Wire__Commands *commands;       /* of COMMANDS */
	Wire__Read *read;               /* of READ */
	Wire__Fetch *fetch;             /* of FETCH */
};
struct fake_bus {
	struct sent sent[SENT_MAX];
	size_t n;
	bool dead;                      /* takes nothing */
};

bool fake_send(void *ctx, const struct message *m);             /* a port's send; ctx is the bus */
void fake_forget(struct fake_bus *b);
struct sent *fake_last(struct fake_bus *b);                     /* NULL: nothing was sent */

/* What the api hears of something that was sent: nobody had it, … */
void fake_unrouted(api_t *api, const struct sent *s, int64_t mono_us);
/* … the same answer for each command, or for the read, … */
void fake_answer(api_t *api, const struct sent *s, Wire__Answer *one, int64_t mono_us);
void fake_answer_message(api_t *api, const struct sent *s, int status, const void *message, int64_t mono_us);
void fake_answer_problem(api_t *api, const struct sent *s, int status, const char *code, int64_t mono_us);

/* text: the last reply's body, wherever it lay */
struct client { int replies, rooms; struct reply reply; char *text; };

struct api_client client_of(struct client *c);
void client_forget(struct client *c);
const char *client_header(const struct client *c, const char *name);            /* "" when it was not sent */

/* stage - two nodes and their readers in one process, over a real database that the test tampers with: the engine without any
 * of the services' rules (toys.h).
 *
 * Messages go through a queue; nothing sleeps, and what is waited for is a condition with a bound in turns.  Each stage has a
 * database of its own, and one district, D.  Needs what deploy/test.sh gives: ZHUCUN_TEST_DB, _HOST, _TEMPLATE, _SECRETS. */
#pragma once
#include "engine/books.h"
#include "engine/inbox.h"
#include "engine/node_state.h"
#include "engine/ready.h"
#include "engine/reader_state.h"
#include "toys.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

enum { TEST = 2 * SERVICES, TURNS_MAX = 4000, ANSWERS_MAX = 4096 };

struct count { int passed, failed; };
struct member { struct stage *stage; int index; };
struct stage {
	PGconn *admin, *inside;
	char name[64];
	node_t *node[SERVICES];
	struct reader *reader[SERVICES];
	struct metrics metrics[SERVICES];
	struct member members[TEST + 1];
	struct letter *first, **last;
	uint64_t asked;
	int status[ANSWERS_MAX];                        /* of the last call */
	char code[64];                                  /* of the first refusal in it */
	bool real;                                      /* the clock is not set by hand */
	int64_t sent_us;                                /* what the next commands say of when they were sent; 0: nothing */
	struct steady_word steady[SERVICES];
	char said[64], named[64];                       /* of the last read: unit, name */
	bool answered;
	int64_t still_us;                               /* the time that stands still; 0: it goes on */
	bool whole;                                     /* who asks roster for events is answered by the test, with all there are */
};

static inline void
check(struct count *c, bool ok, const char *what)
{
	if (!ok)
		printf("FAIL %s\n", what);
	c->passed += ok;
	c->failed += !ok;
}

/* Runs all and tells how many checks passed; what main returns. */
int stage_main(const char *name, void (*const tests[])(struct count *), size_t n);

struct stage *stage_open(struct count *c);
struct stage *stage_open_real(struct count *c);         /* by the real clock, which a test may make its own */
void stage_close(struct stage *s);
/* A toy's node and reader come, end, and one after the other. */
void stage_start(struct stage *s, int service);
void stage_stop(struct stage *s, int service);
void stage_restart(struct stage *s, int service);
/* Something is done to the database behind everybody's back. */
void stage_tamper(struct stage *s, const char *sql);
/* First column of the first row. */
long stage_number(struct stage *s, const char *sql);
/* How many persons attendance remembers with this unit. */
long stage_persons(struct stage *s, const char *unit);
/* The hand-set clock, after START. */
void stage_clock_to(struct stage *s, int64_t hours, int64_t seconds);

/* Everything that waits is delivered, everybody steps; when all of them say that nothing is due, until the first is. */
void stage_turn(struct stage *s);
/* Nothing is left to do: neither events to read nor timers, jobs or instants. */
bool stage_quiet(struct stage *s);
/* Until it is quiet; false when it does not become so. */
bool stage_settle(struct stage *s);

/* ---- asking */

struct said { char key[16]; const char *type; uint8_t data[256]; size_t len; };
/* Commands that go in one message.  district: NULL is D. */
struct group_of { struct said *said; size_t n; const char *district; };

/* key: "" is none. */
void group_add(struct group_of *g, const char *key, const ProtobufCMessage *m);
void group_add_person(struct group_of *g, const char *key, const char *id, const char *unit);
/* Many, without keys: p7 is the letter p, number 7. */
void group_add_persons(struct group_of *g, char letter, int from, int n, const char *unit);
/* Frees the group.  Answers come with stage_await(). */
void stage_send(struct stage *s, int service, struct group_of *g, int wait_ms);
/* A command of attendance: 200 when it knows the person. */
void stage_send_posting(struct stage *s, const char *person, int wait_ms);
/* The first status of what was sent last; the others are in s->status.  0: no answer came. */
int stage_await(struct stage *s);
/* A person is told to roster; what it answers. */
int stage_put(struct stage *s, const char *key, const char *id, const char *unit);
/* A person is read from attendance's reader, into s->said and s->named. */
int stage_read_person(struct stage *s, const char *district, const char *person, int wait_ms);

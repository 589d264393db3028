/* fixture - two nodes and their readers in one process, over a real database that the test tampers with: the engine
 * without any of the services' rules (fixtures.h).
 *
 * Messages go through a queue; nothing sleeps, and what is waited for is a condition with a bound in turns.  Each
 * fixture has a database of its own, and one district, D.  Needs what deploy/test.sh gives: ZHUCUN_TEST_DB, _HOST,
 * _TEMPLATE, _SECRETS. */
#pragma once
#include "engine/books.h"
#include "engine/inbox.h"
#include "engine/node_state.h"
#include "engine/ready.h"
#include "engine/reader_state.h"
#include "base/log.h"
#include "fixtures.h"
#include "harness/tally.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEST = 2 * SERVICES, TURNS_MAX = 4000, ANSWERS_MAX = 4096 };

struct member { struct fixture *fixture; int index; };
struct fixture {
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
	int64_t sent_us;                             /* what the next commands say of when they were sent; 0: nothing */
	struct steady_word steady[SERVICES];
	char said[64], named[64];                       /* of the last read: unit, name */
	bool answered;
	int64_t still_us;                               /* the time that stands still; 0: it goes on */
	bool whole; /* who asks roster for events is answered by the test, with all there are */
};

/* Runs all and tells how many checks held; what main returns. */
static inline int
fixture_main(const char *name, void (*const tests[])(void), size_t n)
{
	log_open(name, log_level_of(getenv("ZHUCUN_LOG_LEVEL") ? getenv("ZHUCUN_LOG_LEVEL") : "error"));
	for (size_t i = 0; i < n; i++)
		tests[i]();
	return tally_end();
}

struct fixture *fixture_make(bool real);                    /* real: by the real clock, which a test may make its own */
/* Its district is there, and everybody has heard of it. */
bool fixture_made(struct fixture *s);
static inline struct fixture *
fixture_open_by(bool real)
{
	struct fixture *s = fixture_make(real);

	check(fixture_made(s), "a district is created and known to all", "");
	return s;
}
static inline struct fixture *fixture_open(void) { return fixture_open_by(false); }
static inline struct fixture *fixture_open_real(void) { return fixture_open_by(true); }
void fixture_close(struct fixture *s);
/* A service's node and reader come, end, and one after the other. */
void fixture_start(struct fixture *s, int service);
void fixture_stop(struct fixture *s, int service);
void fixture_restart(struct fixture *s, int service);
/* Something is done to the database behind everybody's back. */
void fixture_tamper(struct fixture *s, const char *sql);
/* First column of the first row. */
long fixture_number(struct fixture *s, const char *sql);
/* How many persons attendance remembers with this unit. */
long fixture_persons(struct fixture *s, const char *unit);
/* The hand-set clock, after START. */
void fixture_clock_to(struct fixture *s, int64_t hours, int64_t seconds);

/* Everything that waits is delivered, everybody steps; when all of them say that nothing is due, until the first is. */
void fixture_turn(struct fixture *s);
/* Nothing is left to do: neither events to read nor timers, jobs or instants. */
bool fixture_quiet(struct fixture *s);
/* Until it is quiet; false when it does not become so. */
bool fixture_settle(struct fixture *s);

/* ---- asking */

struct said { char key[16]; const char *type; uint8_t data[256]; size_t len; };
/* Commands that go in one message.  district: NULL is D. */
struct group_of { struct said *said; size_t n; const char *district; };

/* key: "" is none. */
void group_add(struct group_of *g, const char *key, const ProtobufCMessage *m);
void group_add_person(struct group_of *g, const char *key, const char *id, const char *unit);
/* Many, without keys: p7 is the letter p, number 7. */
void group_add_persons(struct group_of *g, char letter, int from, int n, const char *unit);
/* Frees the group.  Answers come with fixture_await(). */
void fixture_send(struct fixture *s, int service, struct group_of *g, int wait_ms);
/* A command of attendance: 200 when it knows the person. */
void fixture_send_posting(struct fixture *s, const char *person, int wait_ms);
/* The first status of what was sent last; the others are in s->status.  0: no answer came. */
int fixture_await(struct fixture *s);
/* A person is told to roster; what it answers. */
int fixture_put(struct fixture *s, const char *key, const char *id, const char *unit);
/* A person is read from attendance's reader, into s->said and s->named. */
int fixture_read_person(struct fixture *s, const char *district, const char *person, int wait_ms);

/* reader_state - a reader as its owner sees it: opened, asked, closed.  Used by lib/engine/main and by tests. */
#pragma once
#include "bus/message.h"
#include "base/metrics.h"
#include "engine/reader.h"
#include "base/steady.h"

struct reader_settings {
	const char *conninfo;           /* as <service>_reader */
	bool manual_clock;
	struct port port;
	struct metrics *metrics;
	const char *instance;           /* of the replica it is a thread of */
	const struct steady_word *steady;       /* of that replica's writer; NULL: the clock is believed as it is */
};

/* NULL: the database cannot be reached or does not fit (logged). */
struct reader *reader_open(const struct service *s, const struct reader_settings *settings);
void reader_close(struct reader **rp);
/* A READ or a FETCH; answered now, or held until the producers it needs have been read (at most its wait). */
void reader_receive(struct reader *r, const struct message *m);
/* Tries what is held again; when to be called again at the latest. */
int64_t reader_step(struct reader *r, int64_t mono_us);

/* Statements of one question, in one snapshot and one round trip; args of those that take any.  False: the read ends in 503. */
bool reader_snapshot(struct reader *r, const struct store_stmt *const *stmts, size_t n, const void *args);
size_t reader_taken(struct reader *r, size_t i, void ***rows);  /* of the i-th of them */

bool reader_manual_clock(const struct reader *r);

/* ---- overview.c: what any reader says of all services */
void progress_answer(struct reader *r, int32_t partition);
void status_answer(struct reader *r);

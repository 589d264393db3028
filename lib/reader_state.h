/* reader_state - a reader as its owner sees it: opened, asked, closed.  Used by lib/main and by tests. */
#pragma once
#include "message.h"
#include "metrics.h"
#include "reader.h"

struct reader_settings {
	const char *conninfo;           /* as <service>_reader */
	bool manual_clock;
	struct port port;
	struct metrics *metrics;
};

/* NULL: the database cannot be reached or does not fit (logged). */
struct reader *reader_open(const struct service *s, const struct reader_settings *settings);
void reader_close(struct reader **rp);
/* A READ or a FETCH; answered now, or held until the producers it needs have been read (at most its wait). */
void reader_receive(struct reader *r, const struct message *m);
/* Tries what is held again; when to be called again at the latest. */
int64_t reader_step(struct reader *r, int64_t mono_us);

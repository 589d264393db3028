/* event_text - from an event in a log to what a client reads: CloudEvents 1.0 in JSON, as an event of an event stream.
 * Pure. */
#pragma once
#include "base/arena.h"
#include "http/bytes.h"
#include "wire.pb-c.h"

enum event_fate {
	EVENT_TOLD,
	EVENT_ELSEWHERE,                /* of another district */
	EVENT_UNKNOWN,                  /* a newer producer's */
	EVENT_SEALED,                   /* sealed, or the service's own affair */
	EVENT_UNREADABLE,               /* not what its type says: a fault, for the caller to note */
};

/* Appends "event: …\ndata: …\n\n" when it is told, else nothing.  The line with the position is the client's own. */
enum event_fate event_text(const Wire__Logged *l, const char *district, arena_t *a, struct bytes *out);

/* reply - what goes back to a client, whatever carries it. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPLY_HEADERS_MAX = 8, REPLY_VALUE_MAX = 192 };

struct reply_header { const char *name; char value[REPLY_VALUE_MAX]; };         /* name outlives the process */
/* Headers that never change; ended by one without a name. */
struct reply_fixed { const char *name, *value; };
/* A body without an end yet: pulled by whoever carries the reply, who is woken when there is more. */
#define REPLY_STREAM_ENDED SIZE_MAX
struct reply_stream {
	void *ctx;
	/* Writes at most n bytes; how many.  0: nothing now, the carrier will be woken.  REPLY_STREAM_ENDED: nothing
	 * any more. */
	size_t (*pull)(void *ctx, char *to, size_t n, int64_t mono_us);
	void (*leave)(void *ctx);       /* the carrier is done with it, whatever the reason; it is gone then */
	/* The carrier's own, set by it; not called from within pull. */
	void *carrier;
	void (*woken)(void *carrier);
};
struct reply {
	int status;
	const char *content_type;       /* outlives the process */
	char *body;                     /* malloc'd, or NULL */
	const char *lent;               /* the body instead, which outlives the reply; NULL */
	int fd;                         /* of an unlinked file that is the body instead; −1 */
	size_t len;
	const char *cache;              /* Cache-Control; NULL: the client keeps nothing */
	struct reply_stream *stream;    /* that is the body instead; NULL */
	bool close;                     /* nothing more can be said over this connection */
	struct reply_header headers[REPLY_HEADERS_MAX];
	int nheaders;
	const struct reply_fixed *fixed;        /* beside them; NULL: none */
};
#define REPLY_NONE ((struct reply){ .fd = -1 })

#define CACHE_ASK "private, no-cache"    /* kept, and asked by its ETag whether it still holds */

#define TYPE_JSON "application/json"
#define TYPE_LINES "application/x-ndjson"
#define TYPE_HTML "text/html; charset=utf-8"
#define TYPE_CSV "text/csv"
#define TYPE_CSV_UTF8 TYPE_CSV "; charset=utf-8"
#define TYPE_XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define TYPE_PROBLEM "application/problem+json"
#define TYPE_EVENTS "text/event-stream"
#define TYPE_METRICS "text/plain; version=0.0.4; charset=utf-8"

/* What clients read: compact, and a number as it was given (15 digits are a double's own), not 30.926079999999999.  The
 * caller frees it. */
char *reply_json(const json_t *j);
void reply_header(struct reply *r, const char *name, const char *value);        /* cut at REPLY_VALUE_MAX */
void reply_free(struct reply *r);

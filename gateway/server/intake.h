/* intake - what a client writes, read before libmicrohttpd sees it.  Pure, over a source of bytes.
 *
 * The library answers a head that is too long or malformed itself: with a head sent twice, with HTML, by closing
 * without a word, or not at all (it ends a value at a NUL, takes a bare line feed, joins folded lines).  So nothing of
 * a client's reaches it: each request is read whole and judged here, and the library gets one of ours that says no more
 * than where the body ends and whether the connection stays.  What is refused is a small request as well, so it takes
 * the one road that every answer takes.
 *
 *   in:   bytes as the socket has them
 *   out:  bytes for the library: "GET / HTTP/1.1", the body in chunks; beside them the head, or the refusal
 *   owns: what has come and not been given on: 16 KiB of one connection at most, and nothing while it is idle */
#pragma once
#include "server/head.h"
#include <sys/types.h>

enum { INTAKE_LINE_MAX = 160, TRAILER_BYTES_MAX = HEAD_BYTES_MAX, CHUNK_LINE_MAX = 1024 };

/* As recv(2) says it; SOURCE_AGAIN: nothing for now, SOURCE_FAILED: never again. */
#define SOURCE_AGAIN (-1)
#define SOURCE_FAILED (-2)
typedef ssize_t source_fn(void *ctx, void *to, size_t n);

enum intake_state {
	INTAKE_HEAD,
	INTAKE_LENGTH,
	INTAKE_CHUNK_LINE,
	INTAKE_CHUNK,
	INTAKE_CHUNK_END,
	INTAKE_TRAILER,
	INTAKE_WHOLE
};

struct intake {
	enum intake_state state;
	char *raw;                              /* what has come; NULL: nothing */
	size_t at, len, cap;
	size_t seen;                            /* of a head that is not whole */
	size_t empty, trailer;                  /* bytes of empty lines before a head; of the fields behind a body */
	int64_t left;                           /* of the body, or of its chunk */
	char line[INTAKE_LINE_MAX];             /* for the library … */
	size_t line_at, line_len;
	struct head head;                       /* of the request being given; its taker empties it */
	/* … or why there is none, or why its body ends here; nothing is read after that */
	enum refusal refused;
	bool late;                              /* no more is waited for */
	/* less was given than there was room for, though more has come: it must be asked for again */
	bool owes;
};

/* For the library, as recv(2): bytes, 0 at the end, SOURCE_AGAIN, SOURCE_FAILED.  Not beyond the end of a request, nor
 * of a refusal. */
ssize_t intake_read(struct intake *in, source_fn *from, void *ctx, char *to, size_t n);
/* The request has been answered: the next one. */
void intake_next(struct intake *in);
/* Nothing more of this body is wanted, nor of what follows it. */
void intake_refuse(struct intake *in, enum refusal r);
/* A request has begun to come and is not whole. */
bool intake_waits(const struct intake *in);
void intake_free(struct intake *in);

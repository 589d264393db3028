/* problem - what the gateway itself refuses, and RFC 9457 problem details of any refusal, its own or an owner's. */
#pragma once
#include "base/arena.h"
#include "http/bytes.h"
#include "http/reply.h"
#include "wire.pb-c.h"
#include <jansson.h>

enum refusal {
	REFUSED_NOT,
	REFUSED_TOKEN, REFUSED_LOGIN, REFUSED_RATE, REFUSED_ROLE, REFUSED_NO_SESSION, REFUSED_DISTRICT_FORM,
	REFUSED_ROUTE, REFUSED_METHOD, REFUSED_SIZE, REFUSED_BATCH_SIZE, REFUSED_LINE_SIZE, REFUSED_MEDIA,
	REFUSED_HTTP, REFUSED_CUT, REFUSED_LATE, REFUSED_LENGTH, REFUSED_TARGET, REFUSED_EXPECT, REFUSED_HEAD,
	REFUSED_VERSION,
	REFUSED_FRAMING, REFUSED_JSON, REFUSED_DUPLICATE,
	REFUSED_NUMBER, REFUSED_NUL, REFUSED_DEPTH, REFUSED_KEY, REFUSED_KEY_MISSING,
	REFUSED_QUERY_UNKNOWN, REFUSED_QUERY_TWICE, REFUSED_QUERY_VALUE, REFUSED_QUERY_MISSING,
	REFUSED_QUERY_ORDER, REFUSED_POSITION,
	REFUSED_BUSY, REFUSED_STREAMS, REFUSED_AWAY, REFUSED_UNKNOWN, REFUSED_ANSWER, REFUSED_READY, REFUSED_STOPPING,
	REFUSED_DISK,
	REFUSED_NOTHING,
	REFUSED_CHANGED, REFUSED_FOREIGN, REFUSED_STEP_UP, REFUSED_REMEMBER,
	REFUSALS
};

/* The refusal as a message in the arena; pointer (RFC 6901) of the member or parameter, or NULL. */
Wire__Problem *problem_of(enum refusal r, const char *pointer, arena_t *a);
int problem_status(enum refusal r);
const char *problem_title(int status);

/* {type, title, status, code, detail, errors: [{pointer, code}], retry_after?}: a new object.  Title is the status's
 * own (RFC 9457 §4.2.1), so type is about:blank and code tells refusals apart. */
json_t *problem_json(const Wire__Problem *p);
/* Fills the reply, with the headers its status asks for. */
void problem_reply(json_t *problem, struct reply *r);
/* {"status": …, "code": …, "detail": …} of a line of a batch. */
void problem_in_line(const Wire__Problem *p, struct bytes *out);

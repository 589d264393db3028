/* routes - the route table: everything the gateway serves, and by whom it is answered.
 *
 * A row names the message that a request becomes and the message that answers it; the rest follows from their
 * descriptors.  Nothing else knows a path.  A path's names in braces are members of the request message, but
 * {district}, which travels beside it. */
#pragma once
#include <ids.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

enum { ROUTE_PARTS_MAX = 3, ROUTE_PARAMS_MAX = 3, ROUTE_SEGMENTS_MAX = 10 };

enum route_kind {
	ROUTE_ORDER,                    /* body → command → answer */
	ROUTE_LINES,                    /* NDJSON: a command a line */
	ROUTE_READ,                     /* path and query → reads, answers merged by member */
	ROUTE_LIVE, ROUTE_READY, ROUTE_METRICS,
};
enum route_flag {
	ROUTE_KEYED = 1,                /* Idempotency-Key is honoured */
	ROUTE_REPEATABLE = 2,           /* the same again changes nothing: may be asked twice without a key */
	ROUTE_OPERATOR = 4,             /* the operator's alone */
	ROUTE_BODY_OPTIONAL = 8,
	ROUTE_BODY_KEY = 16,            /* member `key` of the body, or of the line, is the idempotency key */
	ROUTE_KEY_REQUIRED = 32,        /* … and must be there */
	ROUTE_MANUAL_CLOCK = 64,        /* there only when the clock is moved by hand */
	ROUTE_OPEN = 128,               /* no token, from the operator's networks */
	ROUTE_ANYWHERE = 256,           /* outside districts: partition −1 */
};

struct route_part {
	const char *service;
	const ProtobufCMessageDescriptor *ask, *answer;
};
struct route {
	const char *method, *path;
	enum route_kind kind;
	unsigned flags;
	struct route_part parts[ROUTE_PARTS_MAX];       /* service NULL: no further one */
	const char *hidden;                             /* members a body may not give: those of the path, and others; or NULL */
	const char *line_members;                       /* of an answer, in the answer line; strings and enums */
};

/* A name in the path and what stands there.  name is not ended by a NUL. */
struct route_param { const char *name; size_t name_len; char value[ID_MAX + 1]; };
struct route_match {
	const struct route *route;
	struct route_param params[ROUTE_PARAMS_MAX];
	int nparams;
};

const struct route *routes_all(size_t *n);

enum route_found { ROUTE_FOUND, ROUTE_NONE, ROUTE_OTHER_METHOD };
/* Decoded segments of a path.  HEAD finds GET.  ROUTE_NONE also when an id or a district is malformed.  *allow says which
 * methods the path has, when it has any ("GET, HEAD, PUT"). */
enum { ROUTE_ALLOW_MAX = 64 };
enum route_found route_find(const char *method, char *const *segments, int n, bool manual_clock, struct route_match *m,
                            char allow[ROUTE_ALLOW_MAX]);
/* The district of a match; "" outside districts. */
const char *route_district(const struct route_match *m);

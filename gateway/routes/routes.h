/* routes - the route table: everything the gateway serves, and by whom it is answered.
 *
 * A row names the message that a request becomes and the message that answers it; the rest follows from their
 * descriptors.  Nothing else knows a path.  A path's names in braces are members of the request message, but
 * {district}, which travels beside it. */
#pragma once
#include "base/ids.h"
#include "routes/column.h"
#include "wire.pb-c.h"
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

enum { ROUTE_PARTS_MAX = 8, ROUTE_PARAMS_MAX = 3, ROUTE_SEGMENTS_MAX = 10 };

enum route_kind {
	ROUTE_COMMAND,                    /* body → command → answer */
	ROUTE_FILE,                     /* query and a file, taken as it is → command → answer */
	ROUTE_NDJSON,                    /* NDJSON: a command a line */
	ROUTE_QUERY,                     /* path and query → reads, answers merged by member */
	/* pages of a list, and what another service knows of its persons → CSV or XLSX */
	ROUTE_EXPORT,
	ROUTE_EVENTS,                   /* an event stream; its part says where the logs end */
	ROUTE_ACCOUNT,                  /* a command whose password roster hashes first */
	ROUTE_LOGIN, ROUTE_LOGOUT, ROUTE_OWN_PASSWORD, ROUTE_STEP_UP,
	ROUTE_SESSION,                  /* a read of the session that asks */
	ROUTE_UPLOAD, ROUTE_DOWNLOAD,   /* a file as it is, of the types in `media`; … to who may read what names it */
	ROUTE_LIVE, ROUTE_READY, ROUTE_METRICS,
	ROUTE_DOCUMENT,                 /* what openapi.h says of all of them */
	ROUTE_KINDS
};
enum route_flag {
	ROUTE_KEYED = 1,                /* Idempotency-Key is honoured */
	ROUTE_REPEATABLE = 2,           /* the same again changes nothing: may be asked twice without a key */
	ROUTE_PASSWORD_AGAIN = 4,       /* by cookie: only when it was given again a moment ago */
	ROUTE_BODY_OPTIONAL = 8,
	ROUTE_BODY_KEY = 16,            /* member `key` of the body, or of the line, is the idempotency key */
	ROUTE_KEY_REQUIRED = 32,        /* … and must be there */
	ROUTE_MANUAL_CLOCK = 64,        /* there only when the clock is moved by hand */
	ROUTE_OPEN = 128,               /* no token, from the operator's networks */
	ROUTE_ANYWHERE = 256,           /* outside districts: of the caller's own, or of none (partition −1) */
	ROUTE_BY_STATE = 512,           /* a read that a thing's state may refuse: 409 */
	ROUTE_STRANGERS = 1024,         /* no token, from anywhere */
	/* a read whose texts mention people and places: roster says what they are called */
	ROUTE_NAMES = 4096,
	ROUTE_PHONE_WHOLE = 8192,       /* its answer is a phone that was asked for, with a reason */
	ROUTE_PASSWORD = 2048,          /* the body holds one */
};

/* Who may use a route: a bit for each role that an account may have.  The operator may use every one, so his bit stands
 * in every row: a row without it has been forgotten, and its test says so.  Roles that see the whole district are not
 * asked about what; of the others each sees what is its own (WHO_LIMITED), and `about` says where to look for whose a
 * thing is. */
#define ROLE(role) (1u << WIRE__ACCOUNT_ROLE__##role)
enum {
	WHO_OPERATOR = ROLE(ACCOUNT_ROLE_UNSPECIFIED),
	WHO_LIMITED = ROLE(UNIT_HEAD) | ROLE(TOWNSHIP_LEADER) | ROLE(CADRE),
	WHO_ANYBODY = WHO_OPERATOR | ROLE(DISTRICT_ADMIN) | ROLE(INSPECTOR) | ROLE(REVIEWER) | ROLE(FINANCE) |
	              ROLE(AUDITOR) | WHO_LIMITED,
};
enum route_about {
	ABOUT_DISTRICT,                 /* nobody's own: who may use the route sees all of it */
	ABOUT_PERSON, ABOUT_UNIT, ABOUT_VILLAGE, ABOUT_TOWNSHIP,        /* {id} of the path */
	/* what person_id, unit_id, village_id or township_id of the query narrows it to */
	ABOUT_QUERY,
	ABOUT_BODY,                     /* person_id of the body, or of the line */
	ABOUT_ANSWER,                   /* whom the answer names: a measure's subject, a posting's person */
};

struct route_part {
	const char *service;
	const ProtobufCMessageDescriptor *ask, *answer;
};
/* A column of an export: a member of an item of the part's list. */
struct route_column { struct column as; int part; const char *member; };
struct route {
	const char *method, *path;
	enum route_kind kind;
	unsigned flags;
	struct route_part parts[ROUTE_PARTS_MAX];       /* service NULL: no further one */
	/* members a body may not give: those of the path, and others; or NULL */
	const char *hidden;
	/* lists a body must give though they be empty: without one, that it was forgotten would be a change; or NULL */
	const char *must;
	unsigned who;                                   /* roles */
	enum route_about about;                         /* where limited roles' reach is judged */
	const char *line_members;                       /* of an answer, in the answer line; strings and enums */
	const char *media;                              /* types of the body, between blanks; NULL: JSON */
	const struct route_column *columns;             /* of an export; ended by one without a member */
	const char *file;                               /* … and how its file's name begins */
};

/* A name in the path and what stands there.  name is not ended by a NUL. */
struct route_param { const char *name; size_t name_len; char value[ID_MAX + 1]; };
struct route_match {
	const struct route *route;
	struct route_param params[ROUTE_PARAMS_MAX];
	int nparams;
};

/* All rows, numbered in the order in which they are told. */
size_t routes_count(void);
const struct route *route_at(size_t number);
size_t route_number(const struct route *r);

enum route_found { ROUTE_FOUND, ROUTE_NONE, ROUTE_OTHER_METHOD };
/* Decoded segments of a path.  HEAD finds GET.  ROUTE_NONE also when an id or a district is malformed.  *allow says
 * which methods the path has, when it has any ("GET, HEAD, PUT"). */
enum { ROUTE_ALLOW_MAX = 64 };
enum route_found route_find(const char *method, char *const *segments, int n, bool manual_clock, struct route_match *m,
                            char allow[ROUTE_ALLOW_MAX]);
/* The district of a match; "" outside districts. */
const char *route_district(const struct route_match *m);

/* access - who may do what: a caller, a row of the route table, and whose the thing is, weighed.  Pure.
 *
 * An account with several roles may what any of them may.  Roles that are not limited see the whole district.  Of the
 * limited ones a cadre reaches what is his own person's, a unit head the persons and things of his own unit and of
 * those he heads, a township leader those of his townships: villages, and who is posted there today. */
#pragma once
#include "access/identity.h"
#include "roster.pb-c.h"
#include "routes/routes.h"
#include <jansson.h>

enum access { ACCESS_NONE, ACCESS_OWN, ACCESS_ALL };    /* OWN: it depends on whose the thing is */
enum access access_of(const struct identity *who, const struct route *r);

/* Whether only limited roles of the caller's are what lets him use the row. */
bool access_limited(const struct identity *who, const struct route *r);

/* Whose a thing is; "" where it is none's. */
struct subject { char person[ID_MAX + 1], unit[ID_MAX + 1], village[ID_MAX + 1], township[ID_MAX + 1]; };

/* Where a row says to look: in the path or query (text after ?), or in the JSON of a body, a line or an answer. */
struct subject subject_of_target(const struct route_match *m, const char *query, arena_t *a);
struct subject subject_of_json(const json_t *j);

/* Whether the body, or line, of a command names nobody but those within reach; what it does not name is refused as
 * content. */
bool access_of_body(const struct identity *who, const struct route *r, const json_t *body);

enum reach { REACH_NOT, REACH_YES, REACH_ASK };         /* ASK: roster must say whose person or village it is */
/* said: roster's answer; NULL: not asked yet, and it is not asked twice. */
enum reach reach_of(const struct identity *who, const struct route *r, const struct subject *s,
                    const Roster__Reach *said);

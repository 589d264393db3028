/* duty - separation of duties (rules.md §4): nobody records, hears, confirms or reviews a case about themselves, their
 * own unit, or their own decision.  For everyone but the operator.
 *
 * A case is told bit by bit; the first thing that bars whoever acts is kept.  Own is every unit that somebody belonged
 * to or headed since the day of the facts, that day and today included: who moves on takes the case's bar along, and
 * who moves in finds it there.  Pure: duty_batch.h asks it of a batch. */
#pragma once
#include "mirror_rows.pb-c.h"
#include "wire.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum duty_conflict { DUTY_CLEAR, DUTY_NOBODY, DUTY_SELF, DUTY_OWN_UNIT, DUTY_OWN_DECISION };

struct duty {
	const char *account;                    /* who acts */
	const Wire__Actor *actor;               /* NULL: the operator, whom nothing bars */
	const char *const *persons;             /* whose that account is or ever was, beside the actor's */
	size_t npersons;
	enum duty_conflict conflict;
};

/* Ids may be NULL or "": nobody, which bars nobody. */

/* An account that is nobody's decides nothing, unless the operator has put it: he knows who has it. */
void duty_named(struct duty *d);
void duty_about_person(struct duty *d, const char *person_id);
void duty_own_unit(struct duty *d);
/* Somebody noted or decided in the case before: by that account, for that person; persons: whose that account is or
 * ever was. */
void duty_decided_by(struct duty *d, const char *account, const char *person_id, const char *const *persons,
		     size_t npersons);

/* Whether whoever acts may know of a sealed case (C3.2.2): works on such cases, and has no part in this one as its
 * subject.  d has been told whom it is about and nothing else. */
bool duty_knows(const struct duty *d);

/* ---- units by day; rows: a history, earliest first */

struct duty_units { const char **id; size_t n; };       /* nothing twice */

/* How many ids a history can come to at most. */
size_t duty_units_max(const MirrorRows__Person *const *rows, size_t n);
/* Adds each unit that the person belonged to on any day from since_day on.  Room is the caller's. */
void duty_units_since(const MirrorRows__Person *const *rows, size_t n, int32_t since_day, struct duty_units *out);
void duty_units_add(struct duty_units *u, const char *unit_id);
bool duty_units_meet(const struct duty_units *a, const struct duty_units *b);
/* Whether the person headed the unit on any day from since_day on. */
bool duty_headed_since(const MirrorRows__Unit *const *rows, size_t n, int32_t since_day, const char *person_id);

/* What whoever is barred is told, and under which code. */
const char *duty_sentence(enum duty_conflict c);
const char *duty_code(enum duty_conflict c);

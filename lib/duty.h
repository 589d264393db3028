/* duty - separation of duties (rules.md §4): nobody records, hears, confirms or reviews a case about themselves, their own unit,
 * or their own decision.  For everyone but the operator.
 *
 * A case is told bit by bit; the first thing that bars whoever acts is kept.  Pure: duty_batch.h asks it of a batch. */
#pragma once
#include "wire.pb-c.h"
#include <stdbool.h>

enum duty_conflict { DUTY_CLEAR, DUTY_SELF, DUTY_OWN_UNIT, DUTY_OWN_DECISION };

struct duty {
	const char *account;            /* who acts */
	const Wire__Actor *actor;       /* NULL: the operator, whom nothing bars */
	enum duty_conflict conflict;
};

/* Ids may be NULL or "": nobody, which bars nobody. */
void duty_about_person(struct duty *d, const char *person_id);
/* Own is the unit somebody belongs to, and each one he heads. */
void duty_about_unit(struct duty *d, const char *unit_id);
/* Somebody noted or decided in the case before: by that account, or by another account of the same person. */
void duty_decided_by(struct duty *d, const char *account, const char *person_id);

/* Whether whoever acts may know of a sealed case (C3.2.2): works on such cases, and has no part in this one as its subject.  d has been
 * told whom it is about and nothing else. */
bool duty_knows(const struct duty *d);

/* What whoever is barred is told. */
const char *duty_sentence(enum duty_conflict c);

/* mirror - what a service remembers of roster, kept by one code for all of them.
 *
 * A service lists the tables it wants and the handlers of the events that fill them, one by one or as nouns; its schema
 * includes the same tables (deploy runs schema/mirror_<table>.sql, and what has been added to it in
 * mirror_<table>_NNN.sql, for each that schema/mirrors names).  Derived: from roster's events alone. */
#pragma once
#include "mirror_rows.pb-c.h"
#include "roster.pb-c.h"
#include "domain/policies.h"
#include "engine/service.h"

extern const struct table mirror_township;      /* key district, township_id, from_day */
extern const struct table mirror_unit;          /* key district, unit_id, from_day */
extern const struct table mirror_village;       /* key district, village_id, from_day */
extern const struct table mirror_person;        /* key district, person_id, from_day */
extern const struct table mirror_posting;       /* key district, person_id, posting_id */
extern const struct table mirror_account;       /* key district, account_id */

/* Each as a noun: the table and the handler of the event that fills it. */
extern const struct noun mirrored_township, mirrored_unit, mirrored_village, mirrored_person, mirrored_posting,
	mirrored_account;

/* want and run of the handlers; a service that must also act on an event lists the table, and calls mirror_run_… from
 * its own. */
void mirror_want_township(struct batch *b, const void *m); void mirror_run_township(struct batch *b, const void *m);
void mirror_want_unit(struct batch *b, const void *m);     void mirror_run_unit(struct batch *b, const void *m);
void mirror_want_village(struct batch *b, const void *m);  void mirror_run_village(struct batch *b, const void *m);
void mirror_want_person(struct batch *b, const void *m);   void mirror_run_person(struct batch *b, const void *m);
void mirror_want_posting(struct batch *b, const void *m);  void mirror_run_posting(struct batch *b, const void *m);
void mirror_want_account(struct batch *b, const void *m);  void mirror_run_account(struct batch *b, const void *m);
#define MIRROR(noun, Message)                                                                                          \
	{                                                                                                              \
		.message = &roster__##Message##__descriptor, .want = mirror_want_##noun, .run = mirror_run_##noun      \
	}
/* e.g. MIRROR(person, person_put) */

/* Questions about what is mirrored; the rows must have been wanted. */
void mirror_want_person_id(struct batch *b,
			   const char *person_id); /* history and postings, of the tables the service has */
void mirror_want_person_history(struct batch *b, const char *person_id);        /* without the postings */
void mirror_want_account_id(struct batch *b, const char *account_id);
/* His history, and in the next round that of each unit in it, for services that have both. */
void mirror_want_units_of_person(struct batch *b, const char *person_id);
void mirror_want_township_id(struct batch *b, const char *township_id);         /* history */
void mirror_want_unit_id(struct batch *b, const char *unit_id);
void mirror_want_village_id(struct batch *b, const char *village_id);
const MirrorRows__Person *mirror_person_on(struct batch *b, const char *person_id, int32_t day); /* NULL: unknown */
const MirrorRows__Township *mirror_township_on(struct batch *b, const char *township_id, int32_t day);
const MirrorRows__Unit *mirror_unit_on(struct batch *b, const char *unit_id, int32_t day);
const MirrorRows__Village *mirror_village_on(struct batch *b, const char *village_id, int32_t day);
const MirrorRows__Account *mirror_account_at(struct batch *b,
					     const char *account_id); /* NULL: nothing is known of whose it was */
/* All its rows, earliest from_day first. */
size_t mirror_persons(struct batch *b, const char *person_id, const MirrorRows__Person *const **rows);
size_t mirror_units(struct batch *b, const char *unit_id, const MirrorRows__Unit *const **rows);
size_t mirror_villages(struct batch *b, const char *village_id, const MirrorRows__Village *const **rows);
size_t mirror_postings(struct batch *b, const char *person_id, const MirrorRows__Posting *const **rows);
bool mirror_posted_on(struct batch *b, const char *person_id,
		      int32_t day); /* whether any of a person's postings covers the day */
bool mirror_posting_covers(const MirrorRows__Posting *p, int32_t day);        /* from ≤ day < to */

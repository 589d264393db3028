/* roster - what the files of this service share.  roster.c says what the service is. */
#pragma once
#include "domain/mirror.h"
#include "engine/reader.h"
#include "put.h"
#include "roster.pb-c.h"
#include "base/phone.h"
#include "roster_policy.h"
#include "roster_rows.pb-c.h"
#include "engine/service.h"

enum {
	AREAS_MAX = 64,
	POSTINGS_OF_ONE_MAX = 200,              /* of a person; of first secretaries, of a village */
	OF_ONE_DAY_MAX = 32,                    /* units of a person, heads of a unit, before the last of the day */
	FENCE_RADIUS_MAX_M = 100000,
	VERSION_BYTES_MAX = 64,
	POLICY_BYTES_MAX = 128 << 10,           /* a document; the one we ship has some 20 KiB */
	POLICIES_BYTES_MAX = 2 << 20,           /* all of a district: every service keeps them parsed, at about three times that */
};

extern const struct noun roster_account, roster_password, roster_login, roster_session, roster_tries, roster_reach;
extern const struct owners roster_account_owners;

extern const struct table roster_table_district;                /* key district */
extern const struct table roster_table_area;                    /* key district, area_id */
extern const struct table roster_table_identity;                /* key district, person_id */
extern const struct table roster_table_name_given;              /* key district, kind, thing_id, since_seq; append-only */
extern const struct table roster_table_posting;                 /* key district, posting_id */
extern const struct table roster_table_person_posting;          /* key district, person_id, posting_id */
extern const struct table roster_table_first_secretary;         /* key district, village_id, posting_id */
extern const struct table roster_table_confirmed_finding;       /* key district, person_id, finding_id */
extern const struct table roster_table_noted_finding;           /* key district, person_id, finding_id */
extern const struct table roster_table_checkin_month;           /* key district, person_id, village_id, month_day */
extern const struct table roster_table_voided_posting;          /* key district, posting_id, voided_us */
extern const struct table roster_table_vacancy;                 /* key district, vacancy_id */
extern const struct table roster_table_recall_ended;            /* key district, person_id, recall_id, posting_id */
extern const struct table roster_table_head_awaited;            /* key district, unit_id, recall_id */
extern const struct table roster_table_closed_village;          /* key district, village_id */
extern const struct table roster_table_task;                    /* key district, task_id */

/* ---- district.c */
bool roster_district_valid(struct batch *b, const void *m);
void roster_district_want(struct batch *b, const void *m);
void roster_district_put(struct batch *b, const void *m);
void roster_on_district_want(struct batch *b, const void *m);
void roster_on_district(struct batch *b, const void *m);
void roster_policy_want(struct batch *b, const void *m);
void roster_policy_publish(struct batch *b, const void *m);

/* What is put by its id: `check` notes what is wrong with an order, `make` says what it changes once nothing is (nothing,
 * when it is what stands).  The handler of a PUT, and every row of an import, is these two. */

/* ---- place.c */
void roster_township_want(struct batch *b, const void *m);
void roster_township_put(struct batch *b, const void *m);
void roster_unit_want(struct batch *b, const void *m);
void roster_unit_check(struct batch *b, const void *m, struct faults *fs);
void roster_unit_make(struct batch *b, const void *m);
void roster_unit_put(struct batch *b, const void *m);
void roster_village_want(struct batch *b, const void *m);
void roster_village_check(struct batch *b, const void *m, struct faults *fs);
void roster_village_make(struct batch *b, const void *m);
void roster_village_put(struct batch *b, const void *m);
void roster_on_village_want(struct batch *b, const void *m);
void roster_on_village(struct batch *b, const void *m);
void roster_closed_want(struct batch *b, const char *village_id);
bool roster_village_closes(struct batch *b, const Posting *put);        /* before the posting ends */

/* ---- person.c */
void roster_person_want(struct batch *b, const void *m);
void roster_person_check(struct batch *b, const void *m, struct faults *fs);
void roster_named(struct batch *b, const char *kind, const char *id, const char *name);       /* before the event that tells of it */
void roster_person_make(struct batch *b, const void *m);
void roster_person_put(struct batch *b, const void *m);

/* ---- posting.c */
void roster_posting_want(struct batch *b, const void *m);
void roster_posting_check(struct batch *b, const void *m, struct faults *fs);
void roster_posting_make(struct batch *b, const void *m);
void roster_posting_put(struct batch *b, const void *m);
void roster_on_posting_want(struct batch *b, const void *m);
void roster_on_posting(struct batch *b, const void *m);
void roster_on_confirmed_want(struct batch *b, const void *m);
void roster_on_confirmed(struct batch *b, const void *m);
void roster_on_annulled_want(struct batch *b, const void *m);
void roster_on_annulled(struct batch *b, const void *m);
Roster__Posting roster_posting_message(const Posting *p, int32_t term);
/* A posting with all that is looked at beside it; what has days in common with `put` (NULL: nothing); and its event. */
void roster_want_posting(struct batch *b, const char *posting_id);
void roster_want_bars(struct batch *b, const char *person_id);          /* a person's recalls, and who may know of his cases */
void roster_want_posting_row(struct batch *b, const char *posting_id);  /* it alone */
void roster_want_postings_of(struct batch *b, const char *person_id);
void roster_want_village(struct batch *b, const char *village_id);     /* its first secretaries, and whether it closes */
const Posting *roster_posting(struct batch *b, const char *posting_id);
/* Of a person, by id; while things are wanted some may be NULL: not there yet. */
size_t roster_postings_of(struct batch *b, const char *person_id, const Posting *const **held);
const Posting *roster_posting_beside(struct batch *b, const Posting *put);
void roster_posting_say(struct batch *b, const Posting *p);

/* As a read of it says it now, with its term; that, of the id of a PUT, or NULL; the first confirmed finding that stands on it. */
Roster__Posting roster_posting_now(struct batch *b, const Posting *p);
const ProtobufCMessage *roster_posting_stands(struct batch *b, const void *m);
/* Whether who orders may know of a finding: of a sealed case not everybody may (C3.2.2). */
bool roster_may_know(struct batch *b, bool sealed, const char *person_id, int32_t day);
const char *roster_confirmed_on(struct batch *b, const Posting *p, const Posting *const *held, size_t n);

/* ---- void.c */
void roster_void_want(struct batch *b, const void *m);
bool roster_void_exists(struct batch *b, const void *m);
void roster_void(struct batch *b, const void *m);
void roster_on_noted_want(struct batch *b, const void *m);
void roster_on_noted(struct batch *b, const void *m);
void roster_on_dismissed_want(struct batch *b, const void *m);
void roster_on_dismissed(struct batch *b, const void *m);
void roster_on_checkin_want(struct batch *b, const void *m);
void roster_on_checkin(struct batch *b, const void *m);
void roster_noted_want(struct batch *b, const char *person_id, const char *finding_id);
void roster_noted_no_more(struct batch *b, const char *person_id, const char *finding_id);

/* ---- vacancy.c */
/* A recall's, by its id; NULL: none has been opened. */
void roster_vacancy_want(struct batch *b, const char *recall_id);
const RosterRows__Vacancy *roster_vacancy(struct batch *b, const char *recall_id);
void roster_vacancy_close(struct batch *b, const RosterRows__Vacancy *v, Roster__VacancyState state, const char *filled_by, bool by_head);
/* A recall's task of a kind: opened unless it is open; one that waits for a unit's head (unit_id) closes itself when that is settled. */
struct task_of { Roster__TaskKind kind; const char *recall_id, *person_id, *posting_id, *village_id, *unit_id; int32_t first_day; };
void roster_task_want_of(struct batch *b, const char *recall_id, Roster__TaskKind kind);
void roster_task_open(struct batch *b, const struct task_of *t);
void roster_task_settled(struct batch *b, const char *recall_id, Roster__TaskKind kind);
void roster_on_vacancy_opened(struct batch *b, const void *m);
void roster_on_vacancy_closed(struct batch *b, const void *m);
void roster_on_task_opened(struct batch *b, const void *m);
void roster_on_task_closed(struct batch *b, const void *m);
void roster_task_want(struct batch *b, const void *m);
bool roster_task_exists(struct batch *b, const void *m);
bool roster_task_may(struct batch *b, const void *m);
void roster_task_close(struct batch *b, const void *m);
void roster_list_vacancies(struct reader *r, const void *m);
void roster_list_tasks(struct reader *r, const void *m);

/* ---- recall.c */
void roster_on_recall_want(struct batch *b, const void *m);
void roster_on_recall(struct batch *b, const void *m);
void roster_on_measures_want(struct batch *b, const void *m);
void roster_on_measures(struct batch *b, const void *m);
/* What recalls hold of a person's postings: whether one may be put; whether a recall has ended this one. */
void roster_recall_want(struct batch *b, const char *person_id);
void roster_recall_check(struct batch *b, const Posting *now, const Posting *put, struct faults *fs);
bool roster_recall_ends(struct batch *b, const Posting *p);
/* For the facts of vacancies and tasks: what an order has ended is held, or no more; a head is awaited, or no more. */
void roster_recall_keep(struct batch *b, const Roster__VacancyOpened *e);
void roster_recall_forget(struct batch *b, const char *person_id, const char *recall_id);
void roster_head_await(struct batch *b, const char *unit_id, const char *recall_id);
void roster_head_await_no_more(struct batch *b, const char *unit_id, const char *recall_id);
/* A unit has a head now: the posts that waited for one are his. */
void roster_head_put_want(struct batch *b, const char *unit_id, const char *head_id);
void roster_head_put(struct batch *b, const char *unit_id, const char *head_id);

/* ---- import.c */
void roster_import_want(struct batch *b, const void *m);
void roster_import(struct batch *b, const void *m);

/* ---- reads.c */
/* A page of rows, one more than `limit` when there is a next: list messages begin with `items` and `next`, items with their id. */
RosterRows__Page roster_page_args(struct reader *r, struct page p);
void roster_answer_list(struct reader *r, const ProtobufCMessageDescriptor *d, void **rows, size_t n, int32_t limit);
void roster_read_district(struct reader *r, const void *m);
void roster_read_township(struct reader *r, const void *m);
void roster_read_unit(struct reader *r, const void *m);
void roster_read_village(struct reader *r, const void *m);
void roster_read_person(struct reader *r, const void *m);
void roster_read_posting(struct reader *r, const void *m);
void roster_list_townships(struct reader *r, const void *m);
void roster_list_units(struct reader *r, const void *m);
void roster_list_villages(struct reader *r, const void *m);
void roster_list_persons(struct reader *r, const void *m);
void roster_list_postings(struct reader *r, const void *m);
void roster_read_policy(struct reader *r, const void *m);
void roster_read_contacts(struct reader *r, const void *m);
void roster_read_names(struct reader *r, const void *m);

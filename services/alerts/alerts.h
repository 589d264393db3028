/* alerts - what the files of this service share.  alerts.c says what the service is. */
#pragma once
#include "alerts_rows.pb-c.h"
#include "domain/mirror.h"
#include "engine/reader.h"
#include "engine/service.h"

extern const struct table alerts_table_alert;           /* key district, root, person_id */
extern const struct table alerts_table_held;            /* key district, person_id, due_us, root; append-only */
extern const struct table alerts_table_told;            /* key district, about, person_id, root; append-only */
extern const struct table alerts_table_contact_leader;  /* key district, village_id, posting_id */
extern const struct table alerts_table_department;      /* key district, account_id */

enum { ALERTS_OF_ROSTER };                              /* place of roster among the producers */
#define ALERTS_SEND "send"                              /* kind of the timer that sends a message */

/* ---- in_charge.c: who answers for a person or a unit today */
void alerts_want_in_charge(struct batch *b, const char *person_id, int32_t on_day);
void alerts_want_unit(struct batch *b, const char *unit_id);
/* The person, the head of the unit that they were of on that day, the contact leaders of the villages they were posted in on
 * that day: heads and leaders as of today, only those who are known. */
size_t alerts_in_charge(struct batch *b, const char *person_id, int32_t on_day, const char ***ids);
const char *alerts_head_of(struct batch *b, const char *unit_id);                          /* NULL: not known */
const char *alerts_head_over(struct batch *b, const char *person_id, int32_t on_day);
void alerts_want_department(struct batch *b);
size_t alerts_department(struct batch *b, const char ***ids);                              /* persons, nobody twice */
/* … those of them who may hear of a sealed case: who have no part in it.  NULL or "": nobody, none.  first_day: of its earliest fact. */
struct alerts_matter { const char *person_id, *unit_id; int32_t first_day; };
void alerts_want_apart(struct batch *b, const char *person_id, const char *unit_id);
bool alerts_apart(struct batch *b, const char *person_id, const struct alerts_matter *m);
size_t alerts_apart_of(struct batch *b, const struct alerts_matter *m, const char ***ids);
/* want and run of roster's facts */
void alerts_want_account_put(struct batch *b, const void *m);   void alerts_on_account_put(struct batch *b, const void *m);
void alerts_want_person_put(struct batch *b, const void *m);    void alerts_on_person_put(struct batch *b, const void *m);
void alerts_want_posting_put(struct batch *b, const void *m);   void alerts_on_posting_put(struct batch *b, const void *m);

/* ---- news.c: what is told of the other services' events */

/* The event that began it all: whatever follows from it is one input's (§5). */
const char *alerts_root(const struct batch *b);
/* What is to be said to whom; the same for all recipients but the words. */
struct alerts_news {
	const char *cause, *finding_id;         /* finding_id: "" for none */
	Alerts__Template template;
	bool correction, sealed, urgent;        /* urgent: whatever its template */
	Alerts__CaseSubject about;              /* of a sealed case */
	char **measures, **said; size_t nmeasures;      /* said: what it says of each, to be compared; NULL: nothing of them alone */
	char **fallen; size_t nfallen;          /* of the measures */
};
struct wording;
/* Queues a message unless its recipient has got one of this input; the message, or NULL. */
const AlertsRows__Alert *alerts_queue(struct batch *b, const char *person_id, const struct alerts_news *news, const struct wording *words);
void alerts_want_measures(struct batch *b, const void *m);      void alerts_on_measures(struct batch *b, const void *m);
void alerts_want_confirmed(struct batch *b, const void *m);     void alerts_on_confirmed(struct batch *b, const void *m);
void alerts_want_annulled(struct batch *b, const void *m);      void alerts_on_annulled(struct batch *b, const void *m);
void alerts_want_hearing(struct batch *b, const void *m);       void alerts_on_hearing(struct batch *b, const void *m);

/* ---- recall_news.c: what is told of recalls beside their measures, and of tasks */
void alerts_want_recall(struct batch *b, const void *m);        void alerts_on_recall(struct batch *b, const void *m);
void alerts_want_task(struct batch *b, const void *m);          void alerts_on_task(struct batch *b, const void *m);
void alerts_want_overdue(struct batch *b, const void *m);       void alerts_on_overdue(struct batch *b, const void *m);

/* ---- account_news.c: what is told of an account that somebody else has changed */
void alerts_want_account(struct batch *b, const void *m);       void alerts_on_account(struct batch *b, const void *m);

/* ---- message.c: a message from queued to sent or failed */
void alerts_want_message(struct batch *b, const char *root, const char *person_id);
const AlertsRows__Alert *alerts_message(struct batch *b, const char *root, const char *person_id);
/* Says that a message has failed, and that it will not be sent. */
void alerts_fail(struct batch *b, const AlertsRows__Alert *a, const char *reason);
void alerts_want_queued(struct batch *b, const void *m);        void alerts_on_queued(struct batch *b, const void *m);
void alerts_want_sent(struct batch *b, const void *m);          void alerts_on_sent(struct batch *b, const void *m);
void alerts_want_failed(struct batch *b, const void *m);        void alerts_on_failed(struct batch *b, const void *m);
void alerts_want_due(struct batch *b, const char *subject);     void alerts_on_due(struct batch *b, const char *subject);
void alerts_want_prompt(struct batch *b, const void *m);        void alerts_on_prompt(struct batch *b, const void *m);

/* ---- reads.c */
void alerts_list(struct reader *r, const void *m);
void alerts_read_measure_messages(struct reader *r, const void *m);

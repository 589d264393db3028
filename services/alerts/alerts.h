/* alerts - what the nouns share.  alerts.c says what the service is. */
#pragma once
#include "alerts.pb-c.h"
#include "alerts_policy.h"
#include "alerts_rows.pb-c.h"
#include "engine/service.h"
#include "roster.pb-c.h"

/* Whom it consumes: AFTER(ROSTER). */
enum { ROSTER, ATTENDANCE, SUPERVISION, ACCOUNTABILITY, INCENTIVES, FUNDING, ALERTS };

extern const struct noun alerts_alert, alerts_contact_leader, alerts_department, alerts_measure, alerts_news;

/* ---- contact_leader.c: who answers for a person or a unit */
void alerts_want_in_charge(struct batch *b, const char *person_id, int32_t on_day);
/* The person, the head of the unit that they were of on that day, the contact leaders of the villages they were
 * posted in on that day: heads and leaders as of today, only those who are known. */
struct alerts_ids alerts_in_charge(struct batch *b, char *person_id, int32_t on_day);
char *alerts_head_of(struct batch *b, const char *unit_id);             /* NULL: not known */
char *alerts_head_over(struct batch *b, const char *person_id, int32_t on_day);

/* ---- department.c: the organisation department */
void alerts_want_department(struct batch *b);
struct alerts_ids alerts_in_department(struct batch *b);                /* persons, nobody twice */
/* A sealed case, from its earliest fact on; NULL: nobody, none. */
Alerts__CaseSubject alerts_case_subject(const char *person_id, const char *unit_id, int32_t first_day);
/* … those of them who may hear of it: who have no part in it. */
void alerts_want_apart(struct batch *b, const char *person_id, const char *unit_id);
bool alerts_is_apart(struct batch *b, const char *person_id, const Alerts__CaseSubject *s);
struct alerts_ids alerts_apart(struct batch *b, const Alerts__CaseSubject *s);

/* ---- alert.c: a message from queued to sent or failed */
/* Whom this input has given a message: one input gives one message to a recipient. */
void alerts_want_given(struct batch *b);
/* Queues a message, which says all but its id, its root and when it is due; NULL: its recipient has got one of this
 * input. */
const AlertsRows__Alert *alerts_queue(struct batch *b, Alerts__AlertQueued *e);
void alerts_seal(Alerts__AlertQueued *e, Alerts__CaseSubject *s);       /* it is of this sealed case */
/* Of a plan: what was held and is not to be sent any more; and a message, which is only recorded when it corrects no
 * other than that. */
void alerts_drop_overtaken(struct batch *b, const struct alerts_plan *plan);
void alerts_queue_planned(struct batch *b, const struct alerts_message *m, Alerts__AlertQueued *e);
/* Messages about a measure or a finding; they are there to be listed in the second round. */
void alerts_want_told(struct batch *b, const char *about);
struct alerts_told_list { struct alerts_told *at; size_t n; };
void alerts_told_add(struct batch *b, const char *about, struct alerts_told_list *l);
const Policy__Alerts *alerts_rules(struct batch *b);                    /* in force today; NULL: none */

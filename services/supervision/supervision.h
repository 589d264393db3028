/* supervision - what the files of this service share.  supervision.c says what the service is. */
#pragma once
#include "domain/mirror.h"
#include "engine/reader.h"
#include "engine/service.h"
#include "supervision.pb-c.h"
#include "supervision_rows.pb-c.h"

enum {
	NOTE_BYTES_MAX = 4000, REASON_BYTES_MAX = 2000, BULLETIN_BYTES_MAX = 128,
	EVIDENCE_MAX = 64, EVIDENCE_NAME_BYTES_MAX = 256,
};

extern const struct table supervision_table_finding;            /* key district, finding_id */
extern const struct table supervision_table_finding_move;       /* key district, finding_id, seq */
extern const struct table supervision_table_note;               /* key district, finding_id */
extern const struct table supervision_table_decision;           /* key district, finding_id, seq */

/* ---- finding.c */
#define SUPERVISION_HEARING "hearing"                           /* kind of timer; subject: the finding's id */

/* The row of a finding, and its state, which is that of its last move; both must have been wanted. */
const SupervisionRows__Finding *supervision_finding(struct batch *b, const char *finding_id);
Supervision__FindingState supervision_state(struct batch *b, const char *finding_id);
const SupervisionRows__FindingMove *supervision_last_move(struct batch *b, const char *finding_id);     /* NULL: still noted */
void supervision_want_finding(struct batch *b, const char *finding_id);
Supervision__FindingFact supervision_fact(const SupervisionRows__Finding *f);
/* Whom a finding is about: the subject of its events. */
const char *supervision_subject(const SupervisionRows__Finding *f);

void supervision_on_noted(struct batch *b, const void *m);
void supervision_on_confirmed(struct batch *b, const void *m);
void supervision_on_dismissed(struct batch *b, const void *m);
void supervision_on_annulled(struct batch *b, const void *m);
void supervision_hearing_want(struct batch *b, const char *finding_id);
void supervision_hearing_missed(struct batch *b, const char *finding_id);

/* ---- orders.c */
void supervision_note_want(struct batch *b, const void *m);
bool supervision_note_may(struct batch *b, const void *m);
void supervision_note(struct batch *b, const void *m);
bool supervision_finding_exists(struct batch *b, const void *m);        /* the order's first field names one */
void supervision_move_want(struct batch *b, const void *m);
bool supervision_move_may(struct batch *b, const void *m);
bool supervision_annul_may(struct batch *b, const void *m);
void supervision_confirm(struct batch *b, const void *m);
void supervision_dismiss(struct batch *b, const void *m);
void supervision_annul(struct batch *b, const void *m);

/* ---- reads.c */
void supervision_read_finding(struct reader *r, const void *m);
void supervision_list_findings(struct reader *r, const void *m);

/* crowd - many people, each with a history and a way of telling it, living it together through the API.
 *
 *   in:   a suite, a seed, a number of histories
 *   out:  calls; what they answered, as far as it is needed to ask on
 *   owns: its people
 *
 * Each history is given to several people of its district, one for each telling.  Lines of all of them are mixed and cut
 * into batches of many sizes.  Those whose telling is STORMY are sent apart from the others, while services die. */
#pragma once
#include "history.h"
#include "suite.h"

enum { DISTRICTS = 3, ID_TEXT_MAX = 40, FOUND_ID_MAX = 24 };
/* "511801": automatic all the time.  "511802": several policies, published before anything happens; "511803": the same,
 * published long after. */
extern const char *const crowd_districts[DISTRICTS];
enum { POLICIES = 4 };
struct published { const char *version, *effective_from, *patch; };
extern const struct published crowd_policies[POLICIES];

struct person {
	char id[ID_TEXT_MAX];
	int district;
	enum telling telling;
	size_t history;                                 /* its number; the seed is in h */
	struct history h;
	char found_id[FOUND_MAX][FOUND_ID_MAX];         /* as answered; "" not yet */
	char visit_id[VISITS_MAX][FOUND_ID_MAX];
};
struct crowd {
	suite_t *suite;
	struct random random;
	struct person *people; size_t n;
	int complaints;                                 /* answers that must not be; each is printed */
	size_t lines, moves, crashes;                   /* what was sent and done */
};

void crowd_open(struct crowd *c, suite_t *s, uint64_t seed, size_t histories);
/* Everything of a phase, acknowledged; false: something was not, and a line says what. */
void crowd_live(struct crowd *c, int phase);
bool crowd_settle(struct crowd *c);
void crowd_clock(struct crowd *c, const char *instant);
void crowd_close(struct crowd *c);

/* ---- between the files of the crowd */
bool crowd_in_storm(const struct person *p, bool stormy);       /* is the person's turn */
void crowd_complain(struct crowd *c, const struct person *p, const char *what, const char *got);
bool crowd_unanswered(int status);                              /* 503, 504, nothing: the same again, as api.md says */
/* Some service dies before or soon.  owners: also those that are being asked, which costs waiting. */
void crowd_threaten(struct crowd *c, bool owners);
void crowd_calm(struct crowd *c);
void crowd_send_lines(struct crowd *c, int phase, bool stormy); /* crowd_lines.c */

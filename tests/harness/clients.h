/* clients - many people, each with a history and a way of telling it, living it together through the API.
 *
 *   in:   a harness, a seed, a number of histories
 *   out:  calls; what they answered, as far as it is needed to ask on
 *   owns: its people
 *
 * Each history is given to several people of its district, one for each telling.  Lines of all of them are mixed and
 * cut into batches of many sizes.  Those whose telling is STORMY are sent apart from the others, while services die. */
#pragma once
#include "history.h"
#include "harness.h"

enum { DISTRICTS = 3, ID_TEXT_MAX = 40, FOUND_ID_MAX = 24 };
/* "511801": automatic all the time.  "511802": several policies, published before anything happens; "511803": the same,
 * published long after. */
extern const char *const clients_districts[DISTRICTS];
enum { POLICIES = 4 };
struct published { const char *version, *effective_from, *patch; };
extern const struct published clients_policies[POLICIES];

struct person {
	char id[ID_TEXT_MAX];
	int district;
	enum telling telling;
	size_t history;                                 /* its number; the seed is in h */
	struct history h;
	char found_id[FOUND_MAX][FOUND_ID_MAX];         /* as answered; "" not yet */
	char visit_id[VISITS_MAX][FOUND_ID_MAX];
};
struct clients {
	harness_t *harness;
	struct random random;
	struct person *people; size_t n;
	int complaints;                                 /* answers that must not be; each is printed */
	size_t lines, moves, crashes;                   /* what was sent and done */
};

void clients_open(struct clients *c, harness_t *s, uint64_t seed, size_t histories);
/* Everything of a phase, acknowledged; false: something was not, and a line says what. */
void clients_live(struct clients *c, int phase);
bool clients_settle(struct clients *c);
void clients_clock(struct clients *c, const char *instant);
void clients_close(struct clients *c);

/* ---- between the files of the clients */
bool clients_in_storm(const struct person *p, bool stormy);       /* is the person's turn */
void clients_complain(struct clients *c, const struct person *p, const char *what, const char *got);
bool clients_unanswered(int status); /* 503, 504, nothing: the same again, as api.md says */
/* Some service dies before or soon.  owners: also those that are being asked, which costs waiting. */
void clients_threaten(struct clients *c, bool owners);
void clients_calm(struct clients *c);
void clients_send_lines(struct clients *c, int phase, bool stormy); /* clients_lines.c */

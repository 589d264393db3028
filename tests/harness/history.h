/* history - what may happen to one person, drawn at random, and the same told in other ways (rules.md §10).
 *
 * Pure: a history is a function of its seed.  All histories share the phases: days on which the hand-set clock stands
 * while facts come in, so that histories of many people can be sent together. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct random { uint64_t state; };
uint64_t random_next(struct random *r);                 /* splitmix64 (Steele, Lea, Flood 2014) */
uint32_t random_below(struct random *r, uint32_t n);    /* 0 … n − 1 */

enum { PHASES = 6, NEVER = PHASES, VISITS_MAX = 16, FOUND_MAX = 16 };
extern const char *const phase_days[PHASES];
int32_t phase_day(int phase);

enum fix { FIX_INSIDE, FIX_OUTSIDE, FIX_UNSURE, FIX_NONE };
/* A check-in: captured on a day, sent in a phase. */
struct visit { int phase; int32_t day; int minute; enum fix fix; int times; };

enum fate { STAYS_NOTED, DISMISSED, CONFIRMED };
/* What an inspection found.  in_one: noted and confirmed by one line.  Phases that do not come are NEVER. */
struct found {
	int number;             /* the same thing found has the same number in every telling */
	const char *kind, *source;
	const char *bulletin;   /* of a written criticism; else NULL */
	bool major;
	int32_t day;
	int noted, decided, annulled;
	enum fate fate;
	bool in_one;
	int times;              /* how often each of its lines and moves is sent */
};

struct history {
	uint64_t seed;
	int village;
	const char *term_to;    /* NULL: the posting has no term … */
	int term_told;          /* … and the phase in which this is told; −1: from the start */
	struct visit visits[VISITS_MAX]; size_t nvisits;
	struct found found[FOUND_MAX]; size_t nfound;
};

enum telling {
	PLAIN, SHUFFLED,     /* another order, also of confirming in one line or by a move, and of the posting's term */
	REPEATED,               /* everything several times, at once and long after */
	UNDONE,                 /* and more findings, annulled or dismissed later, or never decided */
	ONE_MORE,               /* and one more confirmed absence */
	STORMY,                 /* PLAIN, while services die */
	LATE_RULES,             /* PLAIN, where the policies are published long after */
	TELLINGS
};
extern const char *const telling_names[TELLINGS];

void history_draw(uint64_t seed, struct history *out);
void history_tell(const struct history *plain, enum telling t, struct history *out);
void history_print(const struct history *h, FILE *out);

bool found_stands(const struct found *f);               /* confirmed and not annulled */
bool found_counts(const struct found *f);               /* an absence that stands */

/* steady - what time it is, and whether this machine's clock can be believed.
 *
 * A command's instant stays for ever, and no partition ever decides at an earlier one: a command dated by a clock that
 * has leapt would pin its partition there.  So a process knows what its clock should say, and decides nothing while it
 * says otherwise:
 *
 *   itself      the last instant that was believed, and the time since by the clock that nobody sets (clock_boot_us).
 *               What was believed follows the real clock by at most a thousandth of that time, so steps do not add up
 *   database    its clock, as of each look (lib/engine/ownership.c)
 *   peers       the clocks of the other replicas that live, of whatever service: the middle one.  Of the two who differ
 *               it is who is farther from the database's
 *   start       the instants that its service has decided at: the last is no more than 400 days ago, none is still to
 *               come; only until it is believed for the first time
 *
 * Either way more than a minute off is not believed.  When the clock is right again it is, by itself; what cannot right
 * itself (a step that was right) the operator accepts: zhucunctl clock.  A decision without I/O: whoever calls reads
 * the clocks.
 *
 * The process's readers have no look of their own; they go by what the writer last believed (struct steady_word). */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define STEADY_TOLERANCE_US INT64_C(60000000)
#define STEADY_START_DAYS 400
#define STEADY_START_US (STEADY_START_DAYS * INT64_C(86400000000))

enum steady_doubt {
	STEADY_SURE,
	STEADY_UNHEARD,                 /* the database has not been asked yet */
	STEADY_STEPPED,                 /* it is not where it was, and the time since */
	STEADY_DATABASE, STEADY_PEERS,  /* it is not theirs */
	STEADY_START,                   /* a start, more than STEADY_START_US after the last instant */
	STEADY_BEHIND,                  /* the same, before the last instant */
	STEADY_SENDER,                  /* of a message: its sender's clock is not ours */
	STEADY_DOUBTS
};

/* What a refusal says, and /readyz; and `--health`. */
extern const struct steady_text { const char *code, *detail, *health; } steady_texts[STEADY_DOUBTS];
enum { STEADY_AGAIN_S = 5 };            /* Retry-After of a refusal */

struct steady {
	bool heard, sure;               /* sure: it has been believed before */
	int64_t offset_us, crept_us;    /* real - boot as believed; up to which boot it has followed */
	int64_t database_lo_us, database_hi_us; /* the database's - boot lies between them */
	int64_t peers, peers_off_us;    /* how many others, and what the middle one is ahead of the database's */
	int64_t accepted;               /* the operator's last word */
	enum steady_doubt start;        /* what stands against a start */
	int64_t start_off_us;           /* and by how much */
	enum steady_doubt doubt;        /* as judged last */
	int64_t off_us;                 /* how far ahead it is of what it is not */
};

/* Of one look at the database. */
struct steady_heard {
	int64_t asked_boot_us, boot_us; /* when it was asked, and when it had answered */
	int64_t database_us, peers, peers_off_us, accepted;
	enum steady_doubt start; /* of all partitions together: steady_start(), and how far the clock is ahead of the
				    last instant */
	int64_t start_off_us;
};

/* Judges the real clock.  What is not believed leaves the rest as it was. */
enum steady_doubt steady_judge(struct steady *s, int64_t real_us, int64_t boot_us);
/* Takes in what a look has told; judged by the next steady_judge(). */
void steady_hear(struct steady *s, const struct steady_heard *h, int64_t real_us);
/* A partition that last decided at `last_us` (0: never): may a clock that is believed go on there?  trusted_us: up to
 * where the operator has said that it may. */
enum steady_doubt steady_after(int64_t last_us, int64_t trusted_us, int64_t real_us);
/* What stands against a start, of what was said so far and of one more partition. */
struct steady_start { int64_t newest_us; bool behind; };        /* newest: the last instant of all */
void steady_start_add(struct steady_start *s, int64_t last_us, int64_t trusted_us, int64_t real_us);
enum steady_doubt steady_start(const struct steady_start *s, int64_t real_us);
/* A message that its sender dated; it may have been on its way for so long. */
bool steady_agrees(int64_t sent_us, int64_t real_us, int64_t wait_ms);

/* Written by the thread that judges, read by the others of the process. */
struct steady_word {
	_Atomic bool sure;              /* it has been believed at all */
	_Atomic int64_t offset_us;
	_Atomic(int) doubt;             /* enum steady_doubt, as of now */
};
/* Why it is doubted now, and what time it is by what was believed last; 0 when nothing ever was. */
static inline enum steady_doubt
steady_word_us(const struct steady_word *w, int64_t boot_us, int64_t *now_us)
{
	*now_us = atomic_load_explicit(&w->sure, memory_order_acquire)
			  ? boot_us + atomic_load_explicit(&w->offset_us, memory_order_relaxed)
			  : 0;
	return (enum steady_doubt)atomic_load_explicit(&w->doubt, memory_order_relaxed);
}

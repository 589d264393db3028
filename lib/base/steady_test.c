/* steady_test - what is believed of a clock, as words of a script say what happens to it.
 *
 *   t60       a minute goes by
 *   s-70      the machine's clock is set back by 70 s
 *   d70       the database's clock is 70 s ahead of what it really is; it is asked
 *   r5        the database took 5 s to answer
 *   p3:90     three peers, the middle one 90 s ahead of the database; it is asked
 *   a         the operator accepts; it is heard
 *   w, b, o   the instants in the logs: 400 days old, still to come, as they should be
 *   =CODE     what is thought of it now, or =sure
 *   x1000     so many µs go by, in which it is looked at all the time
 *
 * Each word but =CODE is followed by a look at the clock. */
#include "base/steady.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000)
#define REAL (INT64_C(1800000000) * S)

static const struct { const char *what, *script; } cases[] = {
	{ "nothing is believed before the database has been asked", "=owner.away d0 =sure" },
	{ "time goes on", "d0 t60 =sure t86400 =sure t31536000 =sure" },
	{ "a step of less than a minute", "d0 =sure s59 =sure" },
	{ "a step of a minute", "d0 =sure s60 =sure" },
	{ "a step of more", "d0 =sure s61 =clock.stepped" },
	{ "and back", "d0 =sure s-61 =clock.stepped" },
	{ "a step of sixty years, and the database's clock with it",
	  "d0 =sure s1893456000 d1893456000 =clock.stepped" },
	{ "right again: it goes on by itself", "d0 =sure s7200 =clock.stepped t600 =clock.stepped s-7200 =sure" },
	{ "steps do not add up", "d0 =sure s50 =sure t1 s50 d100 =clock.stepped" },
	{ "nor backwards", "d0 =sure s-50 =sure t1 s-50 d-100 =clock.stepped" },
	{ "small ones may, over days", "d0 =sure s50 =sure t86400 s50 d100 =sure t86400 s50 d150 =sure" },
	{ "it is looked at a thousand times a second", "d0 =sure s31 x1200000000 s30 d61 =sure t1 s2 d63 "
	  "=clock.stepped" },
	{ "the operator's word", "d0 =sure s7200 d7200 =clock.stepped a =sure s-7200 =clock.stepped" },
	{ "a word from before we were there is none to us", "a d0 =sure s7200 d7200 =clock.stepped" },
	{ "the database is an hour ahead", "d3600 =clock.database d0 =sure" },
	{ "or behind", "d0 =sure d-61 =clock.database t60 =clock.database d-60 =sure" },
	{ "its answer took its time", "r9 d-69 =sure d-70 =clock.database d61 =clock.database" },
	{ "ours is set wrong between two looks", "d0 =sure t1 s-100 =clock.stepped" },
	{ "it was wrong from the start, and is set right", "s7200 d0 =clock.database s-7200 d0 =sure t1 =sure" },
	{ "peers agree", "d0 p3:50 =sure" },
	{ "the middle one is elsewhere, and nearer to the database", "d0 s45 p3:-20 =clock.peers p3:0 =sure" },
	{ "who is farther from the database is it who is wrong", "d0 s20 p3:-45 =sure" },
	{ "nobody else", "d0 s45 p0:-20 =sure" },
	{ "a start after more than 400 days", "w d0 =clock.waits t60 =clock.waits a =clock.waits o d0 =sure" },
	{ "a start before the last instant", "b d0 =clock.behind o d0 =sure" },
	{ "who has been believed goes on, whatever stands in a log", "d0 =sure b d0 =sure w d0 =sure" },
	{ "a start that waits, by a clock that is then set right",
	  "s1893456000 w d1893456000 =clock.waits s-1893456000 o d0 =sure s61 =clock.stepped" },
};

struct world {
	struct steady s;
	struct steady_heard h;
	int64_t real_us, boot_us, step_us, took_us;
	enum steady_doubt is;
};

static void
hear(struct world *w)
{
	w->h.asked_boot_us = w->boot_us - w->took_us;
	w->h.boot_us = w->boot_us;
	steady_hear(&w->s, &w->h, w->real_us);
}

static void
pass(struct world *w, int64_t us)
{
	w->boot_us += us;
	w->real_us += us;
	w->h.database_us += us;
}

/* False: not what was expected. */
static bool
word(struct world *w, const char *text)
{
	char *rest;
	long long n = strtoll(text + 1, &rest, 10);

	switch (*text) {
	case 't': pass(w, n * S); break;
	case 'x':               /* so many µs, looked at each 700 of them */
		for (; n > 0; n -= 700) {
			pass(w, 700);
			steady_judge(&w->s, w->real_us, w->boot_us);
		}
		break;
	case 's': w->real_us += n * S; break;
	case 'r': w->took_us = n * S; break;
	case 'd': w->h.database_us = REAL + w->boot_us + n * S; hear(w); break;
	case 'p': w->h.peers = n; w->h.peers_off_us = strtoll(rest + 1, NULL, 10) * S; hear(w); break;
	case 'a': w->h.accepted++; if (w->s.heard) hear(w); break;
	case 'w': w->h.start = STEADY_START; break;
	case 'b': w->h.start = STEADY_BEHIND; break;
	case 'o': w->h.start = STEADY_SURE; break;
	default:
		return !strcmp(text + 1, w->is ? steady_texts[w->is].code : "sure");
	}
	w->is = steady_judge(&w->s, w->real_us, w->boot_us);
	return true;
}

static void
test_scripts(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct world w = { .real_us = REAL, .is = STEADY_UNHEARD };
		char text[256], *save = NULL;
		w.h.database_us = REAL;
		if (cases[i].script[0] == '=')
			w.is = steady_judge(&w.s, w.real_us, w.boot_us);
		snprintf(text, sizeof text, "%s", cases[i].script);
		for (char *t = strtok_r(text, " ", &save); t; t = strtok_r(NULL, " ", &save))
			check(word(&w, t), cases[i].what, t);
	}
}

/* Of a partition: its last instant, what was accepted, and the clock, in seconds and days. */
static void
test_after(void)
{
	static const struct { int64_t last_s, trusted_s; enum steady_doubt is; const char *what; } of[] = {
		{ 0, 0, STEADY_SURE, "it has never decided" },
		{ -1, 0, STEADY_SURE, "a second ago" },
		{ -400 * 86400, 0, STEADY_SURE, "400 days ago" },
		{ -400 * 86400 - 1, 0, STEADY_START, "longer ago" },
		{ -900 * 86400, -1, STEADY_SURE, "and that was accepted" },
		{ -900 * 86400, -401 * 86400, STEADY_START, "too long ago" },
		{ 60, 0, STEADY_SURE, "a minute to come" },
		{ 61, 0, STEADY_BEHIND, "more" },
		{ 61, 61, STEADY_SURE, "which was accepted" },
		{ 62, 61, STEADY_BEHIND, "but not so much" },
	};

	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		int64_t last_us = of[i].last_s ? REAL + of[i].last_s * S : 0,
			trusted_us = of[i].trusted_s ? REAL + of[i].trusted_s * S : 0;
		struct steady_start start = { 0 };
		check(steady_after(last_us, trusted_us, REAL) == of[i].is, of[i].what, "a partition");
		steady_start_add(&start, last_us, trusted_us, REAL);
		check(steady_start(&start, REAL) == of[i].is, of[i].what, "a start");
	}
	struct steady_start start = { 0 };
	steady_start_add(&start, REAL - 900 * 86400 * S, 0, REAL);
	steady_start_add(&start, REAL - S, 0, REAL);
	check(steady_start(&start, REAL) == STEADY_SURE, "some partition has been idle for long", "a start");
	steady_start_add(&start, REAL + 100 * S, 0, REAL);
	check(steady_start(&start, REAL) == STEADY_BEHIND, "some partition is ahead", "a start");
}

static void
test_senders(void)
{
	check(steady_agrees(REAL + 60 * S, REAL, 0) && !steady_agrees(REAL + 61 * S, REAL, 5000),
	      "sent by a clock that is ahead", "a message");
	check(steady_agrees(REAL - 60 * S, REAL, 0) && !steady_agrees(REAL - 61 * S, REAL, 0), "by one that is behind",
	      "a message");
	check(steady_agrees(REAL - 64 * S, REAL, 5000) && !steady_agrees(REAL - 66 * S, REAL, 5000),
	      "or it was long on its way", "a message");
}

int
main(void)
{
	test_scripts();
	test_after();
	test_senders();
	for (int d = STEADY_SURE + 1; d < STEADY_DOUBTS; d++)
		check(steady_texts[d].code && *steady_texts[d].detail && *steady_texts[d].health,
		      "each doubt has its words", "");
	return tally_end();
}

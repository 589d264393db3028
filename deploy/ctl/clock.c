/* clock - what time it is for whom, and what to do when it was wrong: accept the clocks, or bring back who is ahead.
 *
 * Nothing is decided here: two functions of lib/engine/schema/030_clock.sql do it, each in one transaction that also
 * says who asked for it; whoever waits finds out when he looks around next. */
#include "ctl.h"
#include "base/clock.h"
#include "base/steady.h"
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- showing */

/* Rows of one statement, shown.  False: said. */
static bool
show_asked(struct call *c, const struct store_stmt *s, const void *args, void ***rows, size_t *n)
{
	if (!call_ask(c, s, args, rows, n))
		return false;
	show_rows(c, *rows, *n);
	return true;
}

static bool
waits(const CtlRows__ClockHead *h)
{
	return !strcmp(h->state, "ahead") || !strcmp(h->state, "long_ago");
}

/* The database's clock, and this machine's beside it. */
static bool
ask_now(struct call *c, CtlRows__ClockNow *out)
{
	void **rows;
	size_t n;

	if (!call_ask(c, &ctl_clock_now, NULL, &rows, &n))
		return false;
	*out = *(const CtlRows__ClockNow *)rows[0];
	out->here_us = out->by_hand ? out->database_us : clock_real_us();
	out->apart_s = (out->here_us - out->database_us) / 1000000;
	return true;
}

static bool
are_apart(const CtlRows__ClockNow *now)
{
	return llabs(now->here_us - now->database_us) > STEADY_TOLERANCE_US;
}

static int
show_clocks(struct call *c)
{
	CtlRows__ClockNow now;
	void **rows;
	size_t n;

	if (!ask_now(c, &now) || !show_asked(c, &ctl_clock_replicas, NULL, &rows, &n) ||
	    !show_asked(c, &ctl_clock_heads, NULL, &rows, &n))
		return CTL_AWAY;
	for (size_t i = 0; i < n; i++)
		now.waiting += waits(rows[i]);
	show(c, &now.base);
	if (are_apart(&now))
		say("the clocks of this machine and of the database are %lld s apart: one of them is wrong",
		    (long long)llabs(now.apart_s));
	return now.waiting || are_apart(&now) ? CTL_WRONG : CTL_FINE;
}

/* Of one act, or (0) of all. */
static int
show_record(struct call *c, int64_t act_id)
{
	static const struct store_stmt *const asked[] = { &ctl_clock_acts, &ctl_clock_was, &ctl_clock_rows,
							  &ctl_clock_events };
	CtlRows__ClockActs which = CTL_ROWS__CLOCK_ACTS__INIT;
	void **rows;
	size_t n;

	which.act_id = act_id;
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		if (!show_asked(c, asked[i], &which, &rows, &n))
			return CTL_AWAY;
	return CTL_FINE;
}

/* ---- acting */

static CtlRows__ClockWord
word_of(struct call *c)
{
	CtlRows__ClockWord w = CTL_ROWS__CLOCK_WORD__INIT;
	const struct passwd *me = getpwuid(getuid());
	char machine[256] = "";

	gethostname(machine, sizeof machine - 1);
	w.reason = (char *)call_option(c, "reason");
	w.os_user = me ? arena_strdup(c->arena, me->pw_name) : arena_printf(c->arena, "%ld", (long)getuid());
	w.machine = arena_strdup(c->arena, machine);
	return w;
}

/* False: said why not. */
static bool
may_act(struct call *c)
{
	CtlRows__ClockNow now;

	if (!ask_now(c, &now))
		return false;
	if (now.by_hand)
		say("the clock is moved by hand here: there is nothing to accept or to bring back");
	else if (are_apart(&now))
		say("the clocks of this machine and of the database are %lld s apart: set right the one that is wrong "
		    "first",
		    (long long)llabs(now.apart_s));
	return !now.by_hand && !are_apart(&now);
}

static int
act(struct call *c, const struct store_stmt *s)
{
	CtlRows__ClockWord w = word_of(c);
	void **rows;
	size_t n;

	if (!may_act(c))
		return CTL_WRONG;
	if (!call_ask(c, s, &w, &rows, &n))
		return CTL_AWAY;
	int64_t act_id = ((const CtlRows__ClockActed *)rows[0])->act_id;
	if (!act_id) {
		say("nothing is ahead of the clock");
		return CTL_WRONG;
	}
	return show_record(c, act_id);
}

int
clock_run(struct call *c)
{
	const char *accept = call_option(c, "accept"), *back = call_option(c, "bring-back"),
		   *record = call_option(c, "record"), *reason = call_option(c, "reason");

	if ((accept != NULL) + (back != NULL) + (record != NULL) > 1)
		return call_misused(c, "one at a time", "--accept, --bring-back or --record");
	if ((accept || back) && (!reason || !*reason))
		return call_misused(c, "say why, for the record", "--reason");
	if ((accept || back) && !call_option(c, "yes") &&
	    !call_confirmed(accept ? "Are the clocks right as they are?"
				   : "Are the clocks right, and shall what is ahead of them be brought back?")) {
		say("nothing was done; --yes does it without being asked");
		return CTL_USAGE;
	}
	if (!call_connect(c))
		return CTL_AWAY;
	if (record)
		return show_record(c, 0);
	return accept ? act(c, &ctl_clock_accept) : back ? act(c, &ctl_clock_bring_back) : show_clocks(c);
}

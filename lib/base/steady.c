/* steady - see steady.h. */
#include "base/steady.h"
#include <stddef.h>
#include <stdlib.h>

const struct steady_text steady_texts[STEADY_DOUBTS] = {
	[STEADY_SURE] = { NULL, NULL, NULL },
	[STEADY_UNHEARD] = { "owner.away", "The clock has not been held against the database's yet; nothing was done.",
			     "the database's clock is not known yet" },
	[STEADY_STEPPED] = { "clock.stepped",
			     "The clock of the machine that would carry this out has stepped and is not believed; "
			     "nothing was done.",
			     "the clock has stepped" },
	[STEADY_DATABASE] = { "clock.database",
			      "The clock of the machine that would carry this out and the database's are more than a "
			      "minute apart; nothing was done.",
			      "the clock and the database's differ" },
	[STEADY_PEERS] = { "clock.peers",
			   "The clock of the machine that would carry this out is more than a minute from those of the "
			   "others; nothing was done.",
			   "the clock and the other replicas' differ" },
	[STEADY_START] = { "clock.waits",
			   "More than 400 days have gone by since anything was decided, says the clock; it waits for "
			   "zhucunctl clock. Nothing was done.",
			   "the clock waits for zhucunctl clock --accept" },
	[STEADY_BEHIND] = { "clock.behind",
			    "Something was decided here at an instant that is still to come, says the clock; it waits "
			    "for zhucunctl clock. Nothing was done.",
			    "some partition is ahead of the clock: zhucunctl clock" },
	[STEADY_SENDER] = { "clock.gateway",
			    "The clocks of the gateway and of the service are more than a minute apart; nothing was "
			    "done.",
			    "the gateway's clock and this one differ" },
};

enum { CREEP = 1000 };                  /* what is believed follows by one part in so many */

/* In steps that are whole; the rest of the time counts for the next. */
static void
creep(struct steady *s, int64_t real_us, int64_t boot_us)
{
	int64_t ahead_us = real_us - boot_us - s->offset_us, most_us = (boot_us - s->crept_us) / CREEP;

	s->crept_us += most_us * CREEP;
	s->offset_us += ahead_us > most_us ? most_us : ahead_us < -most_us ? -most_us : ahead_us;
}

static bool
too_far(struct steady *s, int64_t off_us)
{
	s->off_us = off_us;
	return llabs(off_us) > STEADY_TOLERANCE_US;
}

/* 0 while it may be what it should be. */
static int64_t
beyond(int64_t value, int64_t lo, int64_t hi)
{
	return value < lo ? value - lo : value > hi ? value - hi : 0;
}

static bool
peers_differ(struct steady *s, int64_t offset_us)
{
	int64_t off_us = beyond(offset_us, s->database_lo_us, s->database_hi_us);

	return s->peers && llabs(off_us) > llabs(s->peers_off_us) && too_far(s, off_us - s->peers_off_us);
}

static enum steady_doubt
judged(struct steady *s, int64_t real_us, int64_t boot_us)
{
	int64_t offset_us = real_us - boot_us;

	if (too_far(s, offset_us - s->offset_us))
		return STEADY_STEPPED;
	if (!s->heard)
		return STEADY_UNHEARD;
	if (too_far(s, beyond(offset_us, s->database_lo_us, s->database_hi_us)))
		return STEADY_DATABASE;
	if (peers_differ(s, offset_us))
		return STEADY_PEERS;
	s->off_us = s->start_off_us;
	return s->sure ? STEADY_SURE : s->start;
}

enum steady_doubt
steady_judge(struct steady *s, int64_t real_us, int64_t boot_us)
{
	if (!s->sure) {                 /* as long as nothing has been believed it may be set right */
		s->offset_us = real_us - boot_us;
		s->crept_us = boot_us;
	}
	s->doubt = judged(s, real_us, boot_us);
	s->sure = s->sure || s->doubt == STEADY_SURE;
	if (s->doubt == STEADY_SURE)
		creep(s, real_us, boot_us);
	return s->doubt;
}

/* The operator's word is heard by whoever was there when it was given: what was said before our first look is no word
 * to us. */
void
steady_hear(struct steady *s, const struct steady_heard *h, int64_t real_us)
{
	bool anew = s->heard && h->accepted > s->accepted;

	s->heard = true;
	s->database_lo_us = h->database_us - h->boot_us;
	s->database_hi_us = h->database_us - h->asked_boot_us;
	s->peers = h->peers;
	s->peers_off_us = h->peers_off_us;
	s->start = h->start;
	s->start_off_us = h->start_off_us;
	s->accepted = h->accepted;
	if (anew) {
		s->offset_us = real_us - h->boot_us;
		s->crept_us = h->boot_us;
	}
}

enum steady_doubt
steady_after(int64_t last_us, int64_t trusted_us, int64_t real_us)
{
	if (!last_us)
		return STEADY_SURE;
	if (last_us > trusted_us && last_us - real_us > STEADY_TOLERANCE_US)
		return STEADY_BEHIND;
	last_us = last_us > trusted_us ? last_us : trusted_us;
	return real_us - last_us > STEADY_START_US ? STEADY_START : STEADY_SURE;
}

void
steady_start_add(struct steady_start *s, int64_t last_us, int64_t trusted_us, int64_t real_us)
{
	int64_t us = !last_us || last_us > trusted_us ? last_us : trusted_us;

	s->newest_us = us > s->newest_us ? us : s->newest_us;
	s->behind = s->behind || steady_after(last_us, trusted_us, real_us) == STEADY_BEHIND;
}

enum steady_doubt
steady_start(const struct steady_start *s, int64_t real_us)
{
	return s->behind                                                  ? STEADY_BEHIND
	       : s->newest_us && real_us - s->newest_us > STEADY_START_US ? STEADY_START
									  : STEADY_SURE;
}

bool
steady_agrees(int64_t sent_us, int64_t real_us, int64_t wait_ms)
{
	return sent_us - real_us <= STEADY_TOLERANCE_US && real_us - sent_us <= STEADY_TOLERANCE_US + wait_ms * 1000;
}

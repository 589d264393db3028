/* node_clock - what time it is for a node, and whether that can be believed. */
#include "engine/node_clock.h"
#include "base/clock.h"
#include "base/log.h"
#include "engine/node_state.h"

enum { TOLD_AGAIN_US = 60 * 1000 * 1000 };

int64_t
node_clock_us(const node_t *n)
{
	return n->set.manual_clock ? n->clock_us : n->real_us;
}

/* Loud, but once: when it is another reason, or none any more. */
static void
doubt_told(node_t *n, enum steady_doubt was)
{
	const struct steady *s = &n->steady;

	if (n->doubt == was)
		return;
	if (n->doubt == STEADY_SURE && was != STEADY_UNHEARD)
		LOG(WARN, "clock.believed", NULL, LOG_S("after", log_text(steady_texts[was].code)));
	else if (n->doubt != STEADY_SURE && n->doubt != STEADY_UNHEARD)
		LOG(ERROR, "clock.doubted", NULL, LOG_S("why", steady_texts[n->doubt].code),
		    LOG_I("ahead_s", s->off_us / 1000000));
	metric_set(n->set.metrics, METRIC_CLOCK_DOUBTED, node_clock_doubt(n, -1) != NULL);
	n->open_us = n->beat_us = 0;
}

static void
steady_tell(node_t *n, int64_t boot_us)
{
	struct steady_word *w = n->set.steady;

	if (!w)
		return;
	if (!n->doubt)
		atomic_store_explicit(&w->offset_us, n->real_us - boot_us, memory_order_relaxed);
	atomic_store_explicit(&w->doubt, n->doubt, memory_order_relaxed);
	atomic_store_explicit(&w->sure, n->steady.sure, memory_order_release);
}

/* What the writer of the process has judged. */
static bool
hears_writer(node_t *n)
{
	n->doubt = n->set.steady ? steady_word_us(n->set.steady, clock_boot_us(), &n->real_us) : STEADY_UNHEARD;
	return !n->doubt;
}

bool
node_clock_believed(node_t *n)
{
	enum steady_doubt was = n->doubt;
	int64_t real_us = clock_real_us(), boot_us = clock_boot_us();

	if (n->set.manual_clock)
		return true;
	if (n->trial)
		return hears_writer(n);
	n->doubt = steady_judge(&n->steady, real_us, boot_us);
	if (!n->doubt)
		n->real_us = real_us;
	doubt_told(n, was);
	steady_tell(n, boot_us);
	return !n->doubt;
}

const struct steady_text *
node_clock_doubt(const node_t *n, int32_t partition)
{
	if (n->doubt)
		return &steady_texts[n->doubt];
	for (int32_t p = 0; p < PARTITIONS; p++)
		if (n->waits[p] && (p == partition || partition < 0))
			return &steady_texts[n->waits[p]];
	return NULL;
}

bool
node_clock_sender_doubted(node_t *n, const struct message *m)
{
	if (n->set.manual_clock || !m->sent_us || !n->real_us || steady_agrees(m->sent_us, n->real_us, m->wait_ms))
		return false;
	if (!n->sender_told_us || n->mono_us - n->sender_told_us > TOLD_AGAIN_US)
		LOG(ERROR, "clock.sender_differs", NULL, LOG_I("ahead_s", (m->sent_us - n->real_us) / 1000000));
	n->sender_told_us = n->mono_us;
	return true;
}

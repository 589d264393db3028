/* refusals - which refusals are news: each once a minute, and so many different ones; who is refused comes again at
 * once. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { REFUSALS_MAX = 32, REFUSAL_TEXT_MAX = 96, REFUSAL_AGAIN_US = 60 * 1000000 };

struct refusals {
	struct { char what[REFUSAL_TEXT_MAX]; int64_t told_us; } of[REFUSALS_MAX];      /* what "": free */
};

/* What is refused, as a text; of a longer one its beginning counts. */
bool refusals_is_news(struct refusals *r, const char *what, int64_t now_us);

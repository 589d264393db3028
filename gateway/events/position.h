/* position - where a client stands in the logs of all services, and the text of it that the client keeps for us.
 * Pure. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

enum {
	POSITION_SERVICES_MAX = 16,
	POSITION_PACKED_MAX = 2 + 8 + 2 + POSITION_SERVICES_MAX * 10 + 5,
	POSITION_TEXT_MAX = (POSITION_PACKED_MAX * 4 + 2) / 3 + 1,            /* with its NUL */
};

/* The number of the last event seen, for each service of the gateway's list. */
struct position { int64_t seq[POSITION_SERVICES_MAX]; };

/* Base64url (RFC 4648 §5, without padding) of a packed wire.Place: letters, digits, - and _. */
void position_text(const char *district, const struct position *p, size_t nservices, char out[POSITION_TEXT_MAX]);
/* False: not a text that position_text made for this district.  A text from when there were fewer services stands
 * before the first event of those that came since. */
bool position_parse(const char *text, const char *district, size_t nservices, struct position *out, arena_t *a)
	__attribute__((warn_unused_result));

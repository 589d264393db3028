/* place - where a client stands in the logs of all services, and the text of it that the client keeps for us.  Pure. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

enum {
	PLACE_SERVICES_MAX = 16,
	PLACE_PACKED_MAX = 2 + 8 + 2 + PLACE_SERVICES_MAX * 10 + 5,
	PLACE_TEXT_MAX = (PLACE_PACKED_MAX * 4 + 2) / 3 + 1,            /* with its NUL */
};

/* The number of the last event seen, for each service of the gateway's list. */
struct place { int64_t seq[PLACE_SERVICES_MAX]; };

/* Base64url (RFC 4648 §5, without padding) of a packed wire.Place: letters, digits, - and _. */
void place_text(const char *district, const struct place *p, size_t nservices, char out[PLACE_TEXT_MAX]);
/* False: not a text that place_text made for this district.  A text from when there were fewer services stands before the
 * first event of those that came since. */
bool place_parse(const char *text, const char *district, size_t nservices, struct place *out, arena_t *a)
	__attribute__((warn_unused_result));

/* phone_test - what of a phone anybody may see, and what tells one from another. */
#include "base/phone.h"
#include "harness/tally.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* ---- what of a phone anybody may see (api.md: `phone` (masked)); at least four digits, or more than half, stay
 * hidden */

static const struct { const char *phone, *masked; } masks[] = {
	{ "13812348000",        "138****8000" },
	{ "138-1234-8000",      "138****8000" },
	{ "+86 138 1234 8000",  "138****8000" },
	{ "008613812348000",    "138****8000" },
	{ "86138123480001",     "861****0001" },                /* without a + it may be any number */
	{ "0818-5102399",       "081****2399" },
	{ "+85212345678",       "852****5678" },
	{ "0818510239",         "****39" },
	{ "12345",              "****45" },
	{ "+8612345",           "****45" },
	{ "",                   "****" },
};

/* ---- one phone, however it is written (api.md: login is by phone) */

static const struct { const char *phone, *digits; } written[] = {
	{ "13800001234", "13800001234" }, { "138 0000 1234", "13800001234" }, { "+86 138-0000-1234", "13800001234" },
	{ "008613800001234", "13800001234" }, { "0818-5102399", "08185102399" }, { "+86 818 5102399", "868185102399" },
	{ "8613800001234", "8613800001234" }, { "no digits", "" },
};

static void
test_digits(void)
{
	char out[PHONE_DIGITS_MAX];

	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		phone_digits(written[i].phone, out);
		check(strcmp(out, written[i].digits) == 0, "digits", written[i].phone);
	}
}

static void
test_masks(void)
{
	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		char out[PHONE_MASKED_MAX];

		phone_masked(masks[i].phone, out);
		check(strcmp(out, masks[i].masked) == 0, "mask", masks[i].phone);
	}
}

int
main(void)
{
	test_digits();
	test_masks();
	return tally_end();
}

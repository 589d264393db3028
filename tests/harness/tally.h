/* tally - how many of a test's checks held; one that does not is told at once.
 *
 * Of one file: a stage that several tests share says what it sees, and they check it.  Header only, so that a test may
 * link nothing but what it tests. */
#pragma once
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WHICH_BYTES_MAX = 2000 };        /* of what a check says when it fails */

static int tally_held, tally_failed;

/* what: the rule; which: the case it was tried with, or what came instead, "" when there is but one. */
static inline void
check(bool right, const char *what, const char *which)
{
	if (right) {
		tally_held++;
		return;
	}
	tally_failed++;
	if (!which)
		which = "(none)";
	printf("FAIL %s%s%.*s\n", what, *which ? ": " : "", WHICH_BYTES_MAX, which);
}

/* The same with a case that must be written first; it is only when it is told. */
static inline void __attribute__((format(printf, 3, 4)))
checkf(bool right, const char *what, const char *format, ...)
{
	char which[WHICH_BYTES_MAX] = "";
	va_list args;

	va_start(args, format);
	if (!right)
		vsnprintf(which, sizeof(which), format, args);
	va_end(args);
	check(right, what, which);
}

static inline void
check_text(const char *got, const char *want, const char *what)
{
	checkf(strcmp(got, want) == 0, what, "got %s, want %s", got, want);
}

static inline void
check_number(int64_t got, int64_t want, const char *what)
{
	checkf(got == want, what, "got %" PRId64 ", want %" PRId64, got, want);
}

/* So many at once, told where they were found. */
static inline void
tally_add(int held, int failed)
{
	tally_held += held;
	tally_failed += failed;
}

/* The last line, as deploy/test.sh counts; what main returns. */
static inline int
tally_end(void)
{
	printf("%d passed, %d failed\n", tally_held, tally_failed);
	return tally_failed != 0;
}

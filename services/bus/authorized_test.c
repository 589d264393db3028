/* The list of authorized keys, by texts: which are taken, what they say, and which line is blamed.  And which refusals
 * are news. */
#include "authorized.h"
#include "refusals.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define K1 "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define K2 "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define K3 "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
#define LONGEST "abcdefghijklmnopqrstuvwxyz01234"

/* want: names of K1, K2, K3, or the line that is bad. */
static const struct { const char *what, *text, *want; } cases[] = {
	{ "nothing",                          "", "- - -" },
	{ "one",                              "roster " K1 "\n", "roster - -" },
	{ "without a line's end",             "roster " K1, "roster - -" },
	{ "several",                          "a " K1 "\nb " K2 "\nc " K3 "\n", "a b c" },
	{ "one name, two keys",               "a " K1 "\na " K2 "\n", "a a -" },
	{ "one key, two names",               "a " K1 "\nb " K1 "\n", "line 2" },
	{ "one key twice",                    "a " K1 "\na " K1 "\n", "line 2" },
	{ "comments, empty lines, spaces",    "# who\n\n  \t\n  a\t " K1 "  \r\n#b " K2 "\n", "a - -" },
	{ "no key",                           "a\n", "line 1" },
	{ "no key, and a next line",          "a " K1 "\nb\n" K2 "\n", "line 2" },
	{ "a key too short",                  "a rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf\n", "line 1" },
	{ "a key too long",                   "a " K1 "7\n", "line 1" },
	{ "a character that Z85 has not",     "a rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]y~7\n", "line 1" },
	{ "a word too many",                  "a " K1 " b\n", "line 1" },
	{ "a name of other characters",       "Roster " K1 "\n", "line 1" },
	{ "a name in another script",         "花名册 " K1 "\n", "line 1" },
	{ "a name just short enough",         LONGEST " " K1 "\n", LONGEST " - -" },
	{ "a name too long",                  LONGEST "5 " K1 "\n", "line 1" },
	{ "a bad line takes all with it",     "a " K1 "\nb " K2 "\nc\n", "line 3" },
};

static const char *
name_of(const struct authorized *a, const char *text)
{
	uint8_t key[CURVE_BYTES];
	const char *name = curve_text_is_key(text, strlen(text), key) ? authorized_name(a, key) : "no key";

	return name ? name : "-";
}

static void
test_list(const char *what, const char *text, const char *want)
{
	struct authorized a;
	char got[256];
	int bad = authorized_parse(&a, text);

	if (bad)
		snprintf(got, sizeof(got), "line %d", bad);
	else
		snprintf(got, sizeof(got), "%s %s %s", name_of(&a, K1), name_of(&a, K2), name_of(&a, K3));
	check_text(got, want, what);
}

static void
test_room(void)
{
	static char text[(AUTHORIZED_MAX + 1) * 64];
	struct authorized a;
	char *at = text, secret[CURVE_TEXT + 1], public[CURVE_TEXT + 1];
	bool ok = true;

	for (int i = 0; i <= AUTHORIZED_MAX; i++) {
		if (zmq_curve_keypair(public, secret))
			abort();
		at += sprintf(at, "s%d %s\n", i, public);
		ok &= authorized_parse(&a, text) == (i < AUTHORIZED_MAX ? 0 : AUTHORIZED_MAX + 1);
	}
	check(ok, "as many as there is room for", "");
}

/* Each once a minute; when all places are taken within one, what is new stays untold. */
static void
test_refusals(void)
{
	struct refusals r = { 0 };
	int64_t now_us = 7;
	char what[200];
	int told = 0;

	bool ok = refusals_is_news(&r, "a", now_us) && !refusals_is_news(&r, "a", now_us) &&
		  refusals_is_news(&r, "ab", now_us) && !refusals_is_news(&r, "a", now_us + REFUSAL_AGAIN_US - 1) &&
		  refusals_is_news(&r, "a", now_us + REFUSAL_AGAIN_US);
	now_us += 2 * REFUSAL_AGAIN_US;
	for (int i = 0; i < 1000; i++) {
		snprintf(what, sizeof(what), "stranger %d", i);
		told += refusals_is_news(&r, what, now_us);
	}
	ok &= told == REFUSALS_MAX && refusals_is_news(&r, "later", now_us + REFUSAL_AGAIN_US);
	memset(what, 'x', sizeof(what));
	what[sizeof(what) - 1] = '\0';
	now_us += 3 * REFUSAL_AGAIN_US;
	ok &= refusals_is_news(&r, what, now_us) && !refusals_is_news(&r, what, now_us);
	check(ok, "refusals are told once a minute, so many of them", "");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_list(cases[i].what, cases[i].text, cases[i].want);
	test_room();
	test_refusals();
	return tally_end();
}

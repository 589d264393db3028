/* wording_policy_test - how texts are filled, what cannot be, how many short messages they take (rules.md §8). */
#include "wording_policy.h"
#include "roster.pb-c.h"
#include "harness/tally.h"
#include <stdio.h>
#include <string.h>

static const char *
piece(const struct saying *s)
{
	return s->recipient;
}

static const struct piece pieces[] = { { "to", &roster__task_opened__descriptor, piece }, { NULL } };

/* ---- of a task that names a village, and no unit */

static const struct { const char *what, *text, *zh, *en; } filled[] = {
	{ "text as it is", "{id} {id}", "T1 T1", "T1 T1" },
	{ "a comrade, and a place", "{person_id}，{village_id}", "⟦person/p1⟧同志，⟦village/v1⟧",
	  "⟦person/p1⟧，⟦village/v1⟧" },
	{ "an id of what has no name", "{posting_id}", "po1", "po1" },
	{ "a value in words", "{kind}", "召回撤销，但原任职不能自动恢复，请处理",
	  "the recall was withdrawn, but the posting cannot come back by itself; please settle it" },
	{ "a day", "{first_day}", "2017年9月6日", "2017-09-06" },
	{ "a piece", "[to {to}]", "to p2", "to p2" },
	{ "what comes to nothing takes its brackets along", "a[, {unit_id}: {id}]b", "ab", "ab" },
	{ "what does not, not", "a[, {id}]b", "a, T1b", "a, T1b" },
};

static void
test_filled(arena_t *a)
{
	Roster__TaskOpened e = ROSTER__TASK_OPENED__INIT;
	struct saying s = { .of = &e.base, .recipient = "p2", .arena = a };

	e.id = arena_strdup(a, "T1");
	e.person_id = arena_strdup(a, "p1");
	e.village_id = arena_strdup(a, "v1");
	e.posting_id = arena_strdup(a, "po1");
	e.kind = ROSTER__TASK_KIND__RESTORE_POSTING;
	e.maybe_first_case = ROSTER__TASK_OPENED__MAYBE_FIRST_FIRST_DAY;
	e.first_day = 17415;
	for (size_t i = 0; i < sizeof(filled) / sizeof(filled[0]); i++) {
		s.in = ZH;
		const char *zh = wording_fill(filled[i].text, &s, pieces);
		check(strcmp(zh, filled[i].zh) == 0, filled[i].what, zh);
		s.in = EN;
		const char *en = wording_fill(filled[i].text, &s, pieces);
		check(strcmp(en, filled[i].en) == 0, filled[i].what, en);
	}
	e.maybe_first_case = 0;
	check(*wording_fill("[{first_day}]", &s, pieces) == '\0', "a day that is not said", "something");
	e.kind = (Roster__TaskKind)99;
	check(strcmp(wording_fill("{kind}", &s, pieces), "please settle it") == 0, "a value that is newer", "");
}

/* ---- what is found at start; at: from where in the text, NULL: nothing */

static const struct { const ProtobufCMessageDescriptor *of; const char *text, *at; } faults[] = {
	{ &roster__task_opened__descriptor, "{to}[ {person_id}] {kind} {first_day} {id}", NULL },
	{ &roster__task_opened__descriptor, "no names", NULL },
	{ &roster__task_opened__descriptor, "of {whom}?", "{whom}?" },
	{ &roster__task_opened__descriptor, "{id", "{id" },
	{ &roster__task_opened__descriptor, "a} b", "} b" },
	{ &roster__task_opened__descriptor, "[a [b]]", "[b]]" },
	{ &roster__task_opened__descriptor, "[a]]", "]" },
	{ &roster__task_opened__descriptor, "{id} [a", "[a" },
	{ &roster__account_altered__descriptor, "{to}", "{to}" },                               /* another's piece */
	{ &roster__account_altered__descriptor, "{password}", "{password}" },                   /* true or false */
	{ &roster__account_altered__descriptor, "{person_ids}", "{person_ids}" },               /* several */
	{ &roster__person_put__descriptor, "{establishment}", "{establishment}" },              /* has no words */
	{ &roster__posting_put__descriptor, "{posting}", "{posting}" },                         /* a message */
};

static void
test_faults(void)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const char *at = wording_fault(faults[i].text, faults[i].of, pieces), *found = at ? at : "nothing";
		check(strcmp(found, faults[i].at ? faults[i].at : "nothing") == 0, faults[i].text, found);
	}
}

static void
test_digest(arena_t *a)
{
	Common__Text one = COMMON__TEXT__INIT, two = COMMON__TEXT__INIT;
	const Common__Text *texts[] = { &one, &two };

	one.zh = arena_strdup(a, "甲。");
	one.en = arena_strdup(a, "A.");
	two.zh = arena_strdup(a, "乙。");
	two.en = arena_strdup(a, "B.");
	const Common__Text *all = wording_digest(texts, 2, a);
	check(strcmp(all->zh, "共2条通知。1）甲。2）乙。") == 0, "§8 digested", all->zh);
	check(strcmp(all->en, "2 messages. 1) A. 2) B.") == 0, "§8 digested", all->en);
	check(wording_segments_named(all->zh, a) == 1, "§8 digested", "segments");
}

/* ---- segments (§8): 70 alone, 67 in each of several */

static const struct { const char *unit; int times; const char *then; int32_t segments; } lengths[] = {
	{ "驻", 0, "", 1 },     { "驻", 70, "", 1 },    { "驻", 71, "", 2 },
	{ "驻", 134, "", 2 },   { "驻", 135, "", 3 },   { "a", 70, "", 1 },
	{ "a", 71, "", 2 },     { "驻", 201, "", 3 },   { "驻", 202, "", 4 },
	{ "驻", 68, "𠀀", 1 },                          /* 68 + 2 */
	{ "驻", 69, "𠀀", 2 },                          /* 69 + 2 */
	{ "驻", 66, "𠀀驻驻驻", 2 },                    /* the pair goes whole into the second */
	{ "𠀀", 67, "", 3 },                            /* 134 units, but only 33 pairs to a segment */
};

static void
test_segments(arena_t *a)
{
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char text[1024] = "", name[64];

		for (int k = 0; k < lengths[i].times; k++)
			strcat(text, lengths[i].unit);
		strcat(text, lengths[i].then);
		snprintf(name, sizeof(name), "%d × %s + %s", lengths[i].times, lengths[i].unit, lengths[i].then);
		check(wording_segments(text) == lengths[i].segments, name, "segments");
	}
	const char *mentions = "⟦person/an-id-that-is-longer-than-any-name⟧⟦unit/and-another-that-is-longer-than-one⟧";
	check(wording_segments_named(mentions, a) == 1, "names are as long as most", "segments");
}

int
main(void)
{
	arena_t *a = arena_open(1 << 20);

	test_filled(a);
	test_faults();
	test_digest(a);
	test_segments(a);
	arena_close(&a);
	return tally_end();
}

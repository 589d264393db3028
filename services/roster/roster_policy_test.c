/* A posting is written "id person village role from-to [term_from-term_to]", days counted from an arbitrary 0, an open
 * end as "-".  Each case gives the postings that stand and what is asked of them; several postings are separated by
 * ";". */
#include "roster_policy.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POSTINGS_MAX = 8, WORD = 16 };

struct world {
	char words[POSTINGS_MAX][3][WORD];
	Posting posting[POSTINGS_MAX];
	const Posting *at[POSTINGS_MAX];
	size_t n;
};

static Roster__Role
role_of(const char *word)
{
	return strcmp(word, "fs") == 0   ? ROSTER__ROLE__FIRST_SECRETARY
	       : strcmp(word, "team") == 0 ? ROSTER__ROLE__TEAM_MEMBER
	       : strcmp(word, "agri") == 0 ? ROSTER__ROLE__AGRI_TECHNICIAN
	                                   : (abort(), ROSTER__ROLE__ROLE_UNSPECIFIED);
}

static void
parse_one(struct world *w, const char *text)
{
	char (*word)[WORD] = w->words[w->n];
	char role[WORD], to[WORD], term_to[WORD];
	int from, term_from;
	Posting *p = &w->posting[w->n];
	int got = sscanf(text, " %15s %15s %15s %15s %d-%15s %d-%15s", word[0], word[1], word[2], role, &from, to,
	                 &term_from, term_to);

	if (got != 6 && got != 8)
		abort();
	*p = (Posting)ROSTER_ROWS__POSTING__INIT;
	p->posting_id = word[0];
	p->person_id = word[1];
	p->village_id = word[2];
	p->role = role_of(role);
	p->from_day = from;
	p->maybe_to_case = strcmp(to, "-") != 0 ? ROSTER_ROWS__POSTING__MAYBE_TO_TO_DAY : 0;
	p->to_day = atoi(to);
	if (got == 8) {
		p->maybe_term_from_case = ROSTER_ROWS__POSTING__MAYBE_TERM_FROM_TERM_FROM_DAY;
		p->term_from_day = term_from;
		p->maybe_term_to_case = strcmp(term_to, "-") != 0 ? ROSTER_ROWS__POSTING__MAYBE_TERM_TO_TERM_TO_DAY : 0;
		p->term_to_day = atoi(term_to);
	}
	w->at[w->n++] = p;
}

static void
parse(struct world *w, const char *text)
{
	char copy[256], *rest = copy;

	w->n = 0;
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *one; (one = strsep(&rest, ";"));)
		parse_one(w, one);
}

static struct postings
all_of(const struct world *w)
{
	return (struct postings){ w->at, w->n };
}

/* ---- api.md, Conventions: posting.overlap */

static const struct { const char *name, *a, *b; bool clash; } clashes[] = {
	{ "two first secretaries of one village",           "1 li  v1 fs 0-10",    "2 wang v1 fs 9-20",    true },
	{ "one follows the other: half-open",               "1 li  v1 fs 0-10",    "2 wang v1 fs 10-20",   false },
	{ "an open end reaches everything later",           "1 li  v1 fs 0--",     "2 wang v1 fs 900-901", true },
	{ "both open",                                      "1 li  v1 fs 50--",    "2 wang v1 fs 0--",     true },
	{ "one inside the other",                           "1 li  v1 fs 0-100",   "2 wang v1 fs 40-41",   true },
	{ "the same first day",                             "1 li  v1 fs 5-6",     "2 wang v1 fs 5-9",     true },
	{ "first secretary of two villages at a time",      "1 li  v1 fs 0-10",    "2 li   v2 fs 0-10",    false },
	{ "two team members of one village",                "1 li  v1 team 0-10",  "2 wang v1 team 0-10",  false },
	{ "one team member twice",                          "1 li  v1 team 0-10",  "2 li   v1 team 9--",   true },
	{ "one person, one village, two roles",             "1 li  v1 team 0-10",  "2 li   v1 agri 0-10",  false },
	{ "a circuit: one posting per village",             "1 li  v1 agri 0--",   "2 li   v2 agri 0--",   false },
	{ "a posting does not clash with itself",           "1 li  v1 fs 0-10",    "1 li   v1 fs 5-20",    false },
};

static void
test_clash(void)
{
	for (size_t i = 0; i < sizeof(clashes) / sizeof(clashes[0]); i++) {
		struct world w = { .n = 0 };

		parse_one(&w, clashes[i].a);
		parse_one(&w, clashes[i].b);
		check(roster_clash(w.at[0], w.at[1]) == clashes[i].clash, "clash", clashes[i].name);
		check(roster_clash(w.at[1], w.at[0]) == clashes[i].clash, "clash, the other way round",
		      clashes[i].name);
	}
}

/* ---- rules.md 1: 连任 = consecutive terms.  The posting asked about is the first. */

static const struct { const char *name, *postings; int term; } terms[] = {
	{ "alone",                                  "1 li v1 fs 20-30", 1 },
	{ "second, by its days",                    "2 li v1 fs 20-30; 1 li v1 fs 10-20", 2 },
	{ "third",                                  "3 li v1 fs 30--; 1 li v1 fs 10-20; 2 li v1 fs 20-30", 3 },
	{ "a gap begins anew",                      "2 li v1 fs 21-30; 1 li v1 fs 10-20", 1 },
	{ "by term, though the days left a gap",    "2 li v1 fs 22-40 20-40; 1 li v1 fs 0-18 0-20", 2 },
	{ "another role before",                    "2 li v1 fs 20-30; 1 li v1 team 10-20", 1 },
	{ "another village before",                 "2 li v1 fs 20-30; 1 li v2 fs 10-20", 1 },
	{ "another person before",                  "2 li v1 fs 20-30; 1 wang v1 fs 10-20", 1 },
	{ "later ones do not count",                "1 li v1 fs 10-20; 2 li v1 fs 20-30", 1 },
	{ "without an end nothing follows",         "2 li v1 team 20-30; 1 li v1 team 5--", 1 },
	{ "terms that point at each other end",     "2 li v1 fs 20-30 40-50; 1 li v1 fs 10-15 50-40", 2 },
};

static void
test_term(void)
{
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		struct world w;

		parse(&w, terms[i].postings);
		check(roster_term(w.at[0], all_of(&w)) == terms[i].term, "term", terms[i].name);
	}
}

/* ---- api.md, Conventions: posting.has_findings.  One confirmed finding of li on day 15. */

static const struct { const char *name, *held, *put; bool left; } findings[] = {
	{ "shortened to before the date",       "1 li v1 fs 10-20", "1 li v1 fs 10-15",   true },
	{ "shortened to just after",            "1 li v1 fs 10-20", "1 li v1 fs 10-16",   false },
	{ "begins on the date",                 "1 li v1 fs 10-20", "1 li v1 fs 15-20",   false },
	{ "begins after it",                    "1 li v1 fs 10-20", "1 li v1 fs 16-20",   true },
	{ "given to somebody else",             "1 li v1 fs 10-20", "1 wang v1 fs 10-20", true },
	{ "another posting covers the date",    "1 li v1 fs 10-20; 2 li v2 agri 0--", "1 wang v1 fs 10-20", false },
	{ "another village and role still covers", "1 li v1 fs 10-20", "1 li v9 team 0-99", false },
	{ "one that never covered it moves",    "1 li v1 fs 10-20; 2 li v2 agri 30--", "2 wang v2 agri 30--", false },
	{ "already without: no other put is to blame", "1 li v1 fs 30-40", "1 li v1 fs 30-35", false },
	{ "a new posting takes nothing away",   "1 li v1 fs 10-20", "2 li v2 agri 50-60", false },
};

static void
test_findings(void)
{
	for (size_t i = 0; i < sizeof(findings) / sizeof(findings[0]); i++) {
		struct world held, put;
		Finding f = ROSTER_ROWS__CONFIRMED_FINDING__INIT, early = f;
		const Finding *list[2] = { &early, &f };
		const Finding *want = findings[i].left ? &f : NULL;

		parse(&held, findings[i].held);
		parse(&put, findings[i].put);
		f.person_id = early.person_id = (char *)"li";
		f.on_day = 15;
		early.on_day = -5;                      /* no posting covers it, before or after */
		check(roster_finding_left(list, 2, all_of(&held), put.at[0]) == want, "finding", findings[i].name);
	}
}

/* ---- rules.md 1: 5+2 and 3+2, as far as they are people's posts */

static void
test_needed(void)
{
	size_t poor = 0, other = 0;
	bool technician = false, circuit = false;

	for (Roster__Role r; (r = roster_role_needed(ROSTER__VILLAGE_KIND__POOR, poor)); poor++)
		technician |= r == ROSTER__ROLE__AGRI_TECHNICIAN;
	for (Roster__Role r; (r = roster_role_needed(ROSTER__VILLAGE_KIND__NON_POOR, other)); other++)
		circuit |= r == ROSTER__ROLE__AGRI_CIRCUIT;
	check(poor == 6 && technician, "C1 needed",
	      "a poor village: contact leader, team, first secretary, technician, adviser, credit officer");
	check(other == 5 && circuit, "C1 needed",
	      "another: first secretary, two circuits, paired helper, credit officer");
	check(roster_role_needed(0, 0) == ROSTER__ROLE__ROLE_UNSPECIFIED, "C1 needed", "no kind, no need");
}

/* ---- rules-days.md 8: who may be posted where.  The book is the one below: from day 10 technicians may be posted to
 * poor villages only, from day 20 they may to others only. */

#define KIND(k) ROSTER__VILLAGE_KIND__##k
#define ROLE(r) ROSTER__ROLE__##r
static const struct {
	const char *name; int32_t from_day; Roster__VillageKind kind; Roster__Role role; bool here;
} places[] = {
	{ "named for the kind",                         10, KIND(POOR), ROLE(AGRI_TECHNICIAN), true },
	{ "not named for the kind",                     10, KIND(NON_POOR), ROLE(AGRI_TECHNICIAN), false },
	{ "named for both",                             10, KIND(NON_POOR), ROLE(FIRST_SECRETARY), true },
	{ "named for neither",                          10, KIND(POOR), ROLE(LEGAL_CIRCUIT), false },
	{ "the last day of the old policy",             19, KIND(POOR), ROLE(AGRI_TECHNICIAN), true },
	{ "the first day of the new one",               20, KIND(POOR), ROLE(AGRI_TECHNICIAN), false },
	{ "the new one, the other kind",                20, KIND(NON_POOR), ROLE(AGRI_TECHNICIAN), true },
	{ "before the first policy the first counts",   -9, KIND(NON_POOR), ROLE(AGRI_TECHNICIAN), false },
	{ "and what it names",                          -9, KIND(POOR), ROLE(AGRI_TECHNICIAN), true },
};

static void
test_places(void)
{
	char *both[] = { (char *)"first_secretary", (char *)"agri_technician" };
	Policy__Policy first = POLICY__POLICY__INIT, then = POLICY__POLICY__INIT;
	Policy__Roles poor_only = POLICY__ROLES__INIT, other_only = POLICY__ROLES__INIT;
	const struct policy_version versions[] = { { "1", 10, &first }, { "2", 20, &then } };
	const struct policy_book book = { versions, 2 };
	struct world a = { .n = 0 };

	poor_only.poor = poor_only.non_poor = other_only.poor = other_only.non_poor = both;
	poor_only.n_poor = other_only.n_non_poor = 2;
	poor_only.n_non_poor = other_only.n_poor = 1;
	first.roles = &poor_only;
	then.roles = &other_only;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		check(roster_role_here(&book, places[i].from_day, places[i].kind, places[i].role) == places[i].here,
		      "§8 roles", places[i].name);
	parse(&a, "1 li v1 fs 0-10; 1 wang v1 fs 0--; 1 li v2 fs 0-10; 1 li v1 agri 0-10; 1 li v1 fs 1-10");
	check(roster_same_place(a.at[0], a.at[1]), "§8 same place", "person and end do not matter");
	for (size_t i = 2; i < a.n; i++)
		check(!roster_same_place(a.at[0], a.at[i]), "§8 same place", "village, role and first day do");
}

/* ---- C3.2.1-r: ordered on day 50 */

static const struct { const char *name, *before, *after; } recalls[] = {
	{ "an open end",                    "1 li v1 fs 0--",        "1 li v1 fs 0-51" },
	{ "an end far away; the term stays", "1 li v1 fs 0-90 0-90", "1 li v1 fs 0-51 0-90" },
	{ "it ends that day already",       "1 li v1 fs 0-51",       "1 li v1 fs 0-51" },
	{ "it has ended before",            "1 li v1 fs 0-30",       "1 li v1 fs 0-30" },
	{ "begun on the very day",          "1 li v1 fs 50--",       "1 li v1 fs 50-51" },
	{ "not begun yet",                  "1 li v1 fs 60--",       "1 li v1 fs 60--" },
};

static void
test_recalled(void)
{
	for (size_t i = 0; i < sizeof(recalls) / sizeof(recalls[0]); i++) {
		struct world w = { .n = 0 };

		parse_one(&w, recalls[i].before);
		parse_one(&w, recalls[i].after);
		Posting p = roster_recalled(w.at[0], 50);
		check(p.maybe_to_case == w.at[1]->maybe_to_case && (!p.maybe_to_case || p.to_day == w.at[1]->to_day) &&
			      p.term_to_day == w.at[1]->term_to_day && p.from_day == w.at[1]->from_day,
		      "recalled", recalls[i].name);
	}
}

/* ---- rules.md 5: li was recalled from v1 as first secretary by 1, to end on day 51; 2, a team's, ended with it */

static const struct { const char *name, *put; bool barred; } bars[] = {
	{ "the posting itself, longer",                 "1 li v1 fs 0-52", true },
	{ "the posting itself, without an end",         "1 li v1 fs 0--", true },
	{ "the posting itself, as it is",               "1 li v1 fs 0-51", false },
	{ "the posting itself, shorter",                "1 li v1 fs 0-40", false },
	{ "the posting itself, elsewhere and longer",   "1 li v9 agri 0-60", true },
	{ "the other that ended, longer",               "2 li v2 team 0-52", true },
	{ "the post again, the next day",               "3 li v1 fs 51--", true },
	{ "the post again, years later",                "3 li v1 fs 900-901", true },
	{ "the post, but before",                       "3 li v1 fs -90-0", false },
	{ "the post, until the recall",                 "3 li v1 fs 30-51", false },
	{ "another role in the village",                "3 li v1 team 51--", false },
	{ "the role in another village",                "3 li v2 fs 51--", false },
	{ "the other post that ended",                  "3 li v2 team 51--", false },
	{ "of the force, over the day of the order",    "3 li v3 team 50--", true },
	{ "of the force, until that day",               "3 li v3 team 0-51", false },
	{ "of the force, from the next day on",         "3 li v3 team 51--", false },
	{ "not of the force, over that day",            "3 li v3 agri 0--", false },
};

static void
test_bars(void)
{
	Ended recalled = ROSTER_ROWS__RECALL_ENDED__INIT, also = recalled;
	const Ended *rows[] = { &also, &recalled };

	recalled.posting_id = (char *)"1";
	recalled.village_id = (char *)"v1";
	recalled.role = ROSTER__ROLE__FIRST_SECRETARY;
	recalled.end_day = also.end_day = 51;
	recalled.recalled = true;
	also.posting_id = (char *)"2";
	also.village_id = (char *)"v2";
	also.role = ROSTER__ROLE__TEAM_MEMBER;
	for (size_t i = 0; i < sizeof(bars) / sizeof(bars[0]); i++) {
		struct world w = { .n = 0 };

		parse_one(&w, bars[i].put);
		check((roster_barred(rows, 2, w.at[0]) != NULL) == bars[i].barred, "recalled, again", bars[i].name);
		check(!roster_barred(rows, 0, w.at[0]), "recalled, again", "nobody is barred by nothing");
	}
}

/* ---- api.md: posting.has_facts.  Something of li on day 15 in v1; first secretaries and team members are paid. */

static const struct { const char *name, *held; bool checkin, finding; } facts[] = {
	{ "the only posting",                               "1 li v1 fs 10-20", true, true },
	{ "the day before its end",                         "1 li v1 fs 10-16", true, true },
	{ "it ends that day",                               "1 li v1 fs 10-15", false, false },
	{ "it begins after",                                "1 li v1 fs 16--", false, false },
	{ "another in the village, paid too",               "1 li v1 fs 10-20; 2 li v1 team 0--", false, false },
	{ "another in the village, not paid",               "1 li v1 fs 10-20; 2 li v1 agri 0--", true, false },
	{ "another in the village, not of that day",        "1 li v1 fs 10-20; 2 li v1 team 0-15", true, true },
	{ "the unpaid one of two in the village",           "1 li v1 agri 0--; 2 li v1 fs 10-20", false, false },
	{ "another elsewhere, paid too",                    "1 li v1 fs 10-20; 2 li v2 team 0--", true, false },
	{ "it is elsewhere, and what the day is paid for",  "1 li v2 fs 10-20; 2 li v1 agri 0--", true, false },
	{ "it is elsewhere, and so is another paid one",    "1 li v2 fs 10-20; 2 li v1 team 0--", false, false },
	{ "it is elsewhere and unpaid",                     "1 li v2 agri 10-20; 2 li v1 team 0--", false, false },
};

static void
test_facts(void)
{
	char *paid[] = { (char *)"first_secretary", (char *)"team_member" };
	Policy__Policy document = POLICY__POLICY__INIT;
	Policy__Stipend stipend = POLICY__STIPEND__INIT;
	const struct policy_version version = { "1", 0, &document };
	const struct policy_book book = { &version, 1 };

	stipend.roles = paid;
	stipend.n_roles = 2;
	document.stipend = &stipend;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		RosterRows__CheckinMonth m = ROSTER_ROWS__CHECKIN_MONTH__INIT;
		struct world w;
		int32_t day = 0;

		parse(&w, facts[i].held);
		m.village_id = (char *)"v1";
		m.month_day = 5;
		m.days = 1 << 10;
		check(roster_checkin_rests(w.at[0], &m, all_of(&w), &book, &day) == facts[i].checkin,
		      "has_facts, a check-in", facts[i].name);
		check(!facts[i].checkin || day == 15, "has_facts, its day", facts[i].name);
		check(roster_finding_rests(w.at[0], 15, all_of(&w)) == facts[i].finding, "has_facts, a finding",
		      facts[i].name);
		m.days = 0;
		check(!roster_checkin_rests(w.at[0], &m, all_of(&w), &book, &day), "has_facts, no check-in",
		      facts[i].name);
		m.days = INT32_MIN;                     /* the 32nd bit is no day */
		check(!roster_checkin_rests(w.at[0], &m, all_of(&w), &book, &day), "has_facts, no such day",
		      facts[i].name);
	}
}

/* ---- a village that closes: who is posted there may be ended, and not be kept longer */

static const struct { const char *name, *now, *put; bool longer; } lasting[] = {
	{ "as it is",               "1 li v1 fs 0-50", "1 li v1 fs 0-50", false },
	{ "shorter",                "1 li v1 fs 0-50", "1 li v1 fs 0-40", false },
	{ "longer",                 "1 li v1 fs 0-50", "1 li v1 fs 0-51", true },
	{ "without an end",         "1 li v1 fs 0-50", "1 li v1 fs 0--", true },
	{ "it had no end",          "1 li v1 fs 0--", "1 li v1 fs 0--", false },
	{ "it had no end, and has", "1 li v1 fs 0--", "1 li v1 fs 0-99", false },
};

static void
test_lasting(void)
{
	for (size_t i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++) {
		struct world w = { .n = 0 };

		parse_one(&w, lasting[i].now);
		parse_one(&w, lasting[i].put);
		check(roster_lasts_longer(w.at[0], w.at[1]) == lasting[i].longer, "closing", lasting[i].name);
	}
}

int
main(void)
{
	check(roster_from_day(false, 17417) == DAY_EVER, "from", "the first values count from ever");
	check(roster_from_day(true, 17417) == 17417, "from", "a change counts from today");
	test_clash();
	test_term();
	test_findings();
	test_needed();
	test_places();
	test_bars();
	test_facts();
	test_lasting();
	test_recalled();
	return tally_end();
}

/* criticism_policy_test - written criticisms and single cases as the rule book says it (rules.md §5 C3.1.1, C3.1.2-2,
 * C3.1.3, C3.2.2; A5, A6, A14, A15, A19, A22, A23).
 *
 * How: a case is a history of words, counted in one go for a person or for a unit; what should stand is compared with
 * the words expected.
 *
 *   C1:09-05@B1      criticism C1 on 2017-09-05 in bulletin B1, confirmed that day; of the unit alone
 *   C1:09-05@B1/p    … naming somebody        >09-20   confirmed later
 *                    ! by a superior          * major       - annulled
 *   D1:09-05/p       a duty failure; V discipline violated; U funds misused; X an absence */
#include "criticism_policy.h"
#include "base/civil.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FACTS_MAX = 12, VERSIONS = 2 };

typedef AccountabilityRows__Finding Finding;
typedef AccountabilityRows__Measure Measure;
typedef MirrorRows__Posting Posting;

/* ---- the rule book: as shipped; from October on a version with other words of approval and a superior entering at
 * rung 3 */

#define TEXT(z, e)                                                                                                     \
	(Common__Text)                                                                                                 \
	{                                                                                                              \
		.base = PROTOBUF_C_MESSAGE_INIT(&common__text__descriptor), .zh = (char *)(z), .en = (char *)(e)       \
	}
enum list { RUNG1, RUNG2, RUNG3, MAJOR, LEADER, SEALED, LISTS };

static const struct { enum list list; bool head; const char *kind; Policy__Span span;
} rows[] = {
	{ RUNG1, false, "written_self_criticism", POLICY__SPAN__FROM_DECISION },
	{ RUNG1, true, "written_self_criticism", POLICY__SPAN__FROM_DECISION },
	{ RUNG2, false, "interview", POLICY__SPAN__FROM_DECISION },
	{ RUNG2, true, "interview", POLICY__SPAN__FROM_DECISION },
	{ RUNG3, true, "admonishment_talk", POLICY__SPAN__FROM_DECISION },
	{ RUNG3, true, "assessment_cancelled", POLICY__SPAN__YEAR_OF_FINDING },
	{ RUNG3, true, "award_ban", POLICY__SPAN__YEAR_AND_TERM },
	{ RUNG3, true, "promotion_freeze", POLICY__SPAN__MONTHS_FROM_DECISION },
	{ MAJOR, true, "removal_proposed", POLICY__SPAN__FROM_DECISION },
	{ LEADER, false, "written_self_criticism", POLICY__SPAN__FROM_DECISION },
	{ SEALED, false, "referral", POLICY__SPAN__FROM_DECISION },
};

struct rulebook { Policy__Criticisms criticisms; Policy__Policy document; };

static void
consequences(enum list list, bool head, arena_t *a, size_t *n, Policy__Consequence ***out)
{
	*n = 0;
	*out = arena_alloc(a, sizeof(rows) / sizeof(rows[0]) * sizeof(**out));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].list != list || rows[i].head != head)
			continue;
		Policy__Consequence *c = arena_message(a, &policy__consequence__descriptor);
		c->kind = (char *)rows[i].kind;
		c->span = rows[i].span;
		c->months = 6;
		(*out)[(*n)++] = c;
	}
}

static Common__Text *
text(arena_t *a)
{
	Common__Text *t = arena_message(a, &common__text__descriptor);

	*t = TEXT("规定的原文。", "The words of the rule.");
	return t;
}

static Policy__Case *
case_of(enum list list, const char *clause, const char *const findings[2], bool superior, bool major, const char *role,
	arena_t *a)
{
	Policy__Case *c = arena_message(a, &policy__case__descriptor);

	c->clause = (char *)clause;
	c->reason = text(a);
	c->findings = arena_alloc(a, 2 * sizeof(*c->findings));
	for (int i = 0; i < 2 && findings[i]; i++)
		c->findings[c->n_findings++] = (char *)findings[i];
	c->superior = superior;
	c->major = major;
	c->maybe_role_case = role ? POLICY__CASE__MAYBE_ROLE_ROLE : POLICY__CASE__MAYBE_ROLE__NOT_SET;
	c->role = (char *)role;
	consequences(list, false, a, &c->n_responsible, &c->responsible);
	consequences(list, true, a, &c->n_unit_head, &c->unit_head);
	return c;
}

static void
rulebook_init(struct rulebook *b, const char *approval_json, int superior_enters_at, arena_t *a)
{
	static const char *const clauses[3] = { "C3.1.1-1", "C3.1.1-2", "C3.1.1-3" };
	static const char *const open[2] = { "written_criticism", "duty_failure" }, *const duty[2] = { "duty_failure",
												       NULL };
	static const char *const grave[2] = { "discipline_violation", "fund_misuse" };
	Policy__CriticismRung **ladder = arena_alloc(a, 3 * sizeof(*ladder));

	for (int i = 0; i < 3; i++) {
		ladder[i] = arena_message(a, &policy__criticism_rung__descriptor);
		ladder[i]->rung = i + 1;
		ladder[i]->clause = (char *)clauses[i];
		ladder[i]->reason = text(a);
		consequences((enum list)(RUNG1 + i), false, a, &ladder[i]->n_responsible, &ladder[i]->responsible);
		consequences((enum list)(RUNG1 + i), true, a, &ladder[i]->n_unit_head, &ladder[i]->unit_head);
	}
	b->criticisms = (Policy__Criticisms)POLICY__CRITICISMS__INIT;
	b->criticisms.rungs = 3;
	b->criticisms.superior_enters_at = superior_enters_at;
	b->criticisms.n_ladder = 3;
	b->criticisms.ladder = ladder;
	b->document = (Policy__Policy)POLICY__POLICY__INIT;
	b->document.approval_json = (char *)approval_json;
	b->document.criticisms = &b->criticisms;
	b->document.n_cases = 3;
	b->document.cases = arena_alloc(a, 3 * sizeof(*b->document.cases));
	b->document.cases[0] = case_of(MAJOR, "C3.1.2-2", open, true, true, NULL, a);
	b->document.cases[1] = case_of(LEADER, "C3.1.3", duty, true, false, "contact_leader", a);
	b->document.cases[2] = case_of(SEALED, "C3.2.2", grave, false, true, NULL, a);
}

/* ---- histories in words */

static int32_t
day(const char *s)
{
	char buf[DAY_TEXT_MAX] = "2017-";
	size_t len = s[2] == '-' ? 5 : 10;
	int32_t d = 0;

	memcpy(buf + (len == 5 ? 5 : 0), s, len);
	buf[10] = '\0';
	if (!day_parse(buf, &d)) {
		printf("FAIL no date: %s\n", s);
		exit(1);
	}
	return d;
}

static Supervision__FindingKind
kind_of(char letter)
{
	switch (letter) {
	case 'C': return SUPERVISION__FINDING_KIND__WRITTEN_CRITICISM;
	case 'D': return SUPERVISION__FINDING_KIND__DUTY_FAILURE;
	case 'V': return SUPERVISION__FINDING_KIND__DISCIPLINE_VIOLATION;
	case 'U': return SUPERVISION__FINDING_KIND__FUND_MISUSE;
	default: return SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE;
	}
}

static Finding *
finding_of(const char *word, arena_t *a)
{
	Finding *f = arena_message(a, &accountability_rows__finding__descriptor);
	const char *colon = strchr(word, ':'), *bulletin = strchr(word, '@'), *later = strchr(word, '>');

	f->finding_id = arena_strndup(a, word, (size_t)(colon - word));
	f->kind = kind_of(word[0]);
	f->on_day = f->confirmed_day = day(colon + 1);
	if (later)
		f->confirmed_day = day(later + 1);
	f->maybe_confirmed_case = ACCOUNTABILITY_ROWS__FINDING__MAYBE_CONFIRMED_CONFIRMED_DAY;
	f->bulletin = bulletin ? arena_strndup(a, bulletin + 1, strcspn(bulletin + 1, "/>!*-")) : (char *)"";
	f->about_person_id = strstr(colon, "/p") ? (char *)"p" : (char *)"";
	f->source = strchr(word, '!') ? SUPERVISION__SOURCE__SUPERIOR : SUPERVISION__SOURCE__COVERT;
	f->major = strchr(word, '*') != NULL;
	f->state = word[strlen(word) - 1] == '-' ? SUPERVISION__FINDING_STATE__ANNULLED
						 : SUPERVISION__FINDING_STATE__CONFIRMED;
	return f;
}

struct world {
	struct policy_book book;
	struct policy_version versions[VERSIONS];
	struct rulebook rulebooks[VERSIONS];
	Posting leader;
	const Posting *postings[1];
	struct headship heads[2];
	arena_t *arena;
};

static size_t
findings_of(const struct world *w, const char *history, const Finding *out[FACTS_MAX])
{
	char *words = arena_strdup(w->arena, history), *save = NULL;
	size_t n = 0;

	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		out[n++] = finding_of(word, w->arena);
	return n;
}

static void
world_open(struct world *w, arena_t *a)
{
	*w = (struct world){ .arena = a, .leader = MIRROR_ROWS__POSTING__INIT };
	rulebook_init(&w->rulebooks[0], "\"four_eyes\"", 2, a);
	rulebook_init(&w->rulebooks[1], "{\"default\":\"four_eyes\",\"interview\":\"automatic\"}", 3, a);
	w->versions[0] = (struct policy_version){ "v1", day_of_civil(2017, 8, 1), &w->rulebooks[0].document };
	w->versions[1] = (struct policy_version){ "v2", day_of_civil(2018, 10, 1), &w->rulebooks[1].document };
	w->book = (struct policy_book){ w->versions, VERSIONS };
	w->leader.role = ROSTER__ROLE__CONTACT_LEADER;
	w->leader.from_day = day_of_civil(2017, 9, 1);
	w->leader.maybe_to_case = MIRROR_ROWS__POSTING__MAYBE_TO_TO_DAY;
	w->leader.to_day = day_of_civil(2017, 11, 1);
	w->postings[0] = &w->leader;
	/* h1 heads the unit until December, h2 after that, whose posting's end is a term's. */
	w->heads[0] = (struct headship){ DAY_EVER, "h1", NULL, 0 };
	w->heads[1] = (struct headship){ day_of_civil(2017, 12, 1), "h2", w->postings, 1 };
}

/* ---- what stands, in words: "C3.1.1-1 written_self_criticism 2017-09-05.. C1 proposed h1" */

static const char *
name_of(const ProtobufCEnumDescriptor *d, int value, arena_t *a)
{
	char *name = arena_strdup(a, protobuf_c_enum_descriptor_get_value(d, value)->name);

	for (char *c = name; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	return name;
}

static const char *
measure_words(const Measure *m, arena_t *a)
{
	char from[DAY_TEXT_MAX], until[DAY_TEXT_MAX] = "";
	const char *cause = "";

	day_text(m->from_day, from);
	if (m->maybe_until_case)
		day_text(m->until_day, until);
	for (size_t i = 0; i < m->n_cause; i++)
		cause = arena_printf(a, "%s%s%s", cause, i ? "," : "", m->cause[i]);
	return arena_printf(a, "%s %s %s..%s %s %s%s%s", m->clause,
			    name_of(&accountability__measure_kind__descriptor, m->kind, a), from, until, cause,
			    name_of(&accountability__measure_state__descriptor, m->state, a),
			    m->head_person_id[0] ? " " : "", m->head_person_id);
}

static size_t
due(const struct world *w, bool unit, const char *history, Measure ***out)
{
	const Finding *findings[FACTS_MAX];
	size_t n = findings_of(w, history, findings);

	return unit ? criticism_unit_measures(&w->book, "u", findings, n, w->heads, 2, w->arena, out)
	            : criticism_measures(&w->book, findings, n, w->postings, 1, w->arena, out);
}

static const char *
due_words(const struct world *w, bool unit, const char *history)
{
	Measure **list;
	size_t n = due(w, unit, history, &list);
	const char *all = "";

	for (size_t i = 0; i < n; i++)
		all = arena_printf(w->arena, "%s%s%s", all, i ? "; " : "", measure_words(list[i], w->arena));
	return all;
}

/* ---- which criticisms count, and as what: "F1:1" is rung 1, "." one that reaches nothing new */

static const struct { const char *what, *history, *counted;
} counts_rows[] = {
	{ "A14 a bulletin counts once", "C1:09-05@B1/p C2:09-05@B1 C3:09-06@B1 C4:09-07@B2", "C1:1 C4:2" },
	{ "A14 the first of a bulletin's findings is the one; annulled, the next",
	  "C1:09-05@B1- C2:09-06@B1 C3:09-07@B2", "C2:1 C3:2" },
	{ "A19 each calendar year by itself, the same bulletin too", "C1:09-05@B1 C2:12-31@B2 C3:2018-01-01@B1",
	  "C1:1 C2:2 C3:1" },
	{ "C3.1.1 a fourth reaches nothing new", "C1:09-05@1 C2:09-06@2 C3:09-07@3 C4:09-08@4",
	  "C1:1 C2:2 C3:3 C4:3." },
	{ "A15 a superior's enters at rung 2", "C1:09-05@1! C2:09-06@2", "C1:2 C2:3" },
	{ "A15 at least: the second counts on", "C1:09-05@1 C2:09-06@2! C3:09-07@3!", "C1:1 C2:2 C3:3" },
	{ "A15 as of its date", "C1:2018-11-05@1! C2:2018-11-06@2", "C1:3 C2:3." },
	{ "other findings are none", "X1:09-05 D1:09-06 C1:09-07@1", "C1:1" },
	{ "by date, whatever the order", "C9:09-07@2 C1:09-05@1", "C1:1 C9:2" },
};

static void
test_count(const struct world *w)
{
	for (size_t i = 0; i < sizeof(counts_rows) / sizeof(counts_rows[0]); i++) {
		const Finding *findings[FACTS_MAX];
		struct criticism *list;
		const char *got = "";
		size_t n = criticism_count(&w->book, findings, findings_of(w, counts_rows[i].history, findings),
					   w->arena, &list);
		for (size_t k = 0; k < n; k++)
			got = arena_printf(w->arena, "%s%s%s:%d%s", got, k ? " " : "", list[k].finding->finding_id,
					   list[k].rung, list[k].reaches ? "" : ".");
		check_text(got, counts_rows[i].counted, counts_rows[i].what);
	}
}

/* ---- what follows */

static const struct { const char *what; bool unit; const char *history, *expected;
} due_rows[] = {
	{ "C3.1.1-1 the person named (A22)", false, "C1:09-05@1/p",
	  "C3.1.1-1 written_self_criticism 2017-09-05.. C1 proposed" },
	{ "C3.1.1-1 the head", true, "C1:09-05@1/p", "C3.1.1-1 written_self_criticism 2017-09-05.. C1 proposed h1" },
	{ "C3.1.1-2 decided as of the latest confirmation (A5)", false, "C1:09-05@1/p>10-20 C2:09-06@2/p",
	  "C3.1.1-1 written_self_criticism 2017-10-20.. C1 proposed; C3.1.1-2 interview 2017-10-20.. C1,C2 proposed" },
	{ "C3.1.1-3 nothing for the person", false, "C1:09-05@1/p C2:09-06@2/p C3:09-07@3/p",
	  "C3.1.1-1 written_self_criticism 2017-09-05.. C1 proposed; C3.1.1-2 interview 2017-09-06.. C1,C2 proposed" },
	{ "C3.1.1-3 the head; the head of each date", true, "C1:09-05@1 C2:09-06@2 C3:12-07@3",
	  "C3.1.1-1 written_self_criticism 2017-09-05.. C1 proposed h1; C3.1.1-2 interview 2017-09-06.. C1,C2 proposed "
	  "h1; "
	  "C3.1.1-3 admonishment_talk 2017-12-07.. C1,C2,C3 proposed h2; C3.1.1-3 assessment_cancelled "
	  "2017-01-01..2018-01-01 C1,C2,C3 proposed h2; "
	  "C3.1.1-3 award_ban 2017-12-07..2018-01-01 C1,C2,C3 proposed h2; C3.1.1-3 promotion_freeze "
	  "2017-12-07..2018-06-07 C1,C2,C3 proposed h2" },
	{ "C3.1.1-s a superior's enters at rung 2, rung 1 is passed over", true, "C1:09-05@1!",
	  "C3.1.1-2 interview 2017-09-05.. C1 proposed h1" },
	{ "A14 several of one unit in one bulletin: once for the head", true, "C1:09-05@1/p C2:09-05@1/p",
	  "C3.1.1-1 written_self_criticism 2017-09-05.. C1 proposed h1" },
	{ "A19 the next year begins anew", false, "C1:12-31@1/p C2:2018-01-01@2/p",
	  "C3.1.1-1 written_self_criticism 2017-12-31.. C1 proposed; C3.1.1-1 written_self_criticism 2018-01-01.. C2 "
	  "proposed" },
	{ "an annulled first one re-levels the second", false, "C1:09-05@1/p- C2:09-06@2/p",
	  "C3.1.1-1 written_self_criticism 2017-09-06.. C2 proposed" },
	{ "the policy of each date, its approval too", false, "C1:2018-09-05@1/p C2:2018-10-06@2/p",
	  "C3.1.1-1 written_self_criticism 2018-09-05.. C1 proposed; C3.1.1-2 interview 2018-10-06.. C1,C2 in_force" },
	{ "before the first policy nothing follows, but it counts", false, "C1:2017-05-05@1/p C2:09-06@2/p",
	  "C3.1.1-2 interview 2017-09-06.. C1,C2 proposed" },
	{ "absences are not criticisms", false, "X1:09-05/p X2:09-06/p", "" },

	{ "C3.1.3 a contact leader, found by a superior", false, "D1:09-05/p!",
	  "C3.1.3 written_self_criticism 2017-09-05.. D1 proposed" },
	{ "C3.1.3 not by others", false, "D1:09-05/p", "" },
	{ "C3.1.3 not before or after the posting", false, "D1:08-31/p! D2:11-01/p!", "" },
	{ "C3.1.3 not a unit's", true, "D1:09-05/p!", "" },
	{ "C3.2.2 of serious effect, one a year", false, "V1:09-05/p* U1:10-05/p*>12-01 U2:11-05/p U3:2018-01-05/p*",
	  "C3.2.2 referral 2017-12-01.. V1,U1 proposed; C3.2.2 referral 2018-01-05.. U3 proposed" },
	{ "C3.2.2 is not the unit's when it names somebody", true, "V1:09-05/p*", "" },
	{ "C3.2.2 is the unit's when it names nobody, and not its head's", true, "V1:09-05/p* V2:09-06* V3:09-07/p*",
	  "C3.2.2 referral 2017-09-06.. V2 proposed" },
	{ "C3.1.2-2 a major problem in a superior assessment (A23)", true, "D1:09-05/p!* D2:09-06! D3:09-07*",
	  "C3.1.2-2 removal_proposed 2017-09-05.. D1 proposed h1" },
	{ "C3.1.2-2 beside the ladder", true, "C1:09-05@1!*",
	  "C3.1.1-2 interview 2017-09-05.. C1 proposed h1; C3.1.2-2 removal_proposed 2017-09-05.. C1 proposed h1" },
	{ "C3.1.2-2 one a year, and each year's", true, "D1:09-05! D2:09-06!* D3:09-07!* D4:2018-01-05!*",
	  "C3.1.2-2 removal_proposed 2017-09-07.. D2,D3 proposed h1; C3.1.2-2 removal_proposed 2018-01-05.. D4 "
	  "proposed h2" },
	{ "C3.2.2 the policy of the last one's date", false, "V1:2018-09-05/p* V2:2018-11-05/p*",
	  "C3.2.2 referral 2018-11-05.. V1,V2 proposed" },
	{ "C3.1.2-2 the head of the last one's date", true, "C1:09-05@1!* D1:12-06!*",
	  "C3.1.1-2 interview 2017-09-05.. C1 proposed h1; C3.1.2-2 removal_proposed 2017-09-05.. C1 proposed h1; "
	  "C3.1.2-2 removal_proposed 2017-12-06.. C1,D1 proposed h2" },
};

static void
test_due(const struct world *w)
{
	for (size_t i = 0; i < sizeof(due_rows) / sizeof(due_rows[0]); i++)
		check_text(due_words(w, due_rows[i].unit, due_rows[i].history), due_rows[i].expected, due_rows[i].what);
}

/* Of a head the term counts that is held on the date (A6); without a posting only 1 January does. */
static void
test_term(struct world *w)
{
	Measure **list;

	w->leader.to_day = day_of_civil(2019, 3, 1);
	size_t n = due(w, true, "C1:09-05@1 C2:09-06@2 C3:12-07@3", &list);
	for (size_t i = 0; i < n; i++)
		if (list[i]->kind == ACCOUNTABILITY__MEASURE_KIND__AWARD_BAN)
			check_text(measure_words(list[i], w->arena),
				   "C3.1.1-3 award_ban 2017-12-07..2019-03-01 C1,C2,C3 proposed h2",
				   "A6 the term of the head");
	w->leader.to_day = day_of_civil(2017, 11, 1);
}

static void
test_reason(const struct world *w)
{
	Measure **list;

	due(w, false, "C1:09-05@1/p C2:10-06@2/p>10-20", &list);
	check_text(list[1]->reason_zh, "规定的原文。（通报日期：2017-09-05、2017-10-06；决定日期：2017-10-20）",
		   "reason, zh");
	check_text(list[1]->reason_en,
		   "The words of the rule. (criticised on 2017-09-05, 2017-10-06; decided on 2017-10-20)",
		   "reason, en");
}

/* Only the head's measures lie in the unit's name, so what stands there has the unit's id. */
static void
test_subject(const struct world *w)
{
	Measure **person, **unit;

	due(w, false, "C1:09-05@1/p", &person);
	due(w, true, "C1:09-05@1/p", &unit);
	check_text(person[0]->unit_id, "", "a person's measure names no unit");
	check_text(unit[0]->unit_id, "u", "a head's names the unit");
	check_text(unit[0]->ladder, LADDER_CRITICISM, "and its ladder");
}

/* ---- §5 Identity: what changes when something happens: "amended C3.1.1-1 …; revoked …" */

static const char *
change_words(const struct world *w, bool unit, const char *before, const char *after)
{
	static const char *const verbs[] = { "", "imposed", "amended", "revoked", "moved" };
	Measure **was, **is;
	size_t nwas = due(w, unit, before, &was), nis = due(w, unit, after, &is);
	struct measure_change *changes;
	const char *all = "";

	for (size_t i = 0; i < nwas; i++)
		was[i]->state = ACCOUNTABILITY__MEASURE_STATE__SERVED;
	size_t n = ladder_diff(is, nis, (const Measure *const *)was, nwas, w->arena, &changes);
	for (size_t i = 0; i < n; i++)
		all = arena_printf(w->arena, "%s%s%s %s", all, i ? "; " : "", verbs[changes[i].change],
				   measure_words(changes[i].is, w->arena));
	return all;
}

static void
test_changes(const struct world *w)
{
	check_text(change_words(w, true, "C1:09-05@1 C2:09-06@2", "C2:09-06@2 C1:09-05@1"), "",
		   "the same again changes nothing");
	check_text(change_words(w, false, "C1:09-05@1/p C2:09-06@2/p", "C1:09-05@1/p- C2:09-06@2/p"),
		   "amended C3.1.1-1 written_self_criticism 2017-09-06.. C2 served; revoked C3.1.1-2 interview "
		   "2017-09-06.. "
		   "C1,C2 revoked",
		   "annulled: the second becomes the first, and stays what it was");
	check_text(change_words(w, true, "C1:09-05@1/p C2:09-05@1/p", "C1:09-05@1/p- C2:09-05@1/p"),
		   "amended C3.1.1-1 written_self_criticism 2017-09-05.. C2 served h1",
		   "another of the same bulletin stands in");
	check_text(change_words(w, false, "C2:09-06@2/p", "C1:09-05@1/p C2:09-06@2/p"),
		   "amended C3.1.1-1 written_self_criticism 2017-09-05.. C1 served; imposed C3.1.1-2 interview "
		   "2017-09-06.. "
		   "C1,C2 proposed",
		   "a late one before both");
	check_text(change_words(w, false, "V1:09-05/p*", "V1:09-05/p* V2:09-07/p*"),
		   "amended C3.2.2 referral 2017-09-07.. V1,V2 served", "C3.2.2 another of the year");
}

int
main(void)
{
	struct world w;
	arena_t *a = arena_open(16 << 20);

	world_open(&w, a);
	test_count(&w);
	test_due(&w);
	test_term(&w);
	test_reason(&w);
	test_subject(&w);
	test_changes(&w);
	arena_close(&a);
	return tally_end();
}

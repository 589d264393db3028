/* policy_document - a policy's text: read, checked beyond what its shape says, and patched.
 *
 * In: JSON text of an operator or of deploy/data.  Out: a Policy in the caller's arena, or the problem (422) with
 * pointers relative to the document; canonical text.  Owns nothing. */
#include "alerts.pb-c.h"
#include "json/json_pb.h"
#include "domain/policy_book.h"
#include "roster.pb-c.h"
#include "bus/sealed_kind.h"
#include "base/utf8.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CLAUSE_BYTES_MAX = 64, MONTHS_MAX = 1200, DAYS_MAX = 3660, RUNGS_MAX = 16, DUTIES_MAX = 500, CASES_MAX = 100 };
#define FEN_MAX INT64_C(1000000000)     /* ten million yuan: a slip of the pen, and sums stay far from overflow */

/* What is read so far, and the first thing wrong with it. */
struct check { arena_t *arena; Wire__Problem *problem; };

/* ---- what words a document may use, NULL-ended */

typedef const char *const words_t[];
static words_t approval_words = { "automatic", "four_eyes", NULL };
static words_t mode_words = { "off", "optional", "required", NULL };
static words_t rounding_words = { "up", "down", NULL };
static words_t village_words = { "poor", "non_poor", NULL };
static words_t party_words = { "helping_unit", "unit_head", "unit_staff", "work_team", NULL };
static words_t recipient_words = { "township", "unit", "contact_leader", "standing_committee", NULL };
static words_t measure_words = { "count", "days", "distinct_count", "distinct_share", "done", NULL };
static words_t of_words = { "poor_households", "farm_households", "working_days", NULL };
static words_t per_words = { "week", "month", "two_months", "quarter", "year", "season", NULL };

/* The readings that are programmed.  Another reading is another program first, then a word here. */
static const struct { const char *id, *reading; } readings[] = {
	{ "A1", "calendar_year_of_incident" },          { "A2", "confirmed_finding_only" },
	{ "A3", "union_of_days" },                      { "A4", "taken_back_next_runs" },
	{ "A5", "latest_confirmation_clamped" },        { "A6", "posting_term_dates" },
	{ "A7", "sending_unit_when_ordered" },          { "A8", "per_area_ties_included" },
	{ "A9", "30_20_20_15_15" },                     { "A10", "working_days_in_posting" },
	{ "A11", "fixed_pairs" },                       { "A12", "iso_week_half_below_three" },
	{ "A13", "floor_min_one_of_three" },            { "A14", "once_per_unit_and_person" },
	{ "A15", "rung_of_policy" },                    { "A16", "date_the_check_began" },
	{ "A17", "one_absence_a_day" },                 { "A18", "no_excellent_no_honours" },
	{ "A19", "calendar_year_of_bulletin" },         { "A20", "two_to_each" },
	{ "A21", "each_calendar_year" },                { "A22", "named_else_first_secretary" },
	{ "A23", "superior_level_and_major" },
};
enum { READINGS = sizeof(readings) / sizeof(readings[0]) };

/* What a consequence may follow from, and whose it is. */
enum place { OF_ABSENCE = 1, OF_CRITICISM = 2, OF_CASE = 4, OF_HEAD = 8 };
static const struct { unsigned place; const char *no;
} places[] = {
	{ OF_ABSENCE, "No such measure can follow from an absence." },
	{ OF_CRITICISM, "No such measure can follow from a criticism." },
	{ OF_CASE, "No such measure can follow for whom a finding names." },
	{ OF_HEAD, "No such measure can follow for a unit's head." },
};

/* The others are about recalls, which are not here. */
static const struct { const char *kind; unsigned places, spans; } ladder_kinds[] = {
#define SPAN(s) (1u << POLICY__SPAN__##s)
#define ANYWHERE (OF_ABSENCE | OF_CRITICISM | OF_CASE | OF_HEAD)
#define YEAR (SPAN(YEAR_OF_ABSENCE) | SPAN(YEAR_OF_FINDING))
	{ "stipend_cancelled", OF_ABSENCE, SPAN(MONTH_OF_ABSENCE) | SPAN(QUARTER_OF_ABSENCE) | SPAN(YEAR_OF_ABSENCE) },
	{ "admonishment_talk", ANYWHERE, SPAN(FROM_DECISION) },
	{ "assessment_cancelled", ANYWHERE, YEAR },
	{ "award_ban", ANYWHERE, YEAR | SPAN(FROM_DECISION) | SPAN(MONTHS_FROM_DECISION) | SPAN(YEAR_AND_TERM) },
	{ "promotion_freeze", ANYWHERE, YEAR | SPAN(FROM_DECISION) | SPAN(MONTHS_FROM_DECISION) | SPAN(YEAR_AND_TERM) },
	{ "recall", OF_ABSENCE, SPAN(FROM_DECISION) },
	{ "written_self_criticism", ANYWHERE, SPAN(FROM_DECISION) },
	{ "interview", ANYWHERE, SPAN(FROM_DECISION) },
	{ "removal_proposed", OF_CRITICISM | OF_CASE | OF_HEAD, SPAN(FROM_DECISION) },
	{ "referral", OF_CASE, SPAN(FROM_DECISION) },
#undef YEAR
#undef ANYWHERE
#undef SPAN
};

static bool
is_word(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

static bool
is_measure_kind(const char *text)
{
	int kind;
	return enum_value(&accountability__measure_kind__descriptor, text, &kind);
}

static bool
is_role(const char *text)
{
	int role;
	return enum_value(&roster__role__descriptor, text, &role);
}

static bool
is_template(const char *text)
{
	int template;
	return enum_value(&alerts__template__descriptor, text, &template);
}

/* Says what is wrong unless `right`; later faults are not looked at, so a check may rely on those before it. */
static bool
expect(struct check *c, bool right, const char *pointer, const char *code, const char *detail)
{
	if (!right && !c->problem)
		c->problem = problem_make(c->arena, 422, code, pointer, detail);
	return right;
}

static void
check_word(struct check *c, const char *text, const char *const *words, const char *pointer)
{
	expect(c, is_word(text, words), pointer, "policy.value", "A value is not one of those that are implemented.");
}

static void
check_words(struct check *c, char *const *texts, size_t n, const char *const *words, const char *pointer)
{
	for (size_t i = 0; i < n && !c->problem; i++)
		check_word(c, texts[i], words, arena_printf(c->arena, "%s/%zu", pointer, i));
}

static void
check_range(struct check *c, int64_t n, int64_t least, int64_t most, const char *pointer)
{
	expect(c, n >= least && n <= most, pointer, "policy.range", "A number is out of range.");
}

/* Clauses and ids of duties stand in ids and on the wire: short, and plain ASCII. */
static void
check_name(struct check *c, const char *text, const char *pointer)
{
	size_t len = strlen(text);
	bool plain = len > 0 && len <= CLAUSE_BYTES_MAX;

	for (size_t i = 0; i < len && plain; i++)
		plain = text[i] > ' ' && text[i] < 127;
	expect(c, plain, pointer, "policy.name",
	       "A clause or id is 1 to 64 printable ASCII characters without spaces.");
}

static void
check_text(struct check *c, const Common__Text *t, const char *pointer)
{
	expect(c, t->zh[0] && t->en[0], pointer, "policy.text", "A text is given in Chinese and in English.");
}

/* ---- approval */

static void
check_approval(struct check *c, const char *approval_json)
{
	static const char *const detail =
		"approval is \"automatic\", \"four_eyes\", or an object of these by kind of measure with a default.";
	json_t *j = json_loads(approval_json, JSON_DECODE_ANY, NULL), *value;
	const char *name;

	if (json_is_object(j)) {
		expect(c, json_object_get(j, "default"), "/approval", "policy.approval", detail);
		json_object_foreach (j, name, value) {
			bool known = strcmp(name, "default") == 0 || is_measure_kind(name);
			expect(c, known, "/approval", "policy.approval",
			       "approval names something that is no kind of measure.");
			expect(c, json_is_string(value) && is_word(json_string_value(value), approval_words),
			       "/approval", "policy.approval", detail);
		}
	} else {
		expect(c, json_is_string(j) && is_word(json_string_value(j), approval_words), "/approval",
		       "policy.approval", detail);
	}
	json_decref(j);
}

/* ---- what follows: from absences, from criticisms, in single cases */

/* A span is named after what it follows from. */
static unsigned
spans_at(enum place place)
{
	unsigned foreign = place == OF_ABSENCE
				   ? 1u << POLICY__SPAN__YEAR_OF_FINDING
				   : 1u << POLICY__SPAN__MONTH_OF_ABSENCE | 1u << POLICY__SPAN__QUARTER_OF_ABSENCE |
					     1u << POLICY__SPAN__YEAR_OF_ABSENCE;
	return ~foreign;
}

static void
check_consequence(struct check *c, const Policy__Consequence *m, enum place place, const char *pointer)
{
	bool kind = false, span = false;
	bool has_months = m->maybe_months_case == POLICY__CONSEQUENCE__MAYBE_MONTHS_MONTHS;
	bool needs_months = m->span == POLICY__SPAN__MONTHS_FROM_DECISION;
	const char *no = "";

	for (size_t i = 0; i < sizeof(ladder_kinds) / sizeof(ladder_kinds[0]); i++) {
		if (strcmp(m->kind, ladder_kinds[i].kind) != 0)
			continue;
		kind = ladder_kinds[i].places & place;
		span = ladder_kinds[i].spans & spans_at(place) & 1u << m->span;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		no = places[i].place == place ? places[i].no : no;
	expect(c, kind, arena_printf(c->arena, "%s/kind", pointer), "policy.kind", no);
	expect(c, span, arena_printf(c->arena, "%s/span", pointer), "policy.span",
	       "This measure cannot have this span.");
	expect(c, has_months == needs_months, arena_printf(c->arena, "%s/months", pointer), "policy.months",
	       "months goes with the span months_from_decision, and only with it.");
	if (has_months)
		check_range(c, m->months, 1, MONTHS_MAX, arena_printf(c->arena, "%s/months", pointer));
}

static void
check_consequences(struct check *c, Policy__Consequence *const *list, size_t n, enum place place, const char *at)
{
	for (size_t m = 0; m < n && !c->problem; m++) {
		check_consequence(c, list[m], place, arena_printf(c->arena, "%s/%zu", at, m));
		for (size_t k = 0; k < m; k++)
			expect(c, strcmp(list[k]->kind, list[m]->kind) != 0,
			       arena_printf(c->arena, "%s/%zu/kind", at, m), "policy.kind",
			       "A rung cannot have two measures of one kind.");
	}
}

/* A measure is named by its clause and kind: neither may come twice. */
static void
check_rung(struct check *c, Policy__Rung *const *rungs, size_t i)
{
	const Policy__Rung *r = rungs[i];
	const char *at = arena_printf(c->arena, "/absence_ladder/rungs/%zu", i);

	expect(c, r->rung == (int32_t)i + 1, arena_printf(c->arena, "%s/rung", at), "policy.rung",
	       "Rungs are numbered 1, 2, 3 … in order.");
	check_name(c, r->clause, arena_printf(c->arena, "%s/clause", at));
	for (size_t k = 0; k < i; k++)
		expect(c, strcmp(rungs[k]->clause, r->clause) != 0, arena_printf(c->arena, "%s/clause", at),
		       "policy.clause", "Two rungs cannot have the same clause.");
	check_text(c, r->reason, arena_printf(c->arena, "%s/reason", at));
	check_consequences(c, r->measures, r->n_measures, OF_ABSENCE, arena_printf(c->arena, "%s/measures", at));
}

static void
check_ladder(struct check *c, const Policy__AbsenceLadder *ladder)
{
	expect(c, ladder->n_rungs <= RUNGS_MAX, "/absence_ladder/rungs", "policy.range",
	       "A ladder has at most 16 rungs.");
	for (size_t i = 0; i < ladder->n_rungs && !c->problem; i++)
		check_rung(c, ladder->rungs, i);
}

/* What follows from an absence, a criticism or a case has a clause of its own. */
static bool
clause_taken(const Policy__Policy *p, const char *clause, size_t before_rung, size_t before_case)
{
	for (size_t i = 0; i < p->absence_ladder->n_rungs; i++)
		if (strcmp(p->absence_ladder->rungs[i]->clause, clause) == 0)
			return true;
	for (size_t i = 0; i < before_rung; i++)
		if (strcmp(p->criticisms->ladder[i]->clause, clause) == 0)
			return true;
	for (size_t i = 0; i < before_case; i++)
		if (strcmp(p->cases[i]->clause, clause) == 0)
			return true;
	return strcmp(p->recall->clause, clause) == 0 || strcmp(p->recall->head_takes_post_clause, clause) == 0;
}

static void
check_criticism_rung(struct check *c, const Policy__Policy *p, size_t i)
{
	const Policy__CriticismRung *r = p->criticisms->ladder[i];
	const char *at = arena_printf(c->arena, "/criticisms/ladder/%zu", i);

	expect(c, r->rung == (int32_t)i + 1, arena_printf(c->arena, "%s/rung", at), "policy.rung",
	       "Rungs are numbered 1, 2, 3 … in order.");
	check_name(c, r->clause, arena_printf(c->arena, "%s/clause", at));
	expect(c, !clause_taken(p, r->clause, i, 0), arena_printf(c->arena, "%s/clause", at), "policy.clause",
	       "Two rules cannot have the same clause.");
	check_text(c, r->reason, arena_printf(c->arena, "%s/reason", at));
	check_consequences(c, r->responsible, r->n_responsible, OF_CRITICISM,
			   arena_printf(c->arena, "%s/responsible", at));
	check_consequences(c, r->unit_head, r->n_unit_head, OF_HEAD, arena_printf(c->arena, "%s/unit_head", at));
}

/* A rung above `rungs` is never reached. */
static void
check_criticisms(struct check *c, const Policy__Policy *p)
{
	check_range(c, p->criticisms->rungs, 1, RUNGS_MAX, "/criticisms/rungs");
	check_range(c, p->criticisms->superior_enters_at, 1, p->criticisms->rungs, "/criticisms/superior_enters_at");
	expect(c, p->criticisms->n_ladder <= RUNGS_MAX, "/criticisms/ladder", "policy.range",
	       "A ladder has at most 16 rungs.");
	for (size_t i = 0; i < p->criticisms->n_ladder && !c->problem; i++)
		check_criticism_rung(c, p, i);
}

/* What a sealed finding leads to is as sealed as the finding, and nothing else is (C3.2.2). */
static void
check_sealed(struct check *c, const Policy__Case *k, Policy__Consequence *const *list, size_t n, const char *at)
{
	for (size_t i = 0; i < k->n_findings; i++)
		for (size_t m = 0; m < n; m++)
			expect(c, sealed_kind(k->findings[i]) == sealed_kind(list[m]->kind),
			       arena_printf(c->arena, "%s/%zu/kind", at, m), "policy.sealed",
			       "Findings of discipline and funds lead to a referral and to nothing else, other "
			       "findings to none.");
}

/* Absences have a ladder of their own. */
static void
check_case_findings(struct check *c, const Policy__Case *k, const char *at)
{
	int kind;

	expect(c, k->n_findings > 0, arena_printf(c->arena, "%s/findings", at), "policy.case",
	       "A case is one of some kind of finding.");
	for (size_t i = 0; i < k->n_findings; i++)
		expect(c,
		       enum_value(&supervision__finding_kind__descriptor, k->findings[i], &kind) &&
			       kind != SUPERVISION__FINDING_KIND__UNEXCUSED_ABSENCE,
		       arena_printf(c->arena, "%s/findings/%zu", at, i), "policy.case",
		       "There is no such finding, or it has a ladder.");
}

static void
check_case(struct check *c, const Policy__Policy *p, size_t i)
{
	const Policy__Case *k = p->cases[i];
	const char *at = arena_printf(c->arena, "/cases/%zu", i);
	const char *responsible = arena_printf(c->arena, "%s/responsible", at),
		   *unit_head = arena_printf(c->arena, "%s/unit_head", at);
	bool has_role = k->maybe_role_case == POLICY__CASE__MAYBE_ROLE_ROLE;

	check_name(c, k->clause, arena_printf(c->arena, "%s/clause", at));
	expect(c, !clause_taken(p, k->clause, p->criticisms->n_ladder, i), arena_printf(c->arena, "%s/clause", at),
	       "policy.clause", "Two rules cannot have the same clause.");
	check_text(c, k->reason, arena_printf(c->arena, "%s/reason", at));
	check_case_findings(c, k, at);
	expect(c, !has_role || is_role(k->role), arena_printf(c->arena, "%s/role", at), "policy.role",
	       "There is no such role.");
	expect(c, !has_role || k->n_unit_head == 0, unit_head, "policy.case",
	       "A case that asks for a role is that of the person who holds it.");
	check_consequences(c, k->responsible, k->n_responsible, OF_CASE, responsible);
	check_consequences(c, k->unit_head, k->n_unit_head, OF_HEAD, unit_head);
	check_sealed(c, k, k->responsible, k->n_responsible, responsible);
	check_sealed(c, k, k->unit_head, k->n_unit_head, unit_head);
	for (size_t m = 0; m < k->n_responsible; m++)
		for (size_t h = 0; h < k->n_unit_head; h++)
			expect(c, strcmp(k->responsible[m]->kind, k->unit_head[h]->kind) != 0,
			       arena_printf(c->arena, "%s/%zu/kind", unit_head, h), "policy.kind",
			       "A case cannot have two measures of one kind.");
}

static void
check_cases(struct check *c, const Policy__Policy *p)
{
	expect(c, p->n_cases <= CASES_MAX, "/cases", "policy.range", "There are at most 100 cases.");
	for (size_t i = 0; i < p->n_cases && !c->problem; i++)
		check_case(c, p, i);
}

/* ---- recall, findings, check-in, stipend */

static void
check_recall(struct check *c, const Policy__Recall *r)
{
	check_name(c, r->clause, "/recall/clause");
	check_name(c, r->head_takes_post_clause, "/recall/head_takes_post_clause");
	expect(c, strcmp(r->clause, r->head_takes_post_clause) != 0, "/recall/head_takes_post_clause", "policy.clause",
	       "Two rules cannot have the same clause.");
	check_range(c, r->head_takes_post_at, 1, 1000, "/recall/head_takes_post_at");
	check_range(c, r->review_due_days, 0, DAYS_MAX, "/recall/review_due_days");
	check_range(c, r->handover_due_days, 0, DAYS_MAX, "/recall/handover_due_days");
	check_range(c, r->replacement_due_days, 0, DAYS_MAX, "/recall/replacement_due_days");
	check_range(c, r->promotion_freeze_months, 0, MONTHS_MAX, "/recall/promotion_freeze_months");
	if (r->maybe_count_within_case == POLICY__RECALL__MAYBE_COUNT_WITHIN_COUNT_WITHIN_MONTHS)
		check_range(c, r->count_within_months, 1, MONTHS_MAX, "/recall/count_within_months");
}

static void
check_checkin(struct check *c, const Policy__Checkin *k)
{
	check_word(c, k->mode, mode_words, "/checkin/mode");
	if (k->maybe_late_case == POLICY__CHECKIN__MAYBE_LATE_LATE_DAYS_MAX)
		check_range(c, k->late_days_max, 0, DAYS_MAX, "/checkin/late_days_max");
}

static void
check_stipend(struct check *c, const Policy__Stipend *s)
{
	check_name(c, s->clause, "/stipend/clause");
	check_range(c, s->rate_fen, 0, FEN_MAX, "/stipend/rate_fen");
	check_range(c, s->township_allowance_fen, 0, FEN_MAX, "/stipend/township_allowance_fen");
	check_range(c, s->floor_fen, 0, FEN_MAX, "/stipend/floor_fen");
	check_range(c, s->instalments, 0, MONTHS_MAX, "/stipend/instalments");
	for (size_t i = 0; i < s->n_roles; i++)
		expect(c, is_role(s->roles[i]), arena_printf(c->arena, "/stipend/roles/%zu", i), "policy.role",
		       "There is no such role.");
}

static void
check_alerts(struct check *c, const Policy__Alerts *s)
{
	check_range(c, s->quiet_from_hour, 0, 23, "/alerts/quiet_from_hour");
	check_range(c, s->quiet_until_hour, 0, 23, "/alerts/quiet_until_hour");
	for (size_t i = 0; i < s->n_urgent; i++)
		expect(c, is_template(s->urgent[i]), arena_printf(c->arena, "/alerts/urgent/%zu", i), "policy.template",
		       "There is no such template of messages.");
}

/* ---- who may be posted where */

static void
check_roles_of(struct check *c, char *const *roles, size_t n, const char *at)
{
	expect(c, n > 0, at, "policy.role", "Somebody can be posted to each kind of village.");
	for (size_t i = 0; i < n; i++) {
		const char *here = arena_printf(c->arena, "%s/%zu", at, i);
		expect(c, is_role(roles[i]), here, "policy.role", "There is no such role.");
		for (size_t k = 0; k < i; k++)
			expect(c, strcmp(roles[k], roles[i]) != 0, here, "policy.role", "A role is named once.");
	}
}

static void
check_roles(struct check *c, const Policy__Roles *r)
{
	check_roles_of(c, r->poor, r->n_poor, "/roles/poor");
	check_roles_of(c, r->non_poor, r->n_non_poor, "/roles/non_poor");
}

/* ---- the duty catalogue */

/* "30", "2/3" or "100%", of plain digits, more than nothing; a fraction or percentage at most the whole. */
static bool
is_threshold(const char *text)
{
	char *end;
	bool digits = text[0] >= '1' && text[0] <= '9' && strlen(text) <= 9;
	long n = digits ? strtol(text, &end, 10) : 0;

	if (!digits)
		return false;
	if (*end == '%')
		return end[1] == '\0' && n <= 100;
	if (*end != '/')
		return *end == '\0';
	text = end + 1;
	long m = *text >= '1' && *text <= '9' ? strtol(text, &end, 10) : 0;
	return m >= n && *end == '\0';
}

static void
check_duty_who(struct check *c, const Policy__Duty *d, const char *at)
{
	expect(c, d->n_who > 0, arena_printf(c->arena, "%s/who", at), "policy.duty", "A duty is somebody's.");
	for (size_t i = 0; i < d->n_who; i++)
		expect(c, is_role(d->who[i]) || is_word(d->who[i], party_words),
		       arena_printf(c->arena, "%s/who/%zu", at, i), "policy.role", "There is no such role.");
	expect(c, d->n_villages > 0, arena_printf(c->arena, "%s/villages", at), "policy.duty",
	       "A duty is owed to some kind of village.");
	check_words(c, d->villages, d->n_villages, village_words, arena_printf(c->arena, "%s/villages", at));
}

static void
check_duty(struct check *c, Policy__Duty *const *duties, size_t i)
{
	const Policy__Duty *d = duties[i];
	const char *at = arena_printf(c->arena, "/duties/%zu", i);

	check_name(c, d->id, arena_printf(c->arena, "%s/id", at));
	for (size_t k = 0; k < i; k++)
		expect(c, strcmp(duties[k]->id, d->id) != 0, arena_printf(c->arena, "%s/id", at), "policy.duty",
		       "Two duties have the same id.");
	check_name(c, d->clause, arena_printf(c->arena, "%s/clause", at));
	check_name(c, d->activity, arena_printf(c->arena, "%s/activity", at));
	check_duty_who(c, d, at);
	check_text(c, d->duty, arena_printf(c->arena, "%s/duty", at));
	check_words(c, d->to, d->n_to, recipient_words, arena_printf(c->arena, "%s/to", at));
	check_word(c, d->measure, measure_words, arena_printf(c->arena, "%s/measure", at));
	expect(c, is_threshold(d->threshold), arena_printf(c->arena, "%s/threshold", at), "policy.threshold",
	       "A threshold is a count, a fraction like 2/3 or a percentage.");
	if (d->maybe_of_case == POLICY__DUTY__MAYBE_OF_OF)
		check_word(c, d->of, of_words, arena_printf(c->arena, "%s/of", at));
	bool share = strpbrk(d->threshold, "/%");
	expect(c, !share || d->maybe_of_case == POLICY__DUTY__MAYBE_OF_OF, arena_printf(c->arena, "%s/of", at),
	       "policy.duty", "A share is a share of something.");
	check_word(c, d->per, per_words, arena_printf(c->arena, "%s/per", at));
}

/* ---- the register */

static int
reading_index(const char *id)
{
	for (int i = 0; i < READINGS; i++)
		if (strcmp(readings[i].id, id) == 0)
			return i;
	return -1;
}

static void
check_readings(struct check *c, Policy__Reading *const *rs, size_t n)
{
	bool seen[READINGS] = { false };

	for (size_t i = 0; i < n && !c->problem; i++) {
		const char *at = arena_printf(c->arena, "/readings/%zu", i);
		int k = reading_index(rs[i]->id);
		if (!expect(c, k >= 0 && !seen[k], arena_printf(c->arena, "%s/id", at), "policy.reading",
			    "No such entry of the register, or twice."))
			return;
		seen[k] = true;
		expect(c, strcmp(rs[i]->reading, readings[k].reading) == 0, arena_printf(c->arena, "%s/reading", at),
		       "policy.reading", "This reading is not implemented.");
		check_text(c, rs[i]->question, arena_printf(c->arena, "%s/question", at));
		check_text(c, rs[i]->text, arena_printf(c->arena, "%s/text", at));
		expect(c, rs[i]->by[0], arena_printf(c->arena, "%s/by", at), "policy.reading",
		       "Somebody has chosen each reading.");
	}
	for (int k = 0; k < READINGS; k++)
		expect(c, seen[k], "/readings", "policy.reading",
		       arena_printf(c->arena, "The register lacks %s.", readings[k].id));
}

/* ---- text in, text out */

static void
check_policy(struct check *c, const Policy__Policy *p)
{
	check_approval(c, p->approval_json);
	check_ladder(c, p->absence_ladder);
	check_recall(c, p->recall);
	check_criticisms(c, p);
	check_cases(c, p);
	check_range(c, p->findings->hearing_due_days, 0, DAYS_MAX, "/findings/hearing_due_days");
	check_checkin(c, p->checkin);
	check_stipend(c, p->stipend);
	check_alerts(c, p->alerts);
	check_roles(c, p->roles);
	check_word(c, p->duty_rounding, rounding_words, "/duty_rounding");
	expect(c, p->n_duties <= DUTIES_MAX, "/duties", "policy.range", "A catalogue has at most 500 duties.");
	for (size_t i = 0; i < p->n_duties && !c->problem; i++)
		check_duty(c, p->duties, i);
	check_readings(c, p->readings, p->n_readings);
}

/* What documents need not say: it came after the first of them, and without it they have what we ship. */
static const char *const later_keys[] = { "roles" };

static void
later_keys_set(json_t *document)
{
	json_t *shipped = NULL;

	for (size_t i = 0; i < sizeof(later_keys) / sizeof(later_keys[0]); i++) {
		if (json_object_get(document, later_keys[i]))
			continue;
		if (!shipped)
			shipped = json_loads(data_dachuan_2017_96_json, 0, NULL);
		json_object_set(document, later_keys[i], json_object_get(shipped, later_keys[i]));
	}
	json_decref(shipped);
}

bool
policy_parse(const char *document_json, arena_t *a, Policy__Policy **out, Wire__Problem **problem)
{
	struct check c = { .arena = a };
	json_t *j = json_loads(document_json, JSON_REJECT_DUPLICATES, NULL);
	ProtobufCMessage *m = NULL;

	*problem = NULL;
	if (!json_is_object(j)) {
		json_decref(j);
		*problem = problem_make(a, 422, "policy.document", "", "A policy document is a JSON object.");
		return false;
	}
	later_keys_set(j);
	bool shaped = json_to_message_stored(j, &policy__policy__descriptor, a, &m, problem);
	json_decref(j);
	if (!shaped)
		return false;
	*out = (Policy__Policy *)m;
	check_policy(&c, *out);
	*problem = c.problem;
	return !c.problem;
}

static void
check_shown(struct check *c, json_t *v, const char *at)
{
	const char *name;
	json_t *value;
	size_t i;

	if (json_is_string(v))
		expect(c, utf8_shown(json_string_value(v), json_string_length(v)), at, "json.text",
		       "A string holds controls, unseen characters, or such as turn its direction.");
	json_object_foreach (v, name, value)
		check_shown(c, value, arena_printf(c->arena, "%s/%s", at, name));
	json_array_foreach (v, i, value)
		check_shown(c, value, arena_printf(c->arena, "%s/%zu", at, i));
}

bool
policy_patch_shown(const char *patch_json, arena_t *a, Wire__Problem **problem)
{
	struct check c = { .arena = a };
	json_t *patch = json_loads(patch_json, JSON_DECODE_ANY, NULL);

	check_shown(&c, patch, "");
	json_decref(patch);
	*problem = c.problem;
	return !c.problem;
}

/* MergePatch of RFC 7396 §2: a new value; null is handled by the caller, who alone can remove a member. */
static json_t *
merged(const json_t *target, json_t *patch)
{
	const char *name;
	json_t *value;

	if (!json_is_object(patch))
		return json_incref(patch);
	json_t *out = json_is_object(target) ? json_copy((json_t *)target) : json_object();
	json_object_foreach (patch, name, value) {
		if (json_is_null(value))
			json_object_del(out, name);
		else
			json_object_set_new(out, name, merged(json_object_get(out, name), value));
	}
	return out;
}

/* Part of a key is patched over the value that counts, also where the base does not say it. */
static bool
patches_later_key(const json_t *patch)
{
	for (size_t i = 0; i < sizeof(later_keys) / sizeof(later_keys[0]); i++)
		if (json_is_object(json_object_get(patch, later_keys[i])))
			return true;
	return false;
}

char *
policy_patched(const char *base_json, const char *patch_json, arena_t *a)
{
	json_t *base = json_loads(base_json, 0, NULL), *patch = json_loads(patch_json, JSON_DECODE_ANY, NULL);
	if (json_is_object(base) && patches_later_key(patch))
		later_keys_set(base);
	json_t *out = json_is_object(base) && patch ? merged(base, patch) : NULL;
	char *text = out ? json_dumps(out, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL;
	char *kept = text ? arena_strdup(a, text) : NULL;

	free(text);
	json_decref(out);
	json_decref(patch);
	json_decref(base);
	return kept;
}

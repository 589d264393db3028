/* What must always hold (rules.md §10), tried on random histories with all services in one process over a real
 * database.
 *
 * How: metamorphic.  A history (history.h) is told in several ways, each to a person of its own (clients.h); what
 * stands for them in the end, by the API, must be the same, or, with one absence more, not less.  Beside that, what
 * stands, of people and of their units, must be what the ladders' pure functions give for the facts in one go, money
 * must follow from measures, and the database must be sound (invariants.h).
 *
 *   ZHUCUN_SEED        of the first history; the others follow                 (fixed)
 *   ZHUCUN_SECONDS     how long it goes on, in rounds, each in an installation of its own; one at least  (60)
 *   ZHUCUN_HISTORIES   how many, however long that takes
 *   ZHUCUN_ROUND       how many in a round                                      (250)
 *
 * A failure prints the seed, the history, the difference, and how to run the history alone. */
#include "base/civil.h"
#include "harness/clients.h"
#include "harness/standing_text.h"
#include "harness/invariants.h"
#include "harness/tally.h"
#include "harness/units.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DATES = 4, YEARS = 2, FIRST_YEAR = 2017, SHOWN_MAX = 5, NAME_MAX_LEN = 64 };
static const char *const end_of_all = "2018-09-20T10:00:00+08:00";

/* What was seen of one person. */
struct seen { char *ladder, *verdicts[DATES], *money[YEARS]; json_t *standing, *stipend[YEARS]; };

struct trial {
	struct clients clients;
	struct seen *seen;
	struct policy_book books[DISTRICTS];
	arena_t *arena;                         /* of the books */
	int shown;
};

/* ---- failing */

static bool
has_line(const char *text, const char *line, size_t len)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (strcspn(text, "\n") == len && strncmp(text, line, len) == 0)
			return true;
	return false;
}

static void
show_lines(const char *sign, const char *of, const char *not_in)
{
	for (size_t len; *of; of += len + (of[len] == '\n')) {
		len = strcspn(of, "\n");
		if (!has_line(not_in, of, len))
			printf("    %s %.*s\n", sign, (int)len, of);
	}
}

static void
blame(struct trial *t, const struct person *p, const char *what, const char *expected, const char *got)
{
	tally_add(0, 1);
	if (t->shown++ >= SHOWN_MAX)
		return;
	printf("FAIL %s: %s in %s, told %s, seed %llu\n", what, p->id, clients_districts[p->district],
	       telling_names[p->telling], (unsigned long long)p->h.seed);
	history_print(&p->h, stdout);
	show_lines("-", expected, got);
	show_lines("+", got, expected);
	printf("    alone: ZHUCUN_SEED=%llu ZHUCUN_HISTORIES=1 build/tests/properties/property_test\n",
	       (unsigned long long)p->h.seed);
}

static void
same(struct trial *t, const struct person *p, const char *what, const char *expected, const char *got)
{
	if (strcmp(expected, got) == 0)
		tally_add(1, 0);
	else
		blame(t, p, what, expected, got);
}

/* ---- findings by what they are: the n-th of those of a kind that stand on their day, in id order */

struct names { const struct person *person; char of[FOUND_MAX][NAME_MAX_LEN]; };

static void
names_make(const struct person *p, struct names *out)
{
	char day[DAY_TEXT_MAX];

	out->person = p;
	for (size_t i = 0; i < p->h.nfound; i++) {
		int place = 1;
		for (size_t k = 0; k < p->h.nfound; k++)
			place += found_stands(&p->h.found[k]) && strcmp(p->h.found[k].kind, p->h.found[i].kind) == 0 &&
				 p->h.found[k].day == p->h.found[i].day && strcmp(p->found_id[k], p->found_id[i]) < 0;
		day_text(p->h.found[i].day, day);
		snprintf(out->of[i], sizeof(out->of[i]), "%.1s%s#%d%s", p->h.found[i].kind, day, place,
			 found_stands(&p->h.found[i]) ? "" : " WHICH DOES NOT COUNT");
	}
}

static const char *
name_of(const void *ctx, const char *finding_id)
{
	const struct names *n = ctx;

	for (size_t i = 0; i < n->person->h.nfound; i++)
		if (strcmp(n->person->found_id[i], finding_id) == 0)
			return n->of[i];
	return "SOMEBODY ELSE'S FINDING";
}

/* ---- looking */

static size_t
dates_of(const struct person *p, char out[DATES][DAY_TEXT_MAX])
{
	struct random r = { p->h.seed ^ UINT64_C(0xda7e) };
	size_t n = p->h.seed % 8 == 0 ? DATES : 1;

	for (size_t i = 0; i < n; i++)
		day_text(phase_day(0) + (int32_t)random_below(&r, 900), out[i]);
	return n;
}

enum { QUESTIONS = DATES + YEARS };

static size_t
questions(const struct person *p, struct asked *out)
{
	char dates[DATES][DAY_TEXT_MAX], *path;
	size_t n = dates_of(p, dates);

	for (size_t i = 0; i < n + YEARS; i++) {
		int made = i < n ? asprintf(&path, "/api/v1/districts/%s/persons/%s/standing?on=%s",
					    clients_districts[p->district], p->id, dates[i])
				 : asprintf(&path, "/api/v1/districts/%s/persons/%s/stipend?year=%d",
					    clients_districts[p->district], p->id, (int)(FIRST_YEAR + i - n));
		assert(made > 0);
		out[i] = (struct asked){ .method = "GET", .path = path };
	}
	return n + YEARS;
}

static void
take(struct trial *t, const struct person *p, struct seen *s, struct asked *answers, size_t n)
{
	struct names names;
	const struct naming naming = { name_of, &names };

	names_make(p, &names);
	for (size_t i = 0; i < n; i++) {
		json_t *j = json_loads(answers[i].answered.body, 0, NULL);
		if (answers[i].answered.status != 200)
			blame(t, p, answers[i].path, "", answers[i].answered.body);
		if (i + YEARS >= n) {
			s->stipend[i + YEARS - n] = j;
			s->money[i + YEARS - n] = standing_money(j);
		} else {
			s->verdicts[i] = standing_verdicts(j, &naming);
			if (i == 0) {
				s->standing = json_incref(j);
				s->ladder = standing_ladder(j, p->id, &naming);
			}
			json_decref(j);
		}
		free((char *)answers[i].path);
		free(answers[i].answered.body);
	}
}

static void
look(struct trial *t)
{
	enum { SOME = 100 };
	struct asked *asked = calloc(SOME * QUESTIONS, sizeof(*asked));
	size_t counts[SOME];

	assert(asked);
	for (size_t first = 0; first < t->clients.n; first += SOME) {
		size_t n = 0, some = t->clients.n - first < SOME ? t->clients.n - first : SOME;
		for (size_t i = 0; i < some; i++)
			n += counts[i] = questions(&t->clients.people[first + i], &asked[n]);
		harness_call_all(t->clients.harness, asked, n);
		n = 0;
		for (size_t i = 0; i < some; n += counts[i++])
			take(t, &t->clients.people[first + i], &t->seen[first + i], &asked[n], counts[i]);
	}
	free(asked);
}

/* ---- against each other */

static const struct { enum telling telling; const char *what; } alike[] = {
	{ SHUFFLED, "§10.1 order: the same facts in another order" },
	{ REPEATED, "§10.2 idempotence: everything delivered several times" },
	{ UNDONE, "§10.3 reversal: what was annulled or dismissed never happened" },
	{ STORMY, "§10.7 nothing lost: services died" },
	{ LATE_RULES, "§5 facts are judged as at the incident: policies published later" },
};

static const char *
property_of(enum telling t)
{
	for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++)
		if (alike[i].telling == t)
			return alike[i].what;
	return NULL;
}

static void
compare(struct trial *t, const struct person *p, const struct seen *plain, const struct seen *s)
{
	const char *what = property_of(p->telling);

	if (!what)
		return;
	same(t, p, what, plain->ladder, s->ladder);
	for (int i = 0; i < DATES && plain->verdicts[i]; i++)
		same(t, p, what, plain->verdicts[i], s->verdicts[i]);
	for (int i = 0; i < YEARS; i++)
		same(t, p, what, plain->money[i], s->money[i]);
}

/* ---- §10.4: with one absence more */

static const char *
text_at(json_t *object, const char *member)
{
	const char *s = json_string_value(json_object_get(object, member));
	return s ? s : "";
}

/* Highest rung of the absences of a year. */
static int
rungs_reached(json_t *standing, int year)
{
	int most = 0;
	size_t i;
	json_t *a;

	json_array_foreach(json_object_get(standing, "absences"), i, a) {
		int rung = (int)json_integer_value(json_object_get(a, "rung"));
		if (atoi(text_at(a, "on")) == year && rung > most)
			most = rung;
	}
	return most;
}

/* Both merged and in order, so each interval of one lies within a single one of the other. */
static bool
covers(json_t *more, json_t *less)
{
	size_t i, k;
	json_t *x, *y;

	json_array_foreach(less, i, x) {
		bool found = false;
		json_array_foreach(more, k, y)
			found |= strcmp(json_string_value(json_array_get(y, 0)),
					json_string_value(json_array_get(x, 0))) <= 0 &&
				 strcmp(json_string_value(json_array_get(y, 1)),
					json_string_value(json_array_get(x, 1))) >= 0;
		if (!found)
			return false;
	}
	return true;
}

static void
monotonic(struct trial *t, const struct person *p, const struct seen *plain, const struct seen *more)
{
	for (int i = 0; i < YEARS; i++) {
		bool grew = rungs_reached(more->standing, FIRST_YEAR + i) >=
				    rungs_reached(plain->standing, FIRST_YEAR + i) &&
			    covers(json_object_get(more->stipend[i], "cancelled_days"),
				   json_object_get(plain->stipend[i], "cancelled_days"));
		if (grew)
			tally_add(1, 0);
		else
			blame(t, p, "§10.4 monotonic: one absence more lowers a rung or frees a day", plain->money[i],
			      more->money[i]);
	}
}

/* ---- against the pure ladder */

static void
books_read(struct trial *t)
{
	for (int d = 0; d < DISTRICTS; d++) {
		size_t n = d ? POLICIES : 1;
		struct policy_version *versions = arena_alloc(t->arena, (n + 1) * sizeof(*versions));
		for (size_t i = 0; i <= n; i++) {
			char path[128];
			Policy__Policy *document = NULL;
			Wire__Problem *problem;
			snprintf(path, sizeof(path), "/api/v1/districts/%s/policy?on=%s", clients_districts[d],
				 i ? clients_policies[i - 1].effective_from : "2017-08-01");
			struct answered a = harness_call(t->clients.harness, "GET", path, NULL, NULL, NULL);
			json_t *j = json_loads(a.body, 0, NULL);
			char *words = json_dumps(json_object_get(j, "document"), JSON_COMPACT);
			check(words && policy_parse(words, t->arena, &document, &problem),
			      "the policy in force can be read", path);
			versions[i] =
				(struct policy_version){ arena_strdup(t->arena, text_at(j, "version")), 0, document };
			day_parse(text_at(j, "effective_from"), &versions[i].effective_from_day);
			free(words);
			json_decref(j);
			free(a.body);
		}
		t->books[d] = (struct policy_book){ versions, n + 1 };
	}
}

static void
recompute(struct trial *t, const struct person *p, const struct seen *s, arena_t *a)
{
	const AccountabilityRows__Finding *facts[FOUND_MAX];
	MirrorRows__Posting posting = MIRROR_ROWS__POSTING__INIT;
	struct names names;
	const struct naming naming = { name_of, &names };
	size_t n = 0;

	names_make(p, &names);
	for (size_t i = 0; i < p->h.nfound; i++)
		if (found_stands(&p->h.found[i]))
			facts[n++] = units_fact(p, i, p->id, a);
	day_parse("2017-08-01", &posting.from_day);
	if (p->h.term_to) {
		posting.maybe_term_to_case = MIRROR_ROWS__POSTING__MAYBE_TERM_TO_TERM_TO_DAY;
		day_parse(p->h.term_to, &posting.term_to_day);
	}
	char *due = standing_recomputed(&t->books[p->district], facts, n, &posting, &naming, a);
	same(t, p, "§5 what stands is what the ladders give", due, s->ladder);
	free(due);
	arena_reset(a);
}

/* ---- money against measures, and against itself */

static bool
cancels_day(json_t *standing, const char *day)
{
	size_t i;
	json_t *m;

	json_array_foreach(json_object_get(standing, "measures"), i, m)
		if (strcmp(text_at(m, "kind"), "stipend_cancelled") == 0 &&
		    (strcmp(text_at(m, "state"), "in_force") == 0 || strcmp(text_at(m, "state"), "served") == 0) &&
		    strcmp(text_at(m, "from"), day) <= 0 && strcmp(day, text_at(m, "until")) < 0)
			return true;
	return false;
}

static bool
is_cancelled(json_t *stipend, const char *day)
{
	size_t i;
	json_t *x;

	json_array_foreach(json_object_get(stipend, "cancelled_days"), i, x)
		if (strcmp(json_string_value(json_array_get(x, 0)), day) <= 0 &&
		    strcmp(day, json_string_value(json_array_get(x, 1))) < 0)
			return true;
	return false;
}

/* Measures begin and end with months. */
static void
cancelled_as_measured(struct trial *t, const struct person *p, const struct seen *s)
{
	char day[DAY_TEXT_MAX];
	bool ok = true;

	for (int i = 0; i < YEARS; i++)
		for (int month = 1; month <= 12; month++)
			for (int nth = 1; nth <= 28; nth += 27) {
				day_text(day_of_civil(FIRST_YEAR + i, month, nth), day);
				ok = ok && cancels_day(s->standing, day) == is_cancelled(s->stipend[i], day);
			}
	if (ok)
		tally_add(1, 0);
	else
		blame(t, p, "A3: the cancelled days are those of the measures in effect", s->ladder, s->money[0]);
}

static void
balances(struct trial *t, const struct person *p, const struct seen *s)
{
	for (int i = 0; i < YEARS; i++) {
		json_int_t sum = 0;
		size_t k;
		json_t *m;
		json_array_foreach(json_object_get(s->stipend[i], "months"), k, m)
			sum += json_integer_value(json_object_get(m, "accrued_fen")) -
			       json_integer_value(json_object_get(m, "cancelled_fen")) -
			       json_integer_value(json_object_get(m, "paid_fen"));
		if (sum == json_integer_value(json_object_get(s->stipend[i], "balance_fen")))
			tally_add(1, 0);
		else
			blame(t, p, "the balance is accrued − cancelled − paid", "", s->money[i]);
	}
}

/* ---- what was acknowledged, and what the ledger says, of everybody */

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct list { char **at; size_t n, cap; };

static void
list_add(struct list *l, char *line)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 1024;
		l->at = realloc(l->at, l->cap * sizeof(*l->at));
		assert(l->at);
	}
	l->at[l->n++] = line;
}

static void
list_compare(struct trial *t, struct list *l, const char *what, const char *sql)
{
	char *text = NULL, *got = harness_sql(t->clients.harness, sql);
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (l->n)
		qsort(l->at, l->n, sizeof(*l->at), by_text);
	for (size_t i = 0; i < l->n; i++) {
		fprintf(f, "%s\n", l->at[i]);
		free(l->at[i]);
	}
	fclose(f);
	invariants_same_lines(check, what, text, got);
	free(l->at);
	free(text);
	free(got);
}

static void
acknowledged_findings(struct trial *t)
{
	static const char *const fates[] = { "noted", "dismissed", "confirmed" };
	struct list l = { 0 };
	char *line;

	for (size_t i = 0; i < t->clients.n; i++) {
		const struct person *p = &t->clients.people[i];
		for (size_t k = 0; k < p->h.nfound; k++) {
			const struct found *f = &p->h.found[k];
			if (asprintf(&line, "%s %s %s %s", clients_districts[p->district], p->found_id[k], p->id,
				     f->annulled != NEVER ? "annulled" : fates[f->fate]) > 0)
				list_add(&l, line);
		}
	}
	list_compare(t, &l, "§10.7 findings are those acknowledged, as they were left",
		     "select string_agg(line, E'\\n' order by line collate \"C\") from (select f.district || ' ' || "
		     "f.finding_id || ' ' || f.person_id || ' ' ||"
		     " coalesce((select v.state from supervision.finding_move v where (v.district, v.finding_id) = "
		     "(f.district, f.finding_id)"
		     " order by v.seq desc limit 1), 'noted') as line from supervision.finding f) x");
}

static void
acknowledged_checkins(struct trial *t)
{
	struct list l = { 0 };
	char *line;

	for (size_t i = 0; i < t->clients.n; i++) {
		const struct person *p = &t->clients.people[i];
		for (size_t k = 0; k < p->h.nvisits; k++)
			if (asprintf(&line, "%s %s %s", clients_districts[p->district], p->visit_id[k], p->id) > 0)
				list_add(&l, line);
	}
	list_compare(t, &l, "§10.7 check-ins are those acknowledged",
	             "select string_agg(line, E'\\n' order by line collate \"C\") from"
	             " (select district || ' ' || checkin_id || ' ' || person_id as line from attendance.checkin) x");
}

static void
ledger_is_stipend(struct trial *t)
{
	struct list l = { 0 };
	char *line;
	size_t k;
	json_t *m;

	for (size_t i = 0; i < t->clients.n; i++)
		for (int y = 0; y < YEARS; y++)
			json_array_foreach(json_object_get(t->seen[i].stipend[y], "months"), k, m)
				if (json_integer_value(json_object_get(m, "accrued_fen")) &&
				    asprintf(&line, "%s %s %s %lld %lld",
					     clients_districts[t->clients.people[i].district], t->clients.people[i].id,
					     text_at(m, "month"), json_integer_value(json_object_get(m, "accrued_fen")),
					     json_integer_value(json_object_get(m, "cancelled_fen"))) > 0)
					list_add(&l, line);
	list_compare(t, &l, "§10.6 the ledger is what the stipend says",
		     "select string_agg(line, E'\\n' order by line collate \"C\") from (select district || ' ' || "
		     "person_id || ' ' || to_char(valid_on_day, 'YYYY-MM')"
		     " || ' ' || sum(fen) filter (where purpose = 'accrual') || ' ' || coalesce(-sum(fen) filter "
		     "(where purpose = 'cancellation'), 0) as line"
		     " from funding.entry where account = 'person:' || person_id group by district, person_id, "
		     "to_char(valid_on_day, 'YYYY-MM')"
		     " having sum(fen) filter (where purpose = 'accrual') <> 0) x");
}

/* ---- all of it */

static void
live(struct trial *t)
{
	for (int phase = 0; phase < PHASES; phase++) {
		clients_live(&t->clients, phase);
		if (random_below(&t->clients.random, 2))
			check(clients_settle(&t->clients), "every consequence comes", phase_days[phase]);
	}
	clients_clock(&t->clients, end_of_all);
	check(clients_settle(&t->clients), "every consequence comes", "at the end");
	tally_add((int)(t->clients.lines + t->clients.moves) - t->clients.complaints, t->clients.complaints);
}

static void
judge(struct trial *t)
{
	arena_t *a = arena_open(16 << 20);
	const struct seen *plain = NULL;

	for (size_t i = 0; i < t->clients.n; i++) {
		const struct person *p = &t->clients.people[i];
		const struct seen *s = &t->seen[i];
		if (p->telling == PLAIN)
			plain = s;                      /* the others of the history follow */
		compare(t, p, plain, s);
		if (p->telling == ONE_MORE && p->district == 0)
			monotonic(t, p, plain, s);
		recompute(t, p, s, a);
		cancelled_as_measured(t, p, s);
		balances(t, p, s);
	}
	units_check(check, &t->clients, t->books, a);
	arena_close(&a);
}

static void
forget(struct seen *s)
{
	free(s->ladder);
	json_decref(s->standing);
	for (int i = 0; i < DATES; i++)
		free(s->verdicts[i]);
	for (int i = 0; i < YEARS; i++) {
		free(s->money[i]);
		json_decref(s->stipend[i]);
	}
}

/* So many histories in one installation, from a seed on. */
static void
round_of(uint64_t seed, size_t histories)
{
	struct trial t = { .arena = arena_open(16 << 20) };
	int before = tally_failed;
	harness_t *s = harness_open_with((int)harness_setting("ZHUCUN_TEST_REPLICAS", 3));

	clients_open(&t.clients, s, seed, histories);
	t.seen = calloc(t.clients.n, sizeof(*t.seen));
	assert(t.seen);
	live(&t);
	books_read(&t);
	look(&t);
	judge(&t);
	acknowledged_findings(&t);
	acknowledged_checkins(&t);
	ledger_is_stipend(&t);
	invariants_check(check, s);
	printf("seed %llu, %zu histories: %zu people, %zu lines, %zu moves, %zu crashes\n", (unsigned long long)seed,
	       histories, t.clients.n, t.clients.lines, t.clients.moves, t.clients.crashes);
	if (tally_failed > before)
		printf("again: ZHUCUN_SEED=%llu ZHUCUN_HISTORIES=%zu ZHUCUN_ROUND=%zu "
		       "build/tests/properties/property_test\n",
		       (unsigned long long)seed, histories, histories);
	fflush(stdout);
	for (size_t i = 0; i < t.clients.n; i++)
		forget(&t.seen[i]);
	free(t.seen);
	clients_close(&t.clients);
	harness_close(&s);
	arena_close(&t.arena);
}

int
main(void)
{
	uint64_t seed = harness_setting("ZHUCUN_SEED", 20170908);
	size_t histories = harness_setting("ZHUCUN_HISTORIES", SIZE_MAX), most = harness_setting("ZHUCUN_ROUND", 250),
	       done = 0;
	time_t seconds = getenv("ZHUCUN_HISTORIES") ? INT32_MAX : (time_t)harness_setting("ZHUCUN_SECONDS", 60);
	time_t end = time(NULL) + seconds;

	do {
		size_t n = histories - done < most ? histories - done : most;
		round_of(seed + done, n);
		done += n;
	} while (done < histories && time(NULL) < end);
	printf("%zu histories were told\n", done);
	return tally_end();
}

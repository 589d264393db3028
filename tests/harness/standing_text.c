/* standing_text - see standing_text.h. */
#include "standing_text.h"
#include "../../services/accountability/criticism_policy.h"
#include "base/civil.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef AccountabilityRows__Measure Measure;

/* ---- lines */

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The same lines in order; frees what it is given. */
static char *
sorted(char *text)
{
	size_t n = 0, len = strlen(text);
	char **lines = calloc(len + 1, sizeof(*lines)), *out = malloc(len + 2), *at = out, *save = NULL;

	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		lines[n++] = l;
	qsort(lines, n, sizeof(*lines), by_text);
	for (size_t i = 0; i < n; i++)
		at += sprintf(at, "%s\n", lines[i]);
	*at = '\0';
	free(lines);
	free(text);
	return out;
}

static const char *
string_at(json_t *object, const char *member)
{
	const char *s = json_string_value(json_object_get(object, member));
	return s ? s : "";
}

/* ---- from the API */

static void
write_cause(FILE *f, json_t *cause, const struct naming *n)
{
	size_t i;
	json_t *id;

	json_array_foreach(cause, i, id)
		fprintf(f, "%s%s", i ? "," : "", n->name(n->ctx, json_string_value(id)));
}

/* unit_id "": of the person alone. */
static void
write_measure(FILE *f, json_t *m, const char *person_id, const char *unit_id, const struct naming *n)
{
	json_t *subject = json_object_get(m, "subject");
	bool theirs = strcmp(string_at(subject, "person_id"), person_id) == 0 &&
		      strcmp(string_at(subject, "unit_id"), unit_id) == 0;

	fprintf(f, "measure %s %s %s..%s %s %s of %s because of ", string_at(m, "clause"), string_at(m, "kind"),
		string_at(m, "from"), string_at(m, "until"), string_at(m, "state"), string_at(m, "policy"),
		theirs ? "the person" : "SOMEBODY ELSE");
	write_cause(f, json_object_get(m, "cause"), n);
	fprintf(f, ": %s\n", string_at(json_object_get(m, "reason"), "en"));
}

char *
standing_ladder(json_t *standing, const char *person_id, const struct naming *n)
{
	char *text = NULL;
	size_t len, i;
	json_t *x;
	FILE *f = open_memstream(&text, &len);

	json_array_foreach(json_object_get(standing, "absences"), i, x)
		fprintf(f, "absence %s %s rung %d\n", string_at(x, "on"), n->name(n->ctx, string_at(x, "finding_id")),
		        (int)json_integer_value(json_object_get(x, "rung")));
	json_array_foreach(json_object_get(standing, "measures"), i, x)
		write_measure(f, x, person_id, "", n);
	fclose(f);
	return sorted(text);
}

char *
standing_unit(json_t *standing, const char *unit_id, const char *head_id, const struct naming *n)
{
	char *text = NULL;
	size_t len, i;
	json_t *x;
	FILE *f = open_memstream(&text, &len);

	json_array_foreach(json_object_get(standing, "criticisms"), i, x)
		fprintf(f, "criticism %s %s %s rung %d\n", string_at(x, "on"), string_at(x, "bulletin"),
			n->name(n->ctx, string_at(x, "finding_id")),
			(int)json_integer_value(json_object_get(x, "rung")));
	json_array_foreach(json_object_get(standing, "measures"), i, x)
		write_measure(f, x, head_id, unit_id, n);
	fclose(f);
	return sorted(text);
}

/* A measure that bars, by what it is. */
static void
write_reason(FILE *f, const char *verdict, json_t *measures, const char *id, const struct naming *n)
{
	size_t i;
	json_t *m;

	json_array_foreach(measures, i, m)
		if (strcmp(string_at(m, "id"), id) == 0) {
			fprintf(f, "%s barred by %s %s from %s because of ", verdict, string_at(m, "clause"),
				string_at(m, "kind"), string_at(m, "from"));
			write_cause(f, json_object_get(m, "cause"), n);
			fputc('\n', f);
			return;
		}
	fprintf(f, "%s barred by NO MEASURE THAT STANDS %s\n", verdict, id);
}

char *
standing_verdicts(json_t *standing, const struct naming *n)
{
	static const char *const verdicts[] = { "award", "promotion" };
	char *text = NULL;
	size_t len, k;
	json_t *id;
	FILE *f = open_memstream(&text, &len);

	for (int i = 0; i < 2; i++) {
		json_t *v = json_object_get(json_object_get(standing, "eligibility"), verdicts[i]);
		fprintf(f, "%s on %s: %s\n", verdicts[i], string_at(standing, "on"),
			json_is_true(json_object_get(v, "eligible")) ? "eligible" : "barred");
		json_array_foreach(json_object_get(v, "reasons"), k, id)
			write_reason(f, verdicts[i], json_object_get(standing, "measures"), json_string_value(id), n);
	}
	fclose(f);
	return sorted(text);
}

char *
standing_money(json_t *stipend)
{
	char *text = NULL;
	size_t len, i;
	json_t *x;
	FILE *f = open_memstream(&text, &len);

	json_array_foreach(json_object_get(stipend, "months"), i, x)
		fprintf(f, "month %s %d days, accrued %lld, cancelled %lld, paid %lld, clawed back %lld\n",
			string_at(x, "month"), (int)json_integer_value(json_object_get(x, "days_present")),
			json_integer_value(json_object_get(x, "accrued_fen")),
			json_integer_value(json_object_get(x, "cancelled_fen")),
			json_integer_value(json_object_get(x, "paid_fen")),
			json_integer_value(json_object_get(x, "clawback_fen")));
	json_array_foreach(json_object_get(stipend, "cancelled_days"), i, x)
		fprintf(f, "cancelled %s..%s\n", json_string_value(json_array_get(x, 0)),
			json_string_value(json_array_get(x, 1)));
	fprintf(f, "balance of %d: %lld\n", (int)json_integer_value(json_object_get(stipend, "year")),
	        json_integer_value(json_object_get(stipend, "balance_fen")));
	fclose(f);
	return text;
}

/* ---- from the rules */

static void
write_lower(FILE *f, const ProtobufCEnumDescriptor *d, int value)
{
	for (const char *c = protobuf_c_enum_descriptor_get_value(d, value)->name; *c; c++)
		fputc(tolower((unsigned char)*c), f);
}

static void
write_due(FILE *f, const Measure *m, const struct naming *n)
{
	char from[DAY_TEXT_MAX], until[DAY_TEXT_MAX] = "";

	day_text(m->from_day, from);
	if (m->maybe_until_case)
		day_text(m->until_day, until);
	fprintf(f, "measure %s ", m->clause);
	write_lower(f, &accountability__measure_kind__descriptor, (int)m->kind);
	fprintf(f, " %s..%s ", from, until);
	write_lower(f, &accountability__measure_state__descriptor, (int)m->state);
	fprintf(f, " %s of the person because of ", m->policy);
	for (size_t i = 0; i < m->n_cause; i++)
		fprintf(f, "%s%s", i ? "," : "", n->name(n->ctx, m->cause[i]));
	fprintf(f, ": %s\n", m->reason_en);
}

char *
standing_recomputed(const struct policy_book *book, const AccountabilityRows__Finding *const *findings, size_t n,
                    const MirrorRows__Posting *posting, const struct naming *naming, arena_t *a)
{
	struct absence *absences;
	Measure **due, **criticised;
	char *text = NULL, day[DAY_TEXT_MAX];
	size_t len, nabsences = ladder_absences(book, findings, n, a, &absences);
	size_t ndue = ladder_measures(absences, nabsences, &posting, 1, a, &due);
	size_t ncriticised = criticism_measures(book, findings, n, &posting, 1, a, &criticised);
	FILE *f = open_memstream(&text, &len);

	for (size_t i = 0; i < nabsences; i++) {
		day_text(absences[i].finding->on_day, day);
		fprintf(f, "absence %s %s rung %d\n", day, naming->name(naming->ctx, absences[i].finding->finding_id),
			absences[i].rung);
	}
	for (size_t i = 0; i < ndue; i++)
		write_due(f, due[i], naming);
	for (size_t i = 0; i < ncriticised; i++)
		write_due(f, criticised[i], naming);
	fclose(f);
	return sorted(text);
}

char *
standing_unit_recomputed(const struct policy_book *book, const char *unit_id, const char *head_id,
			 const AccountabilityRows__Finding *const *findings, size_t n, const struct naming *naming,
			 arena_t *a)
{
	const struct headship head = { DAY_EVER, head_id, NULL, 0 };
	struct criticism *counted;
	Measure **due;
	char *text = NULL, day[DAY_TEXT_MAX];
	size_t len, count = criticism_count(book, findings, n, a, &counted),
		    ndue = criticism_unit_measures(book, unit_id, findings, n, &head, 1, a, &due);
	FILE *f = open_memstream(&text, &len);

	for (size_t i = 0; i < count; i++) {
		day_text(counted[i].finding->on_day, day);
		fprintf(f, "criticism %s %s %s rung %d\n", day, counted[i].finding->bulletin,
			naming->name(naming->ctx, counted[i].finding->finding_id), counted[i].rung);
	}
	for (size_t i = 0; i < ndue; i++)
		write_due(f, due[i], naming);
	fclose(f);
	return sorted(text);
}

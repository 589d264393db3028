/* invariants - see invariants.h. */
#include "service_list.h"
#include "invariants.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "-- name: "
#define PLACE "{service}"

static void
check_sql(check_fn *check, harness_t *s, const char *what, const char *sql)
{
	char *question, *got;

	if (asprintf(&question, "select count(*) || ' such, as ' || coalesce(min(x::text), '') from (%s) x", sql) < 0)
		abort();
	got = harness_sql(s, question);
	check(strncmp(got, "0 ", 2) == 0, what, *got ? got : "the question failed");
	free(question);
	free(got);
}

/* The statement with each {service} named; malloc'ed. */
static char *
named(const char *text, size_t len, const char *service)
{
	char *out = malloc(len + 1);
	const char *at;

	memcpy(out, text, len);
	out[len] = '\0';
	while ((at = strstr(out, PLACE))) {
		char *next;
		if (asprintf(&next, "%.*s%s%s", (int)(at - out), out, service, at + strlen(PLACE)) < 0)
			abort();
		free(out);
		out = next;
	}
	return out;
}

static void
check_for(check_fn *check, harness_t *s, const char *what, size_t what_len, const char *sql, size_t sql_len,
	  const char *service)
{
	char *name = named(what, what_len, service), *question = named(sql, sql_len, service);

	check_sql(check, s, name, question);
	free(name);
	free(question);
}

static char *
file_read(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!f || getdelim(&text, &size, '\0', f) < 0)
		abort();                /* tests run at the top of the checkout */
	fclose(f);
	return text;
}

void
invariants_check(check_fn *check, harness_t *s)
{
	char *text = file_read("tests/harness/invariants.sql");

	for (const char *what = text; (what = strstr(what, NAME));) {
		what += strlen(NAME);
		const char *sql = strchr(what, '\n'), *end = strstr(what, ";\n");
		bool of_each = memmem(what, (size_t)(end - what), PLACE, strlen(PLACE));
		for (size_t i = 0; i < (of_each ? SERVICES : 1); i++)
			check_for(check, s, what, (size_t)(sql - what), sql, (size_t)(end - sql), service_names[i]);
	}
	free(text);
}

/* ---- two sets of lines */

static size_t
line_len(const char *s)
{
	return strcspn(s, "\n");
}

static int
compare_lines(const char *a, const char *b)
{
	size_t na = line_len(a), nb = line_len(b);
	int c = memcmp(a, b, na < nb ? na : nb);

	return !na || !nb ? (na == 0) - (nb == 0) : c ? c : (na > nb) - (na < nb);      /* the end comes last */
}

enum { SHOWN_MAX = 10 };

void
invariants_same_lines(check_fn *check, const char *what, const char *expected, const char *got)
{
	int differ = 0;
	char *which = NULL;
	size_t len;
	FILE *f = open_memstream(&which, &len);

	while (*expected || *got) {
		int c = compare_lines(expected, got);
		if (c && differ++ < SHOWN_MAX)
			fprintf(f, "\n  %s %.*s", c < 0 ? "missing" : "unexpected",
				(int)line_len(c < 0 ? expected : got), c < 0 ? expected : got);
		if (c <= 0)
			expected += line_len(expected) + 1 - !expected[line_len(expected)];
		if (c >= 0)
			got += line_len(got) + 1 - !got[line_len(got)];
	}
	fclose(f);
	check(!differ, what, which);
	free(which);
}

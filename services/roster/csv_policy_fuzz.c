/* How it tests: libFuzzer's bytes are read as a file.  What comes out is UTF-8 within the bounds that csv_policy.h
 * promises, and written out again, every field in quotes, and with the mark of UTF-8, it is read as the same rows.
 *
 * tests/run-fuzz.sh builds and runs it. */
#include "csv_policy.h"
#include "base/utf8.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { INPUT_MAX = 1 << 16, ARENA_BYTES = 16 << 20 };

static void
must(bool held)
{
	if (!held)
		abort();
}

static void
must_be_text(const char *s)
{
	size_t left = strlen(s), n;
	uint32_t code;

	for (; left; s += n, left -= n)
		must((n = utf8_take(s, left, &code)) > 0);
}

static void
must_keep_bounds(const struct csv *csv)
{
	if (csv->fault) {
		must(csv->fault->code && csv->fault->detail && !csv->n);
		must(csv->fault->status == 400 || csv->fault->status == 422);
		return;
	}
	must(csv->n >= 1 && csv->n <= CSV_ROWS_MAX + 1);
	for (size_t i = 0; i < csv->n; i++) {
		must(csv->rows[i].number > (i ? csv->rows[i - 1].number : 0));
		must(csv->rows[i].n >= 1 && csv->rows[i].n <= CSV_FIELDS_MAX);
		for (size_t k = 0; k < csv->rows[i].n; k++)
			must_be_text(csv->rows[i].fields[k]);
	}
}

static char *
quoted(char *to, const char *field)
{
	*to++ = '"';
	for (; *field; *to++ = *field++)
		if (*field == '"')
			*to++ = '"';
	*to++ = '"';
	return to;
}

/* The file that says the same, in the form that leaves no choice. */
static size_t
written(const struct csv *csv, char *out)
{
	char *to = out;

	memcpy(to, "\xef\xbb\xbf", 3);
	to += 3;
	for (size_t i = 0; i < csv->n; i++)
		for (size_t k = 0; k < csv->rows[i].n; k++) {
			to = quoted(to, csv->rows[i].fields[k]);
			*to++ = k + 1 < csv->rows[i].n ? ',' : '\n';
		}
	return (size_t)(to - out);
}

static bool
is_blank(const struct csv_row *row)
{
	for (size_t k = 0; k < row->n; k++)
		if (*row->fields[k])
			return false;
	return true;
}

/* A row with a fault may have had nothing but it; written again it is empty, and left out. */
static void
must_be_same(const struct csv *a, const struct csv *b)
{
	size_t at = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (is_blank(&a->rows[i]))
			continue;
		must(at < b->n && !b->rows[at].fault && a->rows[i].n == b->rows[at].n);
		for (size_t k = 0; k < a->rows[i].n; k++)
			must(strcmp(a->rows[i].fields[k], b->rows[at].fields[k]) == 0);
		at++;
	}
	must(at == b->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > INPUT_MAX)
		return 0;
	arena_t *a = arena_open(ARENA_BYTES);
	struct csv csv = csv_read(bytes, len, CSV_UNSAID, a);

	must_keep_bounds(&csv);
	if (!csv.fault) {
		char *out = arena_alloc(a, 12 * len + 64);
		struct csv again = csv_read(out, written(&csv, out), CSV_UNSAID, a);
		must_keep_bounds(&again);
		must_be_same(&csv, &again);
	}
	arena_close(&a);
	return 0;
}

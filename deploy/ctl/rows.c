/* rows - messages to standard output: in columns for people, one JSON object a line with --json. */
#include "ctl.h"
#include "json/json_pb.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_A_PAGE = 500, COLUMNS_MAX = 12 };

static void
show_json(const ProtobufCMessage *row)
{
	json_t *j = json_from_message(row);
	char *text = json_dumps(j, JSON_COMPACT);

	puts(text);
	free(text);
	json_decref(j);
}

/* As people read it: a text plain, true as yes, an absent member as nothing. */
static char *
cell(struct call *c, json_t *j)
{
	if (json_is_string(j))
		return arena_strdup(c->page, *json_string_value(j) ? json_string_value(j) : "-");
	if (json_is_integer(j))
		return arena_printf(c->page, "%lld", (long long)json_integer_value(j));
	return arena_strdup(c->page, json_is_true(j) ? "yes" : json_is_false(j) ? "no" : "");
}

struct page { char **cell; bool right[COLUMNS_MAX]; size_t width[COLUMNS_MAX], ncolumns, nrows; };

static void
page_add(struct call *c, struct page *p, const ProtobufCMessage *row)
{
	json_t *j = json_from_message(row), *value;
	const char *key;
	size_t i = 0;

	json_object_foreach(j, key, value) {
		char *text = p->cell[p->nrows * p->ncolumns + i] = cell(c, value);
		size_t len = strlen(text);
		p->width[i] = len > p->width[i] ? len : p->width[i];
		p->right[i] = json_is_integer(value);
		i++;
	}
	p->nrows++;
	json_decref(j);
}

/* The last column is not padded. */
static void
line(const struct page *p, char *const *cells)
{
	for (size_t i = 0; i < p->ncolumns; i++)
		if (p->right[i])
			printf("%s%*s", i ? "  " : "", (int)p->width[i], cells[i]);
		else
			printf("%s%-*s", i ? "  " : "", i + 1 < p->ncolumns ? (int)p->width[i] : 0, cells[i]);
	putchar('\n');
}

static void
page_heads(struct call *c, struct page *p, const ProtobufCMessageDescriptor *d, char **heads)
{
	for (size_t i = 0; i < p->ncolumns; i++) {
		size_t len = json_name_len(&d->fields[i]);
		heads[i] = arena_strndup(c->page, d->fields[i].name, len);
		p->width[i] = len;
	}
}

static void
show_page(struct call *c, void *const *rows, size_t n)
{
	const ProtobufCMessageDescriptor *d = ((const ProtobufCMessage *)rows[0])->descriptor;
	struct page p = { .ncolumns = d->n_fields };
	char *heads[COLUMNS_MAX];

	p.cell = arena_alloc(c->page, n * p.ncolumns * sizeof *p.cell);
	page_heads(c, &p, d, heads);
	for (size_t i = 0; i < n; i++)
		page_add(c, &p, rows[i]);
	if (c->shown && c->shown != d)
		putchar('\n');
	if (c->shown != d)
		line(&p, heads);
	c->shown = d;
	for (size_t i = 0; i < n; i++)
		line(&p, &p.cell[i * p.ncolumns]);
}

void
show_rows(struct call *c, void *const *rows, size_t n)
{
	for (size_t i = 0; i < n; i += ROWS_A_PAGE) {
		if (c->json)
			for (size_t k = i; k < n && k < i + ROWS_A_PAGE; k++)
				show_json(rows[k]);
		else
			show_page(c, &rows[i], n - i < ROWS_A_PAGE ? n - i : ROWS_A_PAGE);
	}
}

void
show(struct call *c, const ProtobufCMessage *row)
{
	void *one[] = { (void *)row };
	show_rows(c, one, 1);
}

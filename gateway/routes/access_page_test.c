/* access_page_test - docs/access.md says of every route and role what the route table says.
 *
 * How: the page's table is made from the rows and must stand in the page, word for word.  `access_page_test print`
 * prints it. */
#include "harness/tally.h"
#include "routes/routes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE "docs/access.md"
#define DISTRICT "/api/v1/districts/{district}"

static const struct { Wire__AccountRole role; const char *name; } columns[] = {
	{ WIRE__ACCOUNT_ROLE__DISTRICT_ADMIN, "`district_admin`" }, { WIRE__ACCOUNT_ROLE__INSPECTOR, "`inspector`" },
	{ WIRE__ACCOUNT_ROLE__REVIEWER, "`reviewer`" }, { WIRE__ACCOUNT_ROLE__FINANCE, "`finance`" },
	{ WIRE__ACCOUNT_ROLE__AUDITOR, "`auditor`" }, { WIRE__ACCOUNT_ROLE__UNIT_HEAD, "`unit_head`" },
	{ WIRE__ACCOUNT_ROLE__TOWNSHIP_LEADER, "`township_leader`" }, { WIRE__ACCOUNT_ROLE__CADRE, "`cadre`" },
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };
_Static_assert(COLUMNS == (int)WIRE__ACCOUNT_ROLE__AUDITOR, "every role has its column");

static const char *
cell(const struct route *r, Wire__AccountRole role)
{
	unsigned bit = 1u << role;

	if (r->flags & (ROUTE_OPEN | ROUTE_STRANGERS))
		return "no token";
	if (!(r->who & bit))
		return "";
	return bit & WHO_LIMITED && r->about != ABOUT_DISTRICT ? "own" : "yes";
}

/* Paths in a district are shown without what they have in common. */
static const char *
path_shown(const struct route *r)
{
	size_t common = strlen(DISTRICT);

	if (strncmp(r->path, DISTRICT, common) != 0)
		return r->path;
	return r->path[common] ? r->path + common : "\"\"";
}

static char *
table_made(void)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fprintf(f, "| route |");
	for (int i = 0; i < COLUMNS; i++)
		fprintf(f, " %s |", columns[i].name);
	fprintf(f, "\n|---|");
	for (int i = 0; i < COLUMNS; i++)
		fprintf(f, "---|");
	for (size_t i = 0; i < routes_count(); i++) {
		const struct route *r = route_at(i);
		fprintf(f, "\n| `%s %s` |", r->method, path_shown(r));
		for (int k = 0; k < COLUMNS; k++)
			fprintf(f, " %s%s|", cell(r, columns[k].role), *cell(r, columns[k].role) ? " " : "");
	}
	fprintf(f, "\n\n");
	fclose(f);
	return text;
}

static char *
page_read(void)
{
	char *text = calloc(1, 1 << 20);
	FILE *f = fopen(PAGE, "r");
	size_t len = f ? fread(text, 1, (1 << 20) - 1, f) : 0;

	if (f)
		fclose(f);
	text[len] = '\0';
	return text;
}

int
main(int argc, char **argv)
{
	char *table = table_made(), *page = page_read();
	bool print = argc > 1 && strcmp(argv[1], "print") == 0, same = strstr(page, table) != NULL;

	check(same,
	      "the table of " PAGE
	      " is that of gateway/routes/ (print it with `access_page_test print`; "
	      "tests/properties/access_test.c has a line for each route too)",
	      same ? "" : "it is not");
	if (print)
		fputs(table, stdout);
	free(table);
	free(page);
	return print ? 0 : tally_end();
}

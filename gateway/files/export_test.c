/* export_test - lists as files: pages and persons joined, cells written, and what becomes of it when something goes
 * wrong.
 *
 * How: api is driven directly, with a bus and owners played by fake_bus_test.h.  Sheets by themselves from a table of
 * texts.  What an XLSX holds is read back by tests/export.py. */
#include "api/api.h"
#include "base/log.h"
#include "files/sheet.h"
#include "funding.pb-c.h"
#include "gateway/gateway.h"
#include "harness/tally.h"
#include "harness/pace.h"
#include "roster.pb-c.h"
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <time.h>

#define EXPORT "/api/v1/districts/511703/payrolls/2017-08/export"
#define HEADER "person_id,name,phone,unit_id,unit,due_yuan,correction_yuan,pay_yuan,due_fen,correction_fen,pay_fen\r\n"

enum { WAITS_MAX = 1000 };

/* ---- sheets */

static const struct { const char *text, *cell; } texts[] = {
	{ "a", "a" }, { "", "" }, { "张三", "张三" }, { "a,b", "\"a,b\"" }, { "a \"b\"", "\"a \"\"b\"\"\"" },
	{ "a\nb", "\"a\nb\"" },
	{ "=1", "'=1" }, { "+1", "'+1" }, { "-1", "'-1" }, { "@a", "'@a" }, { "\ta", "'\ta" }, { "＝1", "'＝1" },
	{ "＋1", "'＋1" },
	{ "－1", "'－1" }, { "＠a", "'＠a" }, { "=\"a\",1", "\"'=\"\"a\"\",1\"" }, { "a=1", "a=1" },
};

static char *
csv_of(const struct column *columns, int n, const struct cell *cells)
{
	struct reply r = REPLY_NONE;
	sheet_t *s = sheet_open(SHEET_CSV, columns, n);

	sheet_row(s, cells);
	sheet_end(s);
	check(sheet_ended(s) && sheet_give(s, &r), "a CSV is ready at once", "");
	char *text = strndup(r.body, r.len);
	reply_free(&r);
	sheet_close(&s);
	return text;
}

static void
test_texts(void)
{
	static const struct column column = { "t", "T", CELL_TEXT };
	char want[256];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *got = csv_of(&column, 1, &(struct cell){ texts[i].text, 0 });
		snprintf(want, sizeof(want), "\xef\xbb\xbft\r\n%s\r\ntotal\r\n", texts[i].cell);
		check(strcmp(got, want) == 0, texts[i].cell, got);
		free(got);
	}
}

static const struct { int64_t fen; const char *yuan; } sums[] = {
	{ 0, "0.00" }, { 1, "0.01" }, { -1, "-0.01" }, { 10000, "100.00" }, { -123456, "-1234.56" },
	{ INT64_MAX, "92233720368547758.07" },
	{ INT64_MIN, "-92233720368547758.08" },
};

/* Money is no text: it may begin with a minus. */
static void
test_money(void)
{
	static const struct column columns[] = {
		{ "t", "T", CELL_TEXT }, { "y", "Y", CELL_YUAN }, { "f", "F", CELL_FEN },
	};
	char want[256];

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		struct cell cells[] = { { "a", 0 }, { NULL, sums[i].fen }, { NULL, sums[i].fen } };
		char *got = csv_of(columns, 3, cells);
		snprintf(want, sizeof(want), "\xef\xbb\xbft,y,f\r\na,%s,%lld\r\ntotal,%s,%lld\r\n", sums[i].yuan,
		         (long long)sums[i].fen, sums[i].yuan, (long long)sums[i].fen);
		check(strcmp(got, want) == 0, sums[i].yuan, got);
		free(got);
	}
}

static int
files_open(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* Given up before its end, and not given when it is there: nothing stays behind. */
static void
test_given_up(void)
{
	static const struct column column = { "t", "T", CELL_TEXT };
	int before = files_open();

	for (int i = 0; i < 20; i++) {
		sheet_t *s = sheet_open(SHEET_XLSX, &column, 1);
		for (int k = 0; k < i; k++)
			sheet_row(s, &(struct cell){ "a", 0 });
		if (i % 2)
			sheet_end(s);
		sheet_close(&s);
	}
	check(files_open() == before, "no file is left open", "");
}

/* ---- calls */


static call_t *
ask(struct gateway *g, const char *target)
{
	struct api_client client = client_of(&g->client);
	struct api_request r = {
		.method = "GET", .target = target, .authorization = "Bearer " TOKEN, .content_length = -1,
	};

	client_forget(&g->client);
	call_t *c = api_begin(g->api, &r, &client, g->now_us);
	api_end(c, g->now_us);
	return c;
}

static Funding__ExportPayroll *
page_asked(struct gateway *g)
{
	Wire__Read *read = fake_last(&g->bus)->read;

	check(read && strcmp(read->type, "funding.ExportPayroll") == 0, "a page is asked for",
	      read ? read->type : NULL);
	return funding__export_payroll__unpack(NULL, read->data.len, read->data.data);
}

static void
give_page(struct gateway *g, const char *const *ids, int64_t pay_fen, const char *next)
{
	Funding__PayrollLines page = FUNDING__PAYROLL_LINES__INIT;
	Funding__PayrollLine lines[4], *items[4];

	for (; ids[page.n_items]; page.n_items++) {
		Funding__PayrollLine *l = items[page.n_items] = &lines[page.n_items];
		funding__payroll_line__init(l);
		l->person_id = (char *)ids[page.n_items];
		l->due_fen = 10000;
		l->correction_fen = pay_fen - 10000;
		l->pay_fen = pay_fen;
	}
	page.items = items;
	page.next = (char *)next;
	page.maybe_next_case = next ? FUNDING__PAYROLL_LINES__MAYBE_NEXT_NEXT : 0;
	fake_answer_message(g->api, fake_last(&g->bus), 200, &page, g->now_us);
}

static void
give_person(struct gateway *g, const char *id)
{
	Roster__Contacts out = ROSTER__CONTACTS__INIT;
	Roster__Contact one = ROSTER__CONTACT__INIT, *items[] = { &one };

	one.person_id = (char *)id;
	one.name = (char *)"=张";
	one.phone = (char *)"0818";
	one.unit_id = (char *)"007";
	one.unit_name = (char *)"局";
	out.n_items = *id ? 1 : 0;
	out.items = items;
	fake_answer_message(g->api, fake_last(&g->bus), 200, &out, g->now_us);
}

/* Two pages; of three people one is known to roster. */
static void
test_join(struct gateway *g)
{
	ask(g, EXPORT);
	Funding__ExportPayroll *ask = page_asked(g);
	check(strcmp(ask->month, "2017-08") == 0 && ask->limit == 200 && !ask->maybe_cursor_case, "the first page",
	      ask->month);
	funding__export_payroll__free_unpacked(ask, NULL);
	give_page(g, (const char *[]){ "a", "b", NULL }, 5000, "6262");

	Wire__Read *read = fake_last(&g->bus)->read;
	Roster__ReadContacts *persons = roster__read_contacts__unpack(NULL, read->data.len, read->data.data);
	check(persons && persons->n_person_ids == 2 && strcmp(persons->person_ids[1], "b") == 0, "its persons",
	      read->type);
	roster__read_contacts__free_unpacked(persons, NULL);
	give_person(g, "b");

	ask = page_asked(g);
	check(ask->maybe_cursor_case && strcmp(ask->cursor, "6262") == 0, "the next page", ask->cursor);
	funding__export_payroll__free_unpacked(ask, NULL);
	give_page(g, (const char *[]){ "c", NULL }, 10000, NULL);
	give_person(g, "");
	check(g->client.reply.status == 200 && g->client.text && strcmp(g->client.text,
		"\xef\xbb\xbf" HEADER
		"a,,,,,100.00,-50.00,50.00,10000,-5000,5000\r\n"
		"b,'=张,0818,007,局,100.00,-50.00,50.00,10000,-5000,5000\r\n"
		"c,,,,,100.00,0.00,100.00,10000,0,10000\r\n"
		"total,,,,,300.00,-100.00,200.00,30000,-10000,20000\r\n") == 0, "the file", g->client.text);
	check(strcmp(client_header(&g->client, "Content-Disposition"),
	             "attachment; filename=\"payroll-511703-2017-08.csv\"") == 0,
	      "its name", client_header(&g->client, "Content-Disposition"));
}

/* Nobody is asked for nobody. */
static void
test_empty(struct gateway *g)
{
	ask(g, EXPORT "?format=csv");
	give_page(g, (const char *[]){ NULL }, 0, NULL);
	check(g->client.reply.status == 200 && strstr(g->client.text, "total,,,,,0.00,0.00,0.00,0,0,0\r\n"),
	      "an empty run", g->client.text);
}

/* The packing thread is waited for, not timed. */
static void
pass_until_replied(struct gateway *g)
{
	for (int i = 0; i < WAITS_MAX * pace_times() && !g->client.replies; i++) {
		check(api_tick(g->api, g->now_us) <= g->now_us + 10000 || g->client.replies,
		      "a packed file is looked for", "");
		nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
		g->now_us += 10000;
	}
}

static void
test_xlsx(struct gateway *g)
{
	ask(g, EXPORT "?format=xlsx");
	give_page(g, (const char *[]){ "a", NULL }, 1, NULL);
	give_person(g, "a");
	pass_until_replied(g);
	check(g->client.reply.status == 200 && g->client.reply.len > 1000 && memcmp(g->client.text, "PK", 2) == 0,
	      "an archive", "");
	check(strstr(client_header(&g->client, "Content-Disposition"), "payroll-511703-2017-08.xlsx\"") != NULL,
	      "its name", "");
	check(strcmp(g->client.reply.content_type, TYPE_XLSX) == 0, "its type", g->client.reply.content_type);
}

/* What is wrong with the query is the owner's to say, after what is not there. */
static void
test_refused(struct gateway *g)
{
	static const struct { const char *target, *code; } bad[] = {
		{ EXPORT "?format=pdf", "query.value" }, { EXPORT "?format=csv&format=csv", "query.repeated" },
		{ EXPORT "?limit=5", "query.unknown" }, { EXPORT "?format=%zz", "query.value" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ask(g, bad[i].target);
		Wire__Problem *p = fake_last(&g->bus)->read->refusal;
		check(p && p->status == 422 && strcmp(p->code, bad[i].code) == 0, bad[i].target, p ? p->code : NULL);
		fake_answer_problem(g->api, fake_last(&g->bus), 409, "payroll.not_closed", g->now_us);
		check(g->client.reply.status == 409 && strstr(g->client.text, "payroll.not_closed"), "the owner's word",
		      g->client.text);
	}
}

/* A file with something missing is no file. */
static void
test_broken_off(struct gateway *g)
{
	ask(g, EXPORT);
	give_page(g, (const char *[]){ "a", NULL }, 1, "61");
	give_person(g, "a");
	fake_answer_problem(g->api, fake_last(&g->bus), 409, "payroll.stale", g->now_us);
	check(g->client.reply.status == 409, "a later page is refused", g->client.text);
	ask(g, EXPORT);
	give_page(g, (const char *[]){ "a", NULL }, 1, NULL);
	fake_answer_problem(g->api, fake_last(&g->bus), 500, "x.y", g->now_us);
	check(g->client.reply.status == 500, "persons are not told", g->client.text);
	ask(g, EXPORT);
	for (int i = 0; i < 10 && !g->client.replies; i++)
		api_tick(g->api, g->now_us += 1000 * 1000);
	check(g->client.reply.status == 503 && api_outstanding(g->api) == 0, "nobody answers", g->client.text);
}

/* A file may be packed before anybody can leave, and the call is over then: another is asked for.  NULL: never. */
static call_t *
packing_ask(struct gateway *g)
{
	for (int i = 0; i < WAITS_MAX * pace_times(); i++) {
		call_t *c = ask(g, EXPORT "?format=xlsx");
		give_page(g, (const char *[]){ "a", NULL }, 1, NULL);
		give_person(g, "a");
		if (!g->client.replies)
			return c;
	}
	return NULL;
}

static void
test_leaving(struct gateway *g)
{
	api_leave(ask(g, EXPORT "?format=xlsx"), g->now_us);
	give_page(g, (const char *[]){ "a", NULL }, 1, NULL);
	check(api_outstanding(g->api) == 0 && g->client.replies == 0, "before the first page", "");
	call_t *c = packing_ask(g);
	if (c)
		api_leave(c, g->now_us);
	for (int i = 0; i < WAITS_MAX * pace_times() && api_outstanding(g->api); i++) {
		api_tick(g->api, g->now_us);
		nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
	}
	check(api_outstanding(g->api) == 0 && g->client.replies == 0, "while it is packed", "");
}

/* Files are written by few at a time. */
static void
test_many(struct gateway *g)
{
	int n = 0;

	for (; n < 100; n++) {
		call_t *c = ask(g, EXPORT);
		if (g->client.replies)
			break;
		api_leave(c, g->now_us);
	}
	check(n == 4 && g->client.reply.status == 503, "too many of one district", g->client.text);
	call_t *c = ask(g, "/api/v1/districts/511704/payrolls/2017-08/export");
	check(g->client.replies == 0, "not for another", g->client.text);
	api_leave(c, g->now_us);
	api_give_up(g->api, g->now_us);
	check(api_outstanding(g->api) == 0, "all are answered in the end", "");
}

static void
test_stopping(struct gateway *g)
{
	ask(g, EXPORT "?format=xlsx");
	give_page(g, (const char *[]){ "a", NULL }, 1, NULL);
	give_person(g, "a");
	api_give_up(g->api, g->now_us);
	check(api_outstanding(g->api) == 0 && g->client.reply.status == 200, "a file being packed is still given",
	      g->client.text);
}

static void
test_no_room(struct gateway *g)
{
	setenv("TMPDIR", "/nonexistent", 1);
	ask(g, EXPORT "?format=xlsx");
	give_page(g, (const char *[]){ "a", NULL }, 1, NULL);
	check(g->client.reply.status == 503 && strstr(g->client.text, "gateway.disk_full"), "no room", g->client.text);
	unsetenv("TMPDIR");
}

int
main(void)
{
	static const char *const services[] = { "roster", NULL };
	const struct api_settings settings = { .services = services };
	static void (*const tests[])(struct gateway *) = {
		test_join, test_empty, test_xlsx, test_refused, test_broken_off, test_leaving, test_many, test_stopping,
		test_no_room,
	};

	log_open("export_test", LOG_LEVEL_ERROR + 1);
	test_texts();
	test_money();
	test_given_up();
	gateway_run(tests, sizeof(tests) / sizeof(tests[0]), settings);
	return tally_end();
}

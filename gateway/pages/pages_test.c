/* pages_test - the console as browsers get it: a console of a few lines is made in a directory of its own, and asked
 * for by path, with and without what a browser says it has and takes; then consoles that are not as they say. */
#include "api/api.h"
#include "base/log.h"
#include "gateway/gateway.h"
#include "harness/tally.h"
#include "http/etag.h"
#include "pages/console.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];
static const char *const services[] = { "roster", NULL };
static const char *const names[] = {
	"index.html", "index.html.gz", "index.html.br", "public.html", "sw.js", "manifest.webmanifest",
	"assets/main.abc.js", "assets/main.abc.js.gz", "files",
};

static void
put(const char *name, const char *text, size_t len)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *f = fopen(path, "w");
	if (!f || fwrite(text, 1, len, f) != len || fclose(f))
		abort();
}

/* Its line of the list is written behind those before it. */
static void
put_listed(FILE *list, const char *name, const char *type, const char *text)
{
	struct span_of_bytes all = { text, strlen(text) };
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_MAX];

	sha256(&all, 1, digest);
	hex_text(digest, sizeof(digest), hex);
	fprintf(list, "%s\t%s\t%s\t%zu\n", name, type, hex, strlen(text));
	put(name, text, strlen(text));
}

static void
console_put(void)
{
	char path[128];

	snprintf(directory, sizeof(directory), "%s/pagesXXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(directory))
		abort();
	snprintf(path, sizeof(path), "%s/assets", directory);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/files", directory);
	FILE *list = fopen(path, "w");
	put_listed(list, "index.html", TYPE_HTML, "<p>plain");
	put_listed(list, "index.html.gz", TYPE_HTML, "gz");
	put_listed(list, "index.html.br", TYPE_HTML, "br");
	put_listed(list, "public.html", TYPE_HTML, "<p>public");
	put_listed(list, "sw.js", "text/javascript; charset=utf-8", "sw");
	put_listed(list, "manifest.webmanifest", "application/manifest+json", "{}");
	put_listed(list, "assets/main.abc.js", "text/javascript; charset=utf-8", "main()");
	put_listed(list, "assets/main.abc.js.gz", "text/javascript; charset=utf-8", "gz");
	fclose(list);
}

static void
console_remove(void)
{
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/assets", directory);
	rmdir(path);
	rmdir(directory);
}

static void
ask(struct gateway *g, const char *method, const char *target, const char *takes, const char *has)
{
	struct api_request r = {
		.method = method, .target = target, .accept_encoding = takes, .if_none_match = has,
		.content_length = -1,
	};

	gateway_begin(g, &r);
	api_end(g->call, g->now_us);
}

static const struct { const char *method, *target, *takes; int status; const char *text, *coding, *cache; } rows[] = {
	{ "GET", "/", NULL, 200, "<p>plain", "", "no-cache" },
	{ "HEAD", "/", NULL, 200, "<p>plain", "", "no-cache" },
	{ "GET", "/?from=sms", "gzip", 200, "gz", "gzip", "no-cache" },
	{ "GET", "/511703/findings/F1", "gzip, br", 200, "br", "br", "no-cache" },
	{ "GET", "/511703", "br;q=0", 200, "<p>plain", "", "no-cache" },
	{ "GET", "/sw.js", "br", 200, "sw", "", "no-cache" },
	{ "GET", "/manifest.webmanifest", NULL, 200, "{}", "", "no-cache" },
	{ "GET", "/p/511703/villages/v-1", NULL, 200, "<p>public", "", "no-cache" },
	{ "GET", "/assets/main.abc.js", "gzip", 200, "gz", "gzip", "public, max-age=31536000, immutable" },
	{ "GET", "/assets/main.abc.js.gz", NULL, 404, NULL, "", NULL },
	{ "GET", "/assets/main.old.js", NULL, 404, NULL, "", NULL },
	{ "GET", "/assets/..%2Findex.html", NULL, 404, NULL, "", NULL },
	{ "POST", "/", NULL, 405, NULL, "", NULL },
	{ "PUT", "/511703/findings", NULL, 405, NULL, "", NULL },
	/* what is the API's stays so */
	{ "GET", "/files", NULL, 401, NULL, "", NULL },
	{ "GET", "/index.html", NULL, 401, NULL, "", NULL },
	{ "GET", "/assets", NULL, 401, NULL, "", NULL },
	{ "GET", "/api/v1/openapi.json", NULL, 401, NULL, "", NULL },
};

static void
test_paths(struct gateway *g)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask(g, rows[i].method, rows[i].target, rows[i].takes, NULL);
		check_number(g->client.reply.status, rows[i].status, rows[i].target);
		check_text(client_header(&g->client, "Content-Encoding"), rows[i].coding, rows[i].target);
		if (rows[i].text)
			check_text(g->client.text, rows[i].text, rows[i].target);
		check_text(g->client.reply.cache ? g->client.reply.cache : "", rows[i].cache ? rows[i].cache : "",
		           rows[i].target);
		if (rows[i].status == 405)
			check_text(client_header(&g->client, "Allow"), "GET, HEAD", rows[i].target);
		check(rows[i].status != 200 || g->client.reply.fixed, "told what it may do", rows[i].target);
	}
	check(g->bus.n == 0, "nobody was asked", "");
}

static void
test_tags(struct gateway *g)
{
	char tag[REPLY_VALUE_MAX];

	ask(g, "GET", "/", "br", NULL);
	snprintf(tag, sizeof(tag), "%s", client_header(&g->client, "ETag"));
	ask(g, "GET", "/511703", "br", tag);
	check(g->client.reply.status == 304 && g->client.reply.len == 0, "is not sent again", tag);
	ask(g, "GET", "/sw.js", "br", tag);
	check_number(g->client.reply.status, 200, "but for another");
	ask(g, "GET", "/assets/main.abc.js", NULL, NULL);
	check_text(client_header(&g->client, "ETag"), "", "what never changes needs no tag");
}

static void
test_https(void)
{
	for (int https = 0; https < 2; https++) {
		struct console *c = console_open(directory, https);
		struct reply r = REPLY_NONE;
		bool found = console_file(c, "index.html", NULL, NULL, &r), strict = false;
		for (const struct reply_fixed *f = r.fixed; f->name; f++)
			strict |= strcmp(f->name, "Strict-Transport-Security") == 0;
		check(found && strict == https, "comes by https ever after", https ? "https" : "http");
		console_close(&c);
	}
}

static void
test_not_built(const char *nowhere)
{
	static struct gateway g;
	struct console *c = console_open(nowhere, false);

	gateway_open(&g, (struct api_settings){ .console = c, .services = services });
	ask(&g, "GET", "/", "br", NULL);
	check(g.client.reply.status == 200 && strstr(g.client.text, "make console"), "says so", g.client.text);
	check(g.client.reply.len < 1024, "in a few words", "");
	ask(&g, "GET", "/assets/main.abc.js", NULL, NULL);
	check_number(g.client.reply.status, 404, "no file");
	gateway_close(&g);
	console_close(&c);
}

static void
test_refused(void)
{
	static const char *const lists[] = {
		"index.html\ttext/html\t00\t8\n", "../x\ttext/html\t00\t1\n", "/etc/passwd\ttext/html\t00\t1\n",
		"index.html\ttext/html\n", "gone.html\ttext/html\t00\t1\n",
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		put("files", lists[i], strlen(lists[i]));
		struct console *c = console_open(directory, false);
		check(!c, "no such console", lists[i]);
		console_close(&c);
	}
}

static void
test_too_much(void)
{
	char *much = calloc(1, CONSOLE_BYTES_MAX + 2);
	char path[128];

	memset(much, 'x', CONSOLE_BYTES_MAX + 1);
	snprintf(path, sizeof(path), "%s/files", directory);
	FILE *list = fopen(path, "w");
	put_listed(list, "sw.js", "text/javascript", much);
	fclose(list);
	struct console *c = console_open(directory, false);
	check(!c, "more than it may weigh", "");
	console_close(&c);
	free(much);
}

int
main(void)
{
	static void (*const tests[])(struct gateway *) = { test_paths, test_tags };

	log_open("pages_test", LOG_LEVEL_ERROR + 1);
	console_put();
	struct console *c = console_open(directory, false);
	gateway_run(tests, 2, (struct api_settings){ .console = c, .services = services });
	console_close(&c);
	test_https();
	test_not_built("/nowhere");
	test_not_built("");
	test_refused();
	test_too_much();
	console_remove();
	return tally_end();
}

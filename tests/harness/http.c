/* http - see http.h. */
#include "http.h"
#include "base/clock.h"
#include "pace.h"
#include <curl/curl.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_US = 30000000, AGAIN_US = 50000 };

struct client {
	CURL *curl;
	const char *url, *token, *var, *as;
	FILE *answers;
}; /* as: whose token; NULL: the operator's */

static size_t
on_bytes(char *p, size_t size, size_t n, void *ctx)
{
	struct answered *a = ctx;

	a->body = realloc(a->body, a->len + size * n + 1);
	memcpy(a->body + a->len, p, size * n);
	a->len += size * n;
	a->body[a->len] = '\0';
	return size * n;
}

static struct curl_slist *
headers_of(const struct client *c, const char *key, const char *type, const char *body)
{
	char text[512];
	struct curl_slist *h = NULL;

	snprintf(text, sizeof text, "Authorization: Bearer %s", c->as ? c->as : c->token);
	h = curl_slist_append(h, text);
	snprintf(text, sizeof text, "Content-Type: %s", type ? type : body ? "application/json" : "");
	h = curl_slist_append(h, text);
	if (key) {
		snprintf(text, sizeof text, "Idempotency-Key: %s", key);
		h = curl_slist_append(h, text);
	}
	return curl_slist_append(h, "Expect:");
}

static void
as(void *ctx, const char *token)
{
	struct client *c = ctx;

	c->as = token;
}

/* A line: what was asked and what came. */
static void
keep(const struct client *c, const char *method, const char *path, const struct answered *a)
{
	json_t *headers = json_object(), *line;
	struct curl_header *h = NULL;

	while ((h = curl_easy_nextheader(c->curl, CURLH_HEADER, -1, h)))
		json_object_set_new(headers, h->name, json_string(h->value));
	line = json_pack("{s:s, s:s, s:i, s:o, s:s}", "method", method, "path", path, "status", a->status, "headers",
			 headers, "text", a->body);
	if (line && !json_dumpf(line, c->answers, JSON_COMPACT))
		fputc('\n', c->answers);
	json_decref(line);
}

static struct answered
once(struct client *c, const char *method, const char *path, const char *key, const char *type, const char *body)
{
	struct answered a = { .body = strdup("") };
	char url[1024];
	long status = 0;
	struct curl_slist *h = headers_of(c, key, type, body);

	snprintf(url, sizeof url, "%s%s", c->url, path);
	curl_easy_reset(c->curl);
	curl_easy_setopt(c->curl, CURLOPT_URL, url);
	curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, h);
	curl_easy_setopt(c->curl, CURLOPT_TIMEOUT_MS, 20000L * pace_times());
	curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &a);
	if (body)
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, body);
	if (!strcmp(method, "POST") && !body)
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, "");
	if (curl_easy_perform(c->curl) == CURLE_OK)
		curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	a.status = (int)status;
	if (c->answers && a.status)
		keep(c, method, path, &a);
	curl_slist_free_all(h);
	return a;
}

static struct answered
call(void *ctx, const char *method, const char *path, const char *key, const char *type, const char *body)
{
	int64_t until_us = clock_mono_us() + pace_us(PATIENCE_US);

	for (;;) {
		struct answered a = once(ctx, method, path, key, type, body);
		bool again = a.status == 0 || a.status == 503 || a.status == 504;
		if (!again || clock_mono_us() > until_us)
			return a;
		free(a.body);
		usleep(AGAIN_US);       /* between two polls of a condition */
	}
}

static bool
settle(void *ctx, const char *district)
{
	int64_t until_us = clock_mono_us() + 2 * pace_us(PATIENCE_US), lag = -1;
	char path[128];

	snprintf(path, sizeof path, "/api/v1/districts/%s/progress", district);
	while (lag && clock_mono_us() < until_us) {
		struct answered a = call(ctx, "GET", path, NULL, NULL, NULL);
		json_t *j = json_loads(a.body, 0, NULL);
		lag = a.status == 200 ? json_integer_value(json_object_get(j, "lag")) : -1;
		json_decref(j);
		free(a.body);
	}
	return lag == 0;
}

static bool
belongs(const struct client *c, const char *pid, const char *name)
{
	char path[300], text[65536];
	size_t n;

	snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
	FILE *f = fopen(path, "r");
	if (!f || !fgets(text, sizeof text, f))
		*text = '\0';
	if (f)
		fclose(f);
	text[strcspn(text, "\n")] = '\0';
	if (strncmp(text, name, 15))
		return false;
	snprintf(path, sizeof path, "/proc/%.20s/environ", pid);
	f = fopen(path, "r");
	n = f ? fread(text, 1, sizeof text - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = '\0';
	for (char *s = text; s < text + n; s += strlen(s) + 1)
		if (!strncmp(s, "ZHUCUN_VAR=", 11) && !strcmp(s + 11, c->var))
			return true;
	return false;
}

/* kill -9 of every process of that name in this stack; its supervisor starts it again. */
static bool
crash(void *ctx, const char *service)
{
	struct client *c = ctx;
	DIR *d = opendir("/proc");
	int killed = 0;

	for (struct dirent *e; d && (e = readdir(d));)
		if (strspn(e->d_name, "0123456789") == strlen(e->d_name) && belongs(c, e->d_name, service))
			killed += !kill(atoi(e->d_name), SIGKILL);
	if (d)
		closedir(d);
	return killed > 0;
}

/* Nothing between real processes can be told to lose one answer: here the command is answered at once, and what follows
 * holds as well. */
static bool
lose(void *ctx, const char *service)
{
	(void)ctx, (void)service;
	return true;
}

struct world
http_world_open(void)
{
	struct client *c = calloc(1, sizeof(*c));

	curl_global_init(CURL_GLOBAL_DEFAULT);
	c->curl = curl_easy_init();
	c->url = getenv("ZHUCUN_URL");
	c->token = getenv("ZHUCUN_BOOTSTRAP_TOKEN");
	c->var = getenv("ZHUCUN_VAR");
	c->answers = getenv("ZHUCUN_TEST_ANSWERS") ? fopen(getenv("ZHUCUN_TEST_ANSWERS"), "a") : NULL;
	if (!c->url || !c->token || !c->var) {
		fprintf(stderr, "http: ZHUCUN_URL, ZHUCUN_BOOTSTRAP_TOKEN and ZHUCUN_VAR must be set\n");
		exit(2);
	}
	return (struct world){ .ctx = c, .call = call, .settle = settle, .crash = crash, .lose = lose, .as = as };
}

void
http_world_close(struct world *w)
{
	struct client *c = w->ctx;

	if (c->answers)
		fclose(c->answers);
	curl_easy_cleanup(c->curl);
	curl_global_cleanup();
	free(c);
}

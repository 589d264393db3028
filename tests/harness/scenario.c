/* scenario - see scenario.h. */
#include "scenario.h"
#include <ctype.h>
#include <iconv.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAVED_MAX = 64, COMMAND_MAX = 65536 };

struct run {
	const char *file;
	const struct world *world;
	const char *district;
	struct { char name[32], value[80]; } saved[SAVED_MAX];
	int nsaved, line;
};

static bool
fail(const struct run *r, const char *what, const char *detail)
{
	printf("FAIL %s:%d: %s %s\n", r->file, r->line, what, detail ? detail : "");
	return false;
}

/* ---- names */

static const char *
value_of(const struct run *r, const char *name, size_t len)
{
	if (len == 1 && *name == 'D')
		return r->district;
	for (int i = 0; i < r->nsaved; i++)
		if (strlen(r->saved[i].name) == len && !strncmp(r->saved[i].name, name, len))
			return r->saved[i].value;
	return NULL;
}

static bool
replace_names(const struct run *r, const char *in, char *out)
{
	size_t n = 0;

	while (*in && n < COMMAND_MAX - 100) {
		size_t len = *in == '$'
				     ? strspn(in + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
				     : 0;
		if (!len) {
			out[n++] = *in++;
			continue;
		}
		const char *v = value_of(r, in + 1, len);
		if (!v)
			return fail(r, "nothing was saved as", in);
		n += (size_t)sprintf(out + n, "%s", v);
		in += len + 1;
	}
	out[n] = '\0';
	return true;
}

/* ---- what is expected */

static bool contains(json_t *got, json_t *want);

static bool
contains_elements(json_t *got, json_t *want)
{
	size_t n = json_array_size(want), found = 1;

	if (!json_is_array(got))
		return false;
	if (!n || !json_is_string(json_array_get(want, 0)) ||
	    strcmp(json_string_value(json_array_get(want, 0)), "...")) {
		for (size_t i = 0; i < n && i < json_array_size(got); i++)
			if (!contains(json_array_get(got, i), json_array_get(want, i)))
				return false;
		return json_array_size(got) == n;
	}
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < json_array_size(got); k++)
			if (contains(json_array_get(got, k), json_array_get(want, i))) {
				found++;
				break;
			}
	return found == n;
}

static bool
contains(json_t *got, json_t *want)
{
	const char *name;
	json_t *v;

	if (json_is_string(want) && !strcmp(json_string_value(want), "*"))
		return got != NULL;
	if (json_is_array(want))
		return contains_elements(got, want);
	if (!json_is_object(want))
		return json_equal(got, want);
	json_object_foreach(want, name, v) {
		json_t *g = json_object_get(got, name);
		if (json_is_null(v) ? g != NULL : !g || !contains(g, v))         /* null: must be absent */
			return false;
	}
	return json_is_object(got);
}

static json_t *
lines_to_array(const char *body)
{
	json_t *all = json_array();

	for (const char *end; *body; body = end + 1) {
		end = strchr(body, '\n');
		if (!end)
			break;
		json_array_append_new(all, json_loadb(body, (size_t)(end - body), 0, NULL));
	}
	return all;
}

static char *
array_to_lines(json_t *array)
{
	char *out = NULL;
	size_t len, i;
	FILE *f = open_memstream(&out, &len);
	json_t *line;

	json_array_foreach(array, i, line) {
		json_dumpf(line, f, JSON_COMPACT);
		fputc('\n', f);
	}
	fclose(f);
	return out;
}

/* NULL: not to be said in it. */
static char *
in_gb18030(const char *utf8)
{
	size_t len = strlen(utf8), left = 2 * len;      /* three bytes become two, none more than four */
	char *from = (char *)utf8, *out = calloc(1, left + 1), *to = out;
	iconv_t c = iconv_open("GB18030", "UTF-8");

	if (iconv(c, &from, &len, &to, &left) != 0) {
		free(out);
		out = NULL;
	}
	iconv_close(c);
	return out;
}

/* ---- one call */

struct step { char method[16], path[512], key[160], file[16]; json_t *body, *want; int status; const char *save; };

static json_t *
take_json(const char **at)
{
	json_error_t e;
	json_t *j = json_loads(*at, JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY, &e);

	if (j)
		*at += e.position;
	return j;
}

static const char *
blank(const char *s)
{
	return s + strspn(s, " \t\n");
}

static bool
step_parse(const struct run *r, const char *s, struct step *out)
{
	int n = 0;

	*out = (struct step){ .save = "" };
	if (sscanf(s, "%15s %511s%n", out->method, out->path, &n) < 2)
		return fail(r, "not a command:", s);
	s = blank(s + n);
	if (sscanf(s, "key=%159s%n", out->key, &n) == 1)
		s = blank(s + n);
	if (sscanf(s, "%15[a-z0-9]%n", out->file, &n) == 1)
		s = blank(s + n);
	if ((*s == '{' || *s == '[' || *s == '"') && !(out->body = take_json(&s)))
		return fail(r, "body is no JSON:", s);
	s = blank(s);
	if (sscanf(s, "-> %d%n", &out->status, &n) != 1)
		return fail(r, "no -> status in:", s);
	s = blank(s + n);
	if ((*s == '{' || *s == '[') && !(out->want = take_json(&s)))
		return fail(r, "what is expected is no JSON:", s);
	s = blank(s);
	if (!strncmp(s, "save ", 5))
		out->save = s + 5;
	else if (*s)
		return fail(r, "left over:", s);
	return true;
}

static void
save(struct run *r, const char *name, const char *value)
{
	int i = 0;

	while (i < r->nsaved && strcmp(r->saved[i].name, name))
		i++;
	if (i == SAVED_MAX)
		return;
	snprintf(r->saved[i].name, sizeof r->saved[i].name, "%s", name);
	snprintf(r->saved[i].value, sizeof r->saved[i].value, "%s", value);
	r->nsaved += i == r->nsaved;
}

static void
save_all(struct run *r, const char *list, json_t *got)
{
	char name[32], member[64];
	int n;

	while (sscanf(list, " %31[^=]=%63s%n", name, member, &n) == 2) {
		json_t *v = got;
		for (char *part = strtok(member, "."); part; part = strtok(NULL, "."))
			v = json_is_array(v) ? json_array_get(v, strtoul(part, NULL, 10)) : json_object_get(v, part);
		if (json_is_integer(v))
			snprintf(member, sizeof member, "%lld", (long long)json_integer_value(v));
		save(r, name, json_is_integer(v) ? member : json_string_value(v) ? json_string_value(v) : "");
		list += n;
	}
}

static char *
step_body(const struct step *s, const char **type)
{
	*type = NULL;
	if (!s->body)
		return NULL;
	if (strstr(s->path, ":batch")) {
		*type = "application/x-ndjson";
		return array_to_lines(s->body);
	}
	if (!*s->file)
		return json_dumps(s->body, JSON_COMPACT);
	*type = "text/csv";
	return !strcmp(s->file, "gb18030") ? in_gb18030(json_string_value(s->body))
					   : strdup(json_string_value(s->body));
}

static bool
step_run(struct run *r, const struct step *s)
{
	bool lines = strstr(s->path, ":batch") != NULL, ok = true;
	char path[640];

	snprintf(path, sizeof path, *s->path == '@' ? "/api/v1%s%s" : "/api/v1/districts/%s%s",
		 *s->path == '@' ? "" : r->district,
		 *s->path == '@'            ? s->path + 1
		 : !strcmp(s->path, "\"\"") ? ""
					    : s->path);
	const char *type;
	char *body = step_body(s, &type);
	struct answered a = r->world->call(r->world->ctx, s->method, path, *s->key ? s->key : NULL, type, body);
	json_t *got = lines && a.status == 200 ? lines_to_array(a.body) : json_loads(a.body, JSON_DECODE_ANY, NULL);
	if (a.status != s->status) {
		printf("FAIL %s:%d: %s %s: status %d, want %d\n", r->file, r->line, s->method, path, a.status,
		       s->status);
		ok = false;
	} else if (s->want && !contains(got, s->want)) {
		char *want = json_dumps(s->want, JSON_COMPACT);
		printf("FAIL %s:%d: %s %s: want %s\n", r->file, r->line, s->method, path, want);
		free(want);
		ok = false;
	}
	if (!ok)
		printf("     got %s\n", a.body);
	else
		save_all(r, s->save, got);
	json_decref(got);
	free(a.body);
	free(body);
	return ok;
}

/* ---- the script */

static bool run_file(struct run *r, const char *file);

static bool
run_use(struct run *r, const char *name)
{
	char path[512], *copy = strdup(r->file);
	const char *outer = r->file;
	int line = r->line;

	snprintf(path, sizeof path, "%s/%s.inc", dirname(copy), name);
	free(copy);
	bool ok = run_file(r, path);
	r->file = outer;
	r->line = line;
	return ok;
}

static bool
run_clock(struct run *r, const char *instant)
{
	char body[96];

	snprintf(body, sizeof body, "{\"now\":\"%s\"}", instant);
	struct answered a = r->world->call(r->world->ctx, "POST", "/api/v1/clock", NULL, NULL, body);
	bool ok = a.status == 200 || fail(r, "clock:", a.body);
	free(a.body);
	return ok;
}

/* name phone password */
static bool
run_login(struct run *r, const char *text)
{
	char name[32], phone[64], password[256];

	if (sscanf(text, "%31s %63s %255s", name, phone, password) != 3)
		return fail(r, "not a login:", text);
	json_t *j = json_pack("{s:s, s:s, s:s}", "district", r->district, "phone", phone, "password", password);
	char *body = json_dumps(j, JSON_COMPACT);
	struct answered a = r->world->call(r->world->ctx, "POST", "/api/v1/sessions", NULL, NULL, body);
	json_t *got = json_loads(a.body, 0, NULL);
	bool ok = a.status == 201 || fail(r, "login:", a.body);
	if (ok)
		save(r, name, json_string_value(json_object_get(got, "token")));
	json_decref(got);
	json_decref(j);
	free(a.body);
	free(body);
	return ok;
}

static bool
run_step(struct run *r, const char *text)
{
	struct step s;
	bool ok = step_parse(r, text, &s) && step_run(r, &s);

	json_decref(s.body);
	json_decref(s.want);
	return ok;
}

/* name, then a call */
static bool
run_as(struct run *r, const char *text)
{
	size_t len = strcspn(text, " ");
	bool nobody = len == 6 && !strncmp(text, "nobody", len);
	const char *token = nobody ? "" : value_of(r, text, len);

	if (!token)
		return fail(r, "nobody has logged in as", text);
	r->world->as(r->world->ctx, token);
	bool ok = run_step(r, blank(text + len));
	r->world->as(r->world->ctx, NULL);
	return ok;
}

static bool
run_command(struct run *r, const char *text)
{
	static const char *const words[] = { "use ", "clock ", "settle", "crash ", "login ", "as ", "lose " };

	if (!strncmp(text, words[0], strlen(words[0])))
		return run_use(r, text + strlen(words[0]));
	if (!strncmp(text, words[1], strlen(words[1])))
		return run_clock(r, text + strlen(words[1]));
	if (!strcmp(text, words[2]))
		return r->world->settle(r->world->ctx, r->district) || fail(r, "lag did not reach 0", "");
	if (!strncmp(text, words[3], strlen(words[3])))
		return r->world->crash(r->world->ctx, text + strlen(words[3])) || fail(r, "cannot crash", text);
	if (!strncmp(text, words[4], strlen(words[4])))
		return run_login(r, text + strlen(words[4]));
	if (!strncmp(text, words[5], strlen(words[5])))
		return run_as(r, text + strlen(words[5]));
	if (!strncmp(text, words[6], strlen(words[6])))
		return r->world->lose(r->world->ctx, text + strlen(words[6])) || fail(r, "cannot lose", text);
	return run_step(r, text);
}

/* Reads one command with its continuation lines; false at the end. */
static bool
next_command(FILE *f, int *lineno, int *first, char *out)
{
	char line[8192];
	size_t n = 0;

	for (long at = ftell(f); fgets(line, sizeof line, f); at = ftell(f)) {
		bool skip = *line == '#' || !*blank(line);
		if (n && !skip && !isspace((unsigned char)*line)) {
			fseek(f, at, SEEK_SET);
			break;
		}
		++*lineno;
		if (skip)
			continue;
		if (!n)
			*first = *lineno;
		line[strcspn(line, "\n")] = '\0';
		n += (size_t)snprintf(out + n, COMMAND_MAX - n, "%s%s", n ? " " : "", n ? blank(line) : line);
	}
	while (n && isspace((unsigned char)out[n - 1]))
		out[--n] = '\0';
	return n > 0;
}

static bool
run_file(struct run *r, const char *file)
{
	char *text = malloc(COMMAND_MAX), *named = malloc(COMMAND_MAX);
	FILE *f = fopen(file, "r");
	bool ok = true;
	int lineno = 0;

	r->file = file;
	if (!f)
		ok = fail(r, "cannot be opened", file);
	while (ok && next_command(f, &lineno, &r->line, text))
		ok = replace_names(r, text, named) && run_command(r, named);
	if (f)
		fclose(f);
	free(text);
	free(named);
	return ok;
}

/* ---- what was saved, from one script to the next: a line for each, its name and its value */

static void
names_read(struct run *r, const char *file)
{
	FILE *f = fopen(file, "r");
	char name[sizeof r->saved[0].name], value[sizeof r->saved[0].value];

	while (f && fscanf(f, "%31s %79s", name, value) == 2)
		save(r, name, value);
	if (f)
		fclose(f);
}

static bool
names_write(const struct run *r, const char *file)
{
	FILE *f = fopen(file, "w");

	for (int i = 0; f && i < r->nsaved; i++)
		fprintf(f, "%s %s\n", r->saved[i].name, r->saved[i].value);
	return (f && fclose(f) == 0) || fail(r, "cannot be written:", file);
}

bool
scenario_run(const char *file, const struct world *w, const char *district)
{
	const char *names = getenv("ZHUCUN_TEST_NAMES");
	struct run r = { .file = file, .world = w, .district = district };

	if (names)
		names_read(&r, names);
	bool ok = run_file(&r, file);
	return (!names || names_write(&r, names)) && ok;
}

/* ---- in this process */

static struct answered
in_call(void *ctx, const char *method, const char *path, const char *key, const char *type, const char *body)
{
	return harness_call(ctx, method, path, key, type, body);
}

static bool in_settle(void *ctx, const char *district) { return harness_settle(ctx, district); }
static bool in_crash(void *ctx, const char *service) { harness_crash(ctx, service); return true; }
static bool in_lose(void *ctx, const char *service) { harness_lose_answer(ctx, service); return true; }
static void in_as(void *ctx, const char *token) { harness_as(ctx, token); }

struct world
scenario_world(harness_t *s)
{
	return (struct world){ s, in_call, in_settle, in_crash, in_lose, in_as };
}

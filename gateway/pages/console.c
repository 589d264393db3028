#include "pages/console.h"
#include "base/digest.h"
#include "base/log.h"
#include "http/coding.h"
#include "http/etag.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_BYTES_MAX = 64 << 10, PATH_BYTES_MAX = 1024 };

struct file { char *path, *type, *sha256, *bytes; size_t len; };
struct console { char *list; struct file *files; size_t n, bytes; bool https; };

static const char not_built[] =
	"<!doctype html>\n<html lang=\"zh-CN\">\n<meta charset=\"utf-8\">\n<title>zhucun</title>\n"
	"<p>这里没有网页控制台：构建时未包含。接口在 <code>/api/v1</code>，说明见 <code>docs/api.md</code>。</p>\n"
	"<p lang=\"en\">There is no console here: it was not built (<code>make console</code>). The API is at "
	"<code>/api/v1</code>; see <code>docs/api.md</code>.</p>\n";

/* The first is said over HTTPS only. */
static const struct reply_fixed headers[] = {
	{ "Strict-Transport-Security", "max-age=31536000" },
	{ "Content-Security-Policy",
	  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
	  "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
	  "frame-ancestors 'none'; require-trusted-types-for 'script'" },
	{ "Referrer-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Permissions-Policy", "camera=(self), geolocation=(self)" },
	{ NULL, NULL },
};

/* ---- read at start */

/* malloc'd, with a NUL behind it; NULL: not there, or more than max. */
static char *
read_whole(const char *directory, const char *name, size_t max, size_t *len)
{
	char path[PATH_BYTES_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int)sizeof(path))
		return NULL;
	FILE *f = fopen(path, "re");
	char *text = f ? malloc(max + 2) : NULL;
	*len = text ? fread(text, 1, max + 1, f) : 0;
	if (f)
		fclose(f);
	if (text && *len <= max) {
		text[*len] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

/* Of our own build, but a list that leads out of its directory is none. */
static bool
is_plain(const char *path)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/";

	return *path && *path != '/' && strspn(path, letters) == strlen(path) && !strstr(path, "..");
}

static bool
is_as_listed(const struct file *f, const char *length)
{
	struct span_of_bytes all = { f->bytes, f->len };
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_MAX];

	sha256(&all, 1, digest);
	hex_text(digest, sizeof(digest), hex);
	return strcmp(hex, f->sha256) == 0 && strtoull(length, NULL, 10) == f->len;
}

/* "path TAB type TAB sha256 TAB length", with a NUL behind it. */
static bool
file_take(struct console *c, const char *directory, char *line)
{
	struct file f = { .path = strsep(&line, "\t"), .type = strsep(&line, "\t"), .sha256 = strsep(&line, "\t") };

	if (!line || !is_plain(f.path))
		return false;
	f.bytes = read_whole(directory, f.path, CONSOLE_BYTES_MAX - c->bytes, &f.len);
	if (!f.bytes)
		return false;
	c->files[c->n++] = f;
	c->bytes += f.len;
	return is_as_listed(&f, line);
}

static bool
files_take(struct console *c, const char *directory)
{
	char *at = c->list, *line;
	size_t lines = 1;

	for (const char *p = c->list; *p; p++)
		lines += *p == '\n';
	c->files = calloc(lines, sizeof(*c->files));
	if (!c->files)
		abort();
	while ((line = strsep(&at, "\n")) != NULL) {
		if (!*line)
			continue;
		if (file_take(c, directory, line))
			continue;
		LOG(ERROR, "console.refused", NULL, LOG_S("directory", directory), LOG_S("file", line),
		    LOG_I("bytes_max", CONSOLE_BYTES_MAX));
		return false;
	}
	return true;
}

struct console *
console_open(const char *directory, bool https)
{
	struct console *c = calloc(1, sizeof(*c));
	size_t len;

	if (!c)
		abort();
	c->https = https;
	c->list = *directory ? read_whole(directory, "files", LIST_BYTES_MAX, &len) : NULL;
	if (!c->list)
		LOG(INFO, "console.not_built", NULL, LOG_S("directory", directory));
	else if (!files_take(c, directory))
		console_close(&c);
	return c;
}

void
console_close(struct console **cp)
{
	struct console *c = *cp;

	*cp = NULL;
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		free(c->files[i].bytes);
	free(c->files);
	free(c->list);
	free(c);
}

/* ---- answers */

static const struct file *
find(const struct console *c, const char *path, const char *packed)
{
	size_t len = strlen(path);

	for (size_t i = 0; c && i < c->n; i++)
		if (strncmp(c->files[i].path, path, len) == 0 && strcmp(c->files[i].path + len, packed) == 0)
			return &c->files[i];
	return NULL;
}

static bool
is_packed(const char *path)
{
	const char *end = strrchr(path, '.');

	return end && (strcmp(end, ".br") == 0 || strcmp(end, ".gz") == 0);
}

/* As small as the client takes it. */
static void
bytes_give(const struct console *c, const struct file *plain, const char *accept_encoding, struct reply *r)
{
	static const struct { const char *coding, *end; } codings[] = { { "br", ".br" }, { "gzip", ".gz" } };
	const struct file *f = plain, *packed;

	for (size_t i = 0; i < 2 && f == plain; i++)
		if (coding_taken(accept_encoding, codings[i].coding) &&
		    (packed = find(c, plain->path, codings[i].end)) != NULL) {
			f = packed;
			reply_header(r, "Content-Encoding", codings[i].coding);
		}
	r->lent = f->bytes;
	r->len = f->len;
}

static void
page_not_built(const struct console *c, struct reply *r)
{
	r->status = 200;
	r->content_type = TYPE_HTML;
	r->lent = not_built;
	r->len = sizeof(not_built) - 1;
	r->cache = "no-cache";
	r->fixed = c && c->https ? headers : headers + 1;
}

/* A name with a hash in it never stands for anything else. */
static void
file_give(const struct console *c, const struct file *f, const char *if_none_match, const char *accept_encoding,
          struct reply *r)
{
	bool hashed = strncmp(f->path, "assets/", 7) == 0;
	char etag[ETAG_MAX];

	snprintf(etag, sizeof(etag), "\"%.32s\"", f->sha256);
	r->status = !hashed && etag_among(if_none_match, etag) ? 304 : 200;
	r->content_type = f->type;
	r->cache = hashed ? "public, max-age=31536000, immutable" : "no-cache";
	r->fixed = c->https ? headers : headers + 1;
	reply_header(r, "Vary", "Accept-Encoding");
	if (!hashed)
		reply_header(r, "ETag", etag);
	if (r->status == 200)
		bytes_give(c, f, accept_encoding, r);
}

bool
console_file(const struct console *c, const char *path, const char *if_none_match, const char *accept_encoding,
             struct reply *r)
{
	const struct file *f = is_packed(path) ? NULL : find(c, path, "");

	if (f)
		file_give(c, f, if_none_match, accept_encoding, r);
	else if ((!c || !c->list) && strcmp(path, "index.html") == 0)
		page_not_built(c, r);
	return r->status != 0;
}

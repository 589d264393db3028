#include "server/head.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LENGTH_DIGITS_MAX = 18 };

bool
head_is_token_letter(char c)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr(others, c));
}

static bool
is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

/* ---- while it comes */

/* Lines end in CR LF, and neither stands anywhere else; nor does any other control character but the tab. */
enum refusal
head_scan(const char *p, size_t len, size_t *seen, size_t *end)
{
	size_t i = *seen;

	for (*end = 0; i < len; i++) {
		if (p[i] == '\n' && i && p[i - 1] == '\r') {
			if (i < 3 || memcmp(p + i - 3, "\r\n\r\n", 4) != 0)
				continue;
			*end = i + 1;
			break;
		}
		if ((i && p[i - 1] == '\r') || (p[i] != '\r' && is_control(p[i])))
			return REFUSED_HTTP;
	}
	*seen = i;
	size_t space = 0;
	while (space < len && head_is_token_letter(p[space]))
		space++;
	return space < len && (space == 0 || p[space] != ' ') ? REFUSED_HTTP : REFUSED_NOT;
}

/* ---- lists */

bool
head_list_next(const char **list, const char **item, size_t *len)
{
	const char *at = *list;

	at += strspn(at, " \t,");
	*item = at;
	*len = strcspn(at, ",");
	*list = at + *len;
	while (*len && (at[*len - 1] == ' ' || at[*len - 1] == '\t'))
		--*len;
	return *len > 0;
}

static bool
list_has(const char *list, const char *token)
{
	const char *item;
	size_t len;

	while (list && head_list_next(&list, &item, &len))
		if (len == strlen(token) && strncasecmp(item, token, len) == 0)
			return true;
	return false;
}

/* Every one of them is the token, and there are `most` at the most. */
static bool
list_is(const char *list, const char *token, size_t most)
{
	const char *item;
	size_t len, n = 0;

	while (list && head_list_next(&list, &item, &len))
		if (++n > most || len != strlen(token) || strncasecmp(item, token, len) != 0)
			return false;
	return n > 0;
}

/* ---- the request line */

/* Host and port, as much of RFC 3986 §3.2 as tells them from what is none.  User names do not belong there (RFC 9110
 * §4.2.4). */
static bool
authority_valid(const char *s, size_t len)
{
	static const char letters[] = "-._~!$&'()*+,;=%";
	const char *end = s + len, *at = s;

	if (at < end && *at == '[')
		for (at++; at < end && *at != ']'; at++)
			if (!isxdigit((unsigned char)*at) && *at != ':' && *at != '.')
				return false;
	if (s < end && *s == '[' && at++ == end)
		return false;
	if (s < end && *s != '[')
		while (at < end && *at != ':' && (isalnum((unsigned char)*at) || (*at && strchr(letters, *at))))
			at++;
	if (at < end && *at++ != ':')
		return false;
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at == end;
}

/* "http://host/path" is "/path" (RFC 9112 §3.2.2); of no path at all it is "/", or the server itself (§3.2.4).  NULL:
 * no such thing. */
static char *
absolute(char *target, const char *method)
{
	size_t scheme = strncasecmp(target, "http://", 7) == 0 ? 7 : strncasecmp(target, "https://", 8) == 0 ? 8 : 0;
	char *host = target + scheme, *path = host + strcspn(host, "/?");

	if (!scheme || path == host || *host == ':' || !authority_valid(host, (size_t)(path - host)))
		return NULL;
	if (*path == '/')
		return path;
	if (!*path) {
		target[0] = strcmp(method, "OPTIONS") == 0 ? '*' : '/';
		target[1] = '\0';
		return target;
	}
	*--path = '/';
	return path;
}

/* The forms of §3.2.  Escapes are judged by who reads them. */
static enum refusal
target_take(struct head *h)
{
	bool server = strcmp(h->method, "OPTIONS") == 0, tunnel = strcmp(h->method, "CONNECT") == 0;

	for (const char *c = h->target; *c; c++)
		if (*c == '#' || *c == '\t' || (unsigned char)*c >= 0x80)
			return REFUSED_HTTP;
	if (tunnel)
		return strchr(h->target, ':') && authority_valid(h->target, strlen(h->target)) ? REFUSED_NOT
		                                                                               : REFUSED_HTTP;
	if (h->target[0] != '/' && !(server && strcmp(h->target, "*") == 0))
		h->target = absolute(h->target, h->method);
	return h->target ? REFUSED_NOT : REFUSED_HTTP;
}

static enum refusal
version_take(struct head *h, const char *version)
{
	if (strlen(version) != 8 || memcmp(version, "HTTP/", 5) != 0 || !isdigit((unsigned char)version[5]) ||
	    version[6] != '.' || !isdigit((unsigned char)version[7]))
		return REFUSED_HTTP;
	h->old = version[7] == '0';
	return version[5] == '1' ? REFUSED_NOT : REFUSED_VERSION;
}

/* "METHOD target HTTP/1.1", with a NUL behind it. */
static enum refusal
line_take(struct head *h, char *line)
{
	char *target = strchr(line, ' '), *version = target ? strchr(target + 1, ' ') : NULL;

	if (!version || version == target + 1)
		return REFUSED_HTTP;
	*target++ = *version++ = '\0';
	h->method = line;
	h->target = target;
	enum refusal r = version_take(h, version);
	return r ? r : target_take(h);
}

/* ---- fields */

/* What stands between the values of several lines of a name; cookies are a list of their own (RFC 6265 §4.2.1). */
enum { ONCE = 0, LIST = ',', COOKIES = ';' };
static const struct { const char *name; size_t at; char kind; } fields[] = {
#define FIELD(name, member, kind) { name, offsetof(struct head, member), kind }
	FIELD("Host", host, ONCE), FIELD("Authorization", authorization, ONCE),
	FIELD("Content-Type", content_type, ONCE),
	FIELD("Content-Length", content_length, ONCE), FIELD("Idempotency-Key", idempotency_key, ONCE),
	FIELD("Last-Event-ID", last_event_id, ONCE), FIELD("Transfer-Encoding", transfer_encoding, LIST),
	FIELD("Cookie", cookie, COOKIES), FIELD("Origin", origin, ONCE), FIELD("X-Zhucun", own_page, ONCE),
	FIELD("Content-Encoding", content_encoding, LIST), FIELD("If-None-Match", if_none_match, LIST),
	FIELD("Accept-Encoding", accept_encoding, LIST), FIELD("If-Match", if_match, LIST),
	FIELD("X-Forwarded-For", forwarded, LIST), FIELD("Connection", connection, LIST), FIELD("Expect", expect, LIST),
	FIELD("traceparent", traceparent, LIST),        /* several are none, and are to be passed over, not refused */
#undef FIELD
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

/* Lines that say the same name are one list (RFC 9110 §5.3), which lies behind the head's own text: the one that lies
 * last goes on where it ends, another is written anew.  Nobody honest needs as much room as there is. */
struct lists { char *room, *end; size_t tail_of; };

static const char *
joined(struct lists *l, size_t field, const char *first, const char *next)
{
	bool goes_on = l->tail_of == field;
	char *whole = goes_on ? (char *)first : l->room;

	if ((goes_on ? 0 : strlen(first) + 1) + strlen(next) + 1 > (size_t)(l->end - l->room))
		return NULL;
	if (!goes_on)
		l->room = stpcpy(l->room, first) + 1;
	l->room[-1] = fields[field].kind;
	l->room = stpcpy(l->room, next) + 1;
	l->tail_of = field;
	return whole;
}

static enum refusal
field_take(struct head *h, struct lists *l, const char *name, const char *value)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (strcasecmp(name, fields[i].name) != 0)
			continue;
		const char **to = (const char **)(void *)((char *)h + fields[i].at);
		if (*to && fields[i].kind == ONCE)
			return REFUSED_FRAMING;
		*to = *to ? joined(l, i, *to, value) : value;
		return *to ? REFUSED_NOT : REFUSED_HEAD;
	}
	return REFUSED_NOT;
}

/* "Name: value", with a NUL behind it. */
static enum refusal
field_line(struct head *h, struct lists *l, char *line, size_t len)
{
	size_t name = 0;
	char *value, *end = line + len;

	while (head_is_token_letter(line[name]))
		name++;
	if (name == 0 || line[name] != ':')
		return REFUSED_HTTP;
	value = line + name + 1;
	line[name] = '\0';
	value += strspn(value, " \t");
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	return field_take(h, l, line, value);
}

/* ---- what they say together */

static enum refusal
length_take(struct head *h)
{
	const char *digits = h->content_length;

	if (!*digits || strspn(digits, "0123456789") != strlen(digits))
		return REFUSED_HTTP;
	digits += strspn(digits, "0");
	if (strlen(digits) > LENGTH_DIGITS_MAX)
		return REFUSED_LENGTH;
	h->length = strtoll(h->content_length, NULL, 10);
	h->body = h->length ? HEAD_LENGTH : HEAD_NO_BODY;
	return REFUSED_NOT;
}

/* Where the body ends (RFC 9112 §6.3): one of the two says it, and chunked says it alone. */
static enum refusal
framing_take(struct head *h)
{
	h->length = -1;
	if (!h->transfer_encoding)
		return h->content_length ? length_take(h) : REFUSED_NOT;
	if (h->content_length || h->old || !list_is(h->transfer_encoding, "chunked", 1))
		return REFUSED_FRAMING;
	h->body = HEAD_CHUNKED;
	return REFUSED_NOT;
}

static enum refusal
together(struct head *h)
{
	enum refusal r = framing_take(h);

	if (r)
		return r;
	if (h->host ? !authority_valid(h->host, strlen(h->host)) : !h->old)
		return REFUSED_HTTP;
	h->closes = list_has(h->connection, "close");
	h->keeps = list_has(h->connection, "keep-alive");
	h->expects = h->expect && !h->old && *h->expect;
	return !h->expects || list_is(h->expect, "100-continue", HEAD_BYTES_MAX) ? REFUSED_NOT : REFUSED_EXPECT;
}

static enum refusal
lines_take(struct head *h, size_t len)
{
	struct lists lists = { h->text + len + 1, h->text + 2 * len + 2, FIELDS };
	enum refusal r = REFUSED_NOT;
	char *line = h->text, *end;

	for (; !r && (end = strchr(line, '\r')) != line; line = end + 2) {
		*end = '\0';
		r = line == h->text ? line_take(h, line) : field_line(h, &lists, line, (size_t)(end - line));
	}
	return r ? r : together(h);
}

enum refusal
head_parse(const char *p, size_t len, struct head *out)
{
	*out = (struct head){ .text = malloc(2 * len + 2), .length = -1 };
	if (!out->text)
		abort();
	memcpy(out->text, p, len);
	out->text[len] = '\0';
	enum refusal r = lines_take(out, len);
	if (r)
		head_free(out);
	return r;
}

void
head_free(struct head *h)
{
	free(h->text);
	*h = (struct head){ .length = -1 };
}

#include "csv_policy.h"
#include "base/utf8.h"
#include <iconv.h>
#include <stdint.h>
#include <string.h>

static const struct csv_fault
	NOT_TEXT = { 400, "csv.encoding", "The file is neither UTF-8 nor GB 18030 text." },
	NOT_AS_SAID = { 400, "csv.encoding", "The file is not in the charset that its type names." },
	NUL = { 400, "csv.nul", "The file holds a NUL byte; a spreadsheet's own format, or UTF-16, is no CSV." },
	NOT_CLOSED = { 400, "csv.quote_open", "A quoted field is not closed before the file ends." },
	TOO_LARGE = { 422, "csv.too_large", "A file has at most 1 MiB and 20,000 rows." },
	NO_HEADER = { 422, "csv.no_header", "The first row names the fields; this file has none." },
	STRAY_QUOTE = { 0, "csv.quote", "A field with a quote in it stands in quotes, and the quote is doubled." },
	TOO_WIDE = { 0, "csv.too_wide", "A row has at most 64 fields." };

/* ---- the encoding */

struct text { const char *s; size_t len; };

static bool
has_mark(struct text t)
{
	return t.len >= 3 && memcmp(t.s, "\xef\xbb\xbf", 3) == 0;
}

/* False: not UTF-8.  *no_chinese: it has characters beyond ASCII, but none from where Chinese begins. */
static bool
is_utf8(struct text t, bool *no_chinese)
{
	uint32_t code, highest = 0;

	for (size_t n; t.len; t.s += n, t.len -= n) {
		n = utf8_take(t.s, t.len, &code);
		if (!n)
			return false;
		highest = code > highest ? code : highest;
	}
	*no_chinese = highest >= 0x80 && highest < 0x800;
	return true;
}

/* False: not GB 18030.  Its two-byte characters become three bytes, its four-byte ones at most four. */
static bool
from_gb18030(struct text t, arena_t *a, struct text *out)
{
	size_t room = t.len + t.len / 2 + 4, left = room;
	char *to = arena_alloc(a, room), *at = to, *from = (char *)t.s;
	iconv_t c = iconv_open("UTF-8", "GB18030");

	if (c == (iconv_t)-1)
		return false;
	size_t lossy = iconv(c, &from, &t.len, &at, &left);
	iconv_close(c);
	*out = (struct text){ to, room - left };
	return lossy == 0 && t.len == 0;
}

static const struct csv_fault *
decode_as_said(struct text t, enum csv_charset said, arena_t *a, struct text *out)
{
	bool no_chinese;

	*out = t;
	if (said == CSV_UTF8 ? !is_utf8(t, &no_chinese) : !from_gb18030(t, a, out))
		return &NOT_AS_SAID;
	if (has_mark(*out))                     /* which GB 18030 has as well, in four bytes */
		*out = (struct text){ out->s + 3, out->len - 3 };
	return NULL;
}

static const struct csv_fault *
decode(struct text t, enum csv_charset said, arena_t *a, struct text *out)
{
	bool no_chinese = false, utf8;

	if (t.len > CSV_BYTES_MAX)
		return &TOO_LARGE;
	if (memchr(t.s, '\0', t.len))
		return &NUL;
	if (said != CSV_UNSAID)
		return decode_as_said(t, said, a, out);
	*out = t;
	if (has_mark(t)) {
		*out = (struct text){ t.s + 3, t.len - 3 };
		return is_utf8(*out, &no_chinese) ? NULL : &NOT_TEXT;
	}
	utf8 = is_utf8(t, &no_chinese);
	if (utf8 && !no_chinese)
		return NULL;
	if (from_gb18030(t, a, out))
		return NULL;
	*out = t;
	return utf8 ? NULL : &NOT_TEXT;
}

/* ---- rows */

struct reading {
	const char *at, *end;
	char *to;                                       /* where the next field's text goes: room for the whole file */
	arena_t *arena;
};

static bool
ends_row(const struct reading *r)
{
	return r->at == r->end || *r->at == '\n' || (*r->at == '\r' && (r->at + 1 == r->end || r->at[1] == '\n'));
}

/* After its opening quote.  False: it is not closed. */
static bool
take_quoted(struct reading *r, const struct csv_fault **fault)
{
	for (;; *r->to++ = *r->at++) {
		if (r->at == r->end)
			return false;
		if (*r->at != '"')
			continue;
		if (++r->at == r->end || *r->at != '"')
			break;
	}
	while (!ends_row(r) && *r->at != ',') {
		*fault = &STRAY_QUOTE;
		r->at++;
	}
	return true;
}

static void
take_plain(struct reading *r, const struct csv_fault **fault)
{
	for (; !ends_row(r) && *r->at != ','; *r->to++ = *r->at++)
		if (*r->at == '"')
			*fault = &STRAY_QUOTE;
}

/* One field with its NUL; false: not closed. */
static bool
take_field(struct reading *r, char **field, const struct csv_fault **fault)
{
	bool closed = true;

	*field = r->to;
	if (r->at < r->end && *r->at == '"') {
		r->at++;
		closed = take_quoted(r, fault);
	} else {
		take_plain(r, fault);
	}
	*r->to++ = '\0';
	return closed;
}

static bool
take_row(struct reading *r, struct csv_row *row)
{
	char *fields[CSV_FIELDS_MAX], *over;

	*row = (struct csv_row){ .number = row->number };
	for (;; r->at++) {
		bool fits = row->n < CSV_FIELDS_MAX;
		if (!take_field(r, fits ? &fields[row->n] : &over, &row->fault))
			return false;
		row->n += fits;
		row->fault = fits ? row->fault : &TOO_WIDE;
		if (ends_row(r))
			break;
	}
	row->fields = arena_copy(r->arena, fields, row->n * sizeof(fields[0]));
	r->at += r->at < r->end && *r->at == '\r';
	r->at += r->at < r->end && *r->at == '\n';
	return true;
}

static bool
is_empty(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (*row->fields[i])
			return false;
	return !row->fault;
}

static size_t
line_ends(struct text t)
{
	size_t n = 1;

	for (size_t i = 0; i < t.len; i++)
		n += t.s[i] == '\n';
	return n < CSV_ROWS_MAX + 1 ? n : CSV_ROWS_MAX + 1;
}

static struct csv
fails(const struct csv_fault *fault, size_t at)
{
	return (struct csv){ .fault = fault, .at = at };
}

/* A field's text is never longer than what stood for it with its comma or line end, and one NUL may be left over. */
struct csv
csv_read(const void *bytes, size_t len, enum csv_charset said, arena_t *a)
{
	struct text text, raw = { len ? bytes : "", len };
	const struct csv_fault *fault = decode(raw, said, a, &text);
	struct csv out = { 0 };

	if (fault)
		return fails(fault, 0);
	struct reading r = { .at = text.s, .end = text.s + text.len, .to = arena_alloc(a, text.len + 2), .arena = a };
	out.rows = arena_alloc(a, (line_ends(text) + 1) * sizeof(out.rows[0]));
	for (size_t number = 1; r.at < r.end; number++) {
		struct csv_row row = { .number = number };
		if (!take_row(&r, &row))
			return fails(&NOT_CLOSED, number);
		if (is_empty(&row))
			continue;
		if (out.n == CSV_ROWS_MAX + 1)
			return fails(&TOO_LARGE, number);
		out.rows[out.n++] = row;
	}
	return out.n ? out : fails(&NO_HEADER, 0);
}

/* document - answers GET /api/v1/openapi.json.  The table does not change while a process runs, so the document is made
 * once. */
#include "api/document.h"
#include "api/openapi.h"
#include "base/digest.h"
#include <stdlib.h>
#include <string.h>

static void
etag_of(const struct document *d, char out[ETAG_MAX])
{
	struct span_of_bytes all = { d->text, d->len };
	uint8_t digest[SHA256_SIZE];

	sha256(&all, 1, digest);
	out[0] = '"';
	hex_text(digest, 16, out + 1);
	strcat(out, "\"");
}

static const struct document *
document(api_t *api)
{
	struct document *d = &api->document;

	if (d->text)
		return d;
	json_t *j = openapi_document(api->set.manual_clock);
	d->text = reply_json(j);
	json_decref(j);
	d->len = strlen(d->text);
	etag_of(d, d->etag);
	return d;
}

void
document_free(struct document *d)
{
	free(d->text);
	d->text = NULL;
}

/* A list of tags, weak or strong (RFC 9110 §13.1.2); a digest in quotes stands in no other tag. */
bool
document_is(api_t *api, const char *if_none_match)
{
	return if_none_match && (strcmp(if_none_match, "*") == 0 || strstr(if_none_match, document(api)->etag));
}

void
document_run(call_t *c, int64_t mono_us)
{
	const struct document *d = document(c->api);
	struct reply r = REPLY_NONE;

	(void)mono_us;
	r.status = c->known ? 304 : 200;
	r.content_type = TYPE_JSON;
	r.cached = true;
	if (!c->known) {
		struct bytes out = { 0 };
		bytes_append(&out, d->text, d->len);
		r.body = out.p;
		r.len = out.len;
	}
	reply_header(&r, "ETag", d->etag);
	call_reply(c, &r);
}

/* document - answers GET /api/v1/openapi.json.  The table does not change while a process runs, so the document is made
 * once. */
#include "api/document.h"
#include "api/openapi.h"
#include <string.h>

static const char *
document(api_t *api)
{
	if (!api->document) {
		json_t *j = openapi_document(api->set.manual_clock);
		api->document = reply_json(j);
		json_decref(j);
	}
	return api->document;
}

void
document_run(call_t *c, int64_t mono_us)
{
	struct reply r = REPLY_NONE;
	struct bytes out = { 0 };

	(void)mono_us;
	bytes_text(&out, document(c->api));
	r.status = 200;
	r.content_type = TYPE_JSON;
	r.cache = CACHE_ASK;
	r.body = out.p;
	r.len = out.len;
	call_reply(c, &r);
}

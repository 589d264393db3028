#include "http/reply.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char *
reply_json(const json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(15));

	if (!text)
		abort();
	return text;
}

void
reply_header(struct reply *r, const char *name, const char *value)
{
	assert(r->nheaders < REPLY_HEADERS_MAX);
	struct reply_header *h = &r->headers[r->nheaders++];
	h->name = name;
	snprintf(h->value, sizeof(h->value), "%s", value);
}

void
reply_free(struct reply *r)
{
	free(r->body);
	if (r->fd >= 0)
		close(r->fd);
	if (r->stream)
		r->stream->leave(r->stream->ctx);
	*r = REPLY_NONE;
}

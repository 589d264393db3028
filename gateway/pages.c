#include "pages.h"
#include "problem.h"
#include <dlfcn.h>
#include <stdlib.h>

pages_queue_fn *
pages_library_queue(void)
{
	union { void *symbol; pages_queue_fn *fn; } next = { .symbol = dlsym(RTLD_NEXT, "MHD_queue_response") };

	if (!next.fn)
		abort();
	return next.fn;
}

/* Called by the library alone: our answers go by pages_library_queue(). */
enum MHD_Result
MHD_queue_response(struct MHD_Connection *c, unsigned status, struct MHD_Response *page)
{
	Wire__Problem p = WIRE__PROBLEM__INIT;
	struct reply r = REPLY_NONE;

	(void)page;
	p.status = (int)status;
	p.code = (char *)"http.malformed";
	p.detail = (char *)"The request is not HTTP/1.1 as RFC 9112 has it, or its head is too long.";
	json_t *j = problem_json(&p);
	problem_reply(j, &r);
	json_decref(j);
	struct MHD_Response *m = MHD_create_response_from_buffer(r.len, r.body, MHD_RESPMEM_MUST_FREE);
	if (!m)
		return MHD_NO;
	MHD_add_response_header(m, "Content-Type", TYPE_PROBLEM);
	enum MHD_Result queued = pages_library_queue()(c, status, m);
	MHD_destroy_response(m);
	return queued;
}

#include "pages.h"
#include "problem.h"
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { HEAD_BYTES = 256 };
typedef ssize_t tls_send_fn(void *session, const void *p, size_t n);

pages_queue_fn *
pages_library_queue(void)
{
	union { void *symbol; pages_queue_fn *fn; } next = { .symbol = dlsym(RTLD_NEXT, "MHD_queue_response") };

	if (!next.fn)
		abort();
	return next.fn;
}

/* Nothing of this connection is on its way: the kernel takes a few hundred bytes at once, or has nobody to give them to. */
static void
say(struct MHD_Connection *c, const char *p, size_t n)
{
	const union MHD_ConnectionInfo *tls = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	union { void *symbol; tls_send_fn *fn; } tls_send = { .symbol = tls ? dlsym(RTLD_DEFAULT, "gnutls_record_send") : NULL };

	if (tls_send.fn)
		tls_send.fn(tls->tls_session, p, n);
	else if (!tls)
		send(MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* While the library judges the headers, which it says by these. */
static bool
judges_headers(unsigned status)
{
	return status == MHD_HTTP_BAD_REQUEST || status == MHD_HTTP_CONTENT_TOO_LARGE;
}

static enum MHD_Result
queue(struct MHD_Connection *c, unsigned status, struct reply *r)
{
	struct MHD_Response *m = MHD_create_response_from_buffer(r->len, r->body, MHD_RESPMEM_MUST_FREE);

	if (!m)
		return MHD_NO;
	MHD_add_response_header(m, "Content-Type", TYPE_PROBLEM);
	enum MHD_Result queued = pages_library_queue()(c, status, m);
	MHD_destroy_response(m);
	return queued;
}

static void
write_out(struct MHD_Connection *c, unsigned status, struct reply *r)
{
	size_t n = HEAD_BYTES + r->len;
	char *text = malloc(n);

	if (!text)
		abort();
	n = (size_t)snprintf(text, n, "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Type: " TYPE_PROBLEM "\r\nContent-Length: %zu\r\n\r\n%s",
	                     status, MHD_get_reason_phrase_for(status), r->len, r->body);
	say(c, text, n);
	free(text);
	reply_free(r);
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
	if (!judges_headers(status))
		return queue(c, status, &r);
	write_out(c, status, &r);
	return MHD_NO;
}

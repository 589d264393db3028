#include "http/problem.h"
#include "json/json_pb.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { int status; const char *code, *detail; } refusals[REFUSALS] = {
	[REFUSED_TOKEN] = { 401, "token.invalid", "The request carries no bearer token, or one that is not known." },
	[REFUSED_LOGIN] = { 401, "login.refused", "No account of that district has this phone and this password." },
	[REFUSED_RATE] = { 429, "rate.exceeded", "So many requests in so short a time are too many; see Retry-After." },
	[REFUSED_NO_SESSION] = { 409, "session.none", "The operator's token is no session that could end." },
	[REFUSED_DISTRICT_FORM] = { 422, "field.district", "A district is six digits." },
	[REFUSED_CHANGED] = { 412, "precondition.changed", "It is no longer what If-Match names, or not there." },
	[REFUSED_FOREIGN] = { 403, "session.foreign",
		"By a cookie, what changes anything wants X-Zhucun: 1, and no Origin but our own." },
	[REFUSED_STEP_UP] = { 403, "session.step_up",
		"This wants the password again: POST /sessions/current/step-up." },
	[REFUSED_REMEMBER] = { 422, "session.remember",
		"Remembered is a cookie, of an account that is nothing but cadre or inspector." },
	[REFUSED_ROLE] = { 403, "role.forbidden", "This account may not do that, or not here." },
	[REFUSED_NOTHING] = { 404, "resource.unknown", "Nothing has this id." },
	[REFUSED_ROUTE] = { 404, "route.unknown", "There is nothing at this path." },
	[REFUSED_METHOD] = { 405, "method.not_allowed", "This path has other methods; see Allow." },
	[REFUSED_SIZE] = { 413, "body.too_large", "A body has at most 1 MiB." },
	[REFUSED_BATCH_SIZE] = { 413, "batch.too_large",
		"A batch has at most 64 MiB and 100,000 lines; the lines before that were taken." },
	[REFUSED_LINE_SIZE] = { 413, "line.too_large", "A line has at most 64 KiB." },
	[REFUSED_MEDIA] = { 415, "body.media_type", "The body's type or coding is not the one this path takes." },
	[REFUSED_FRAMING] = { 400, "http.framing",
		"A header that must stand once stands twice, or two of them disagree." },
	[REFUSED_HTTP] = { 400, "http.malformed", "The request is not HTTP/1.1 as RFC 9112 has it." },
	[REFUSED_CUT] = { 400, "http.incomplete", "The request ended before it was whole." },
	[REFUSED_LATE] = { 408, "http.late", "The request took too long to come." },
	[REFUSED_LENGTH] = { 413, "http.malformed", "The body's length is more than can be counted." },
	[REFUSED_TARGET] = { 414, "http.malformed",
		"A request's first line and its headers have at most 16 KiB; this line alone has more." },
	[REFUSED_EXPECT] = { 417, "http.expectation", "The only expectation that can be met is 100-continue." },
	[REFUSED_HEAD] = { 431, "http.malformed", "A request's first line and its headers have at most 16 KiB." },
	[REFUSED_VERSION] = { 505, "http.malformed", "HTTP/1.1 and HTTP/1.0 are spoken here." },
	[REFUSED_JSON] = { 400, "json.malformed", "The body is not JSON in UTF-8." },
	[REFUSED_DUPLICATE] = { 400, "json.duplicate", "An object has the same member twice." },
	[REFUSED_NUMBER] = { 422, "json.range", "A number is larger than can be kept." },
	[REFUSED_NUL] = { 422, "json.text", "A string holds a NUL character." },
	[REFUSED_DEPTH] = { 422, "json.range", "The document is nested too deeply." },
	[REFUSED_KEY] = { 422, "idempotency.bad_key", "An idempotency key is 1 to 128 printable ASCII characters." },
	[REFUSED_KEY_MISSING] = { 422, "json.missing", "Each line needs a key." },
	[REFUSED_QUERY_UNKNOWN] = { 422, "query.unknown", "This path does not know that parameter." },
	[REFUSED_QUERY_TWICE] = { 422, "query.repeated", "A parameter may be given once." },
	[REFUSED_QUERY_VALUE] = { 422, "query.value", "The parameter's value is not one that is allowed here." },
	[REFUSED_QUERY_MISSING] = { 422, "query.missing", "A required parameter is missing." },
	[REFUSED_QUERY_ORDER] = { 422, "query.order", "The list cannot be put in that order." },
	[REFUSED_POSITION] = { 422, "events.bad_position",
		"Last-Event-ID is no position that was given out for this district; leave it out to begin anew." },
	[REFUSED_STREAMS] = { 503, "events.busy", "Too many clients follow events here already. Try again later." },
	[REFUSED_BUSY] = { 503, "gateway.busy", "Too much is under way; nothing was done. Try again later." },
	[REFUSED_AWAY] = { 503, "owner.away", "Whoever must answer is away; nothing was done. Try again later." },
	[REFUSED_UNKNOWN] = { 504, "outcome.unknown",
		"No answer came in time; whether it was done is not known. Ask again with the same key." },
	[REFUSED_ANSWER] = { 500, "answer.unreadable",
		"The answer could not be read; the fault is ours and has been noted." },
	[REFUSED_READY] = { 503, "stack.not_ready", "Some services do not answer; errors names them." },
	[REFUSED_DISK] = { 503, "gateway.disk_full", "There is no room for the file. Try again later." },
	[REFUSED_STOPPING] = { 503, "gateway.stopping", "This gateway is stopping. Try again later." },
};

static const struct { int status; const char *title; } titles[] = {
	{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
	{ 405, "Method Not Allowed" }, { 408, "Request Timeout" }, { 409, "Conflict" }, { 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" }, { 431, "Request Header Fields Too Large" },
	{ 415, "Unsupported Media Type" }, { 417, "Expectation Failed" }, { 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" }, { 501, "Not Implemented" }, { 505, "HTTP Version Not Supported" },
	 { 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
};

const char *
problem_title(int status)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Refused";
}

int
problem_status(enum refusal r)
{
	return refusals[r].status;
}

Wire__Problem *
problem_of(enum refusal r, const char *pointer, arena_t *a)
{
	return problem_make(a, refusals[r].status, refusals[r].code, pointer, refusals[r].detail);
}

/* What an owner says has come over the wire: nobody has checked that it is UTF-8. */
static json_t *
text_json(const char *s)
{
	json_t *j = json_string(s);
	return j ? j : json_string("");
}

json_t *
problem_json(const Wire__Problem *p)
{
	json_t *j = json_object(), *errors = json_array();

	json_object_set_new(j, "type", json_string("about:blank"));
	json_object_set_new(j, "title", json_string(problem_title(p->status)));
	json_object_set_new(j, "status", json_integer(p->status));
	json_object_set_new(j, "code", text_json(p->code));
	json_object_set_new(j, "detail", text_json(p->detail));
	for (size_t i = 0; i < p->n_errors; i++) {
		json_t *e = json_object();
		json_object_set_new(e, "pointer", text_json(p->errors[i]->pointer));
		json_object_set_new(e, "code", text_json(p->errors[i]->code));
		json_array_append_new(errors, e);
	}
	json_object_set_new(j, "errors", errors);
	if (p->retry_after_s)
		json_object_set_new(j, "retry_after", json_integer(p->retry_after_s));
	return j;
}

void
problem_reply(json_t *problem, struct reply *r)
{
	r->status = (int)json_integer_value(json_object_get(problem, "status"));
	r->content_type = TYPE_PROBLEM;
	r->body = reply_json(problem);
	r->len = strlen(r->body);
	if (r->status == 401)
		reply_header(r, "WWW-Authenticate", "Bearer");
	if (r->status == 503 || r->status == 429) {
		json_int_t seconds = json_integer_value(json_object_get(problem, "retry_after"));
		char text[24];
		snprintf(text, sizeof(text), "%lld", seconds ? (long long)seconds : 1);
		reply_header(r, "Retry-After", text);
	}
}

void
problem_in_line(const Wire__Problem *p, struct bytes *out)
{
	char status[32];

	snprintf(status, sizeof(status), "{\"status\":%d,\"code\":", p->status);
	bytes_text(out, status);
	bytes_json_string(out, p->code);
	bytes_text(out, ",\"detail\":");
	bytes_json_string(out, p->detail);
	bytes_text(out, "}");
}

/* head - the head of a request as RFC 9112 has it: from bytes to what they say, or why they say nothing.  Pure.
 *
 * Strict where two readers could see two requests (line ends, blanks before a colon, lengths), and in one place: a
 * value is without its outer blanks, a list's lines are one list, an absolute target is its path, whoever asks. */
#pragma once
#include "http/problem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEAD_BYTES_MAX = 16 * 1024 };            /* to the end of its empty line */

enum head_body { HEAD_NO_BODY, HEAD_LENGTH, HEAD_CHUNKED };

/* All texts lie in `text`; NULL: the field is not there. */
struct head {
	char *text;
	const char *method;
	char *target;                           /* origin-form, "*" with OPTIONS, or an authority with CONNECT */
	const char *authorization, *content_type, *idempotency_key, *last_event_id, *host, *content_length, *cookie,
		*origin, *own_page; /* X-Zhucun */
	const char *content_encoding, *accept_encoding, *if_none_match, *if_match, *traceparent, *forwarded,
		*connection, *expect, *transfer_encoding;
	bool old;                               /* HTTP/1.0 */
	bool closes, keeps, expects;            /* Connection: close, keep-alive; Expect: 100-continue */
	enum head_body body;
	int64_t length;                         /* of a body whose length is said, else −1 */
};

/* Goes on to look where it ended before (*seen, 0 at first), at bytes that begin with a request line.  Once the head is
 * whole *end is how long it is; else 0.  REFUSED_NOT: nothing is wrong with it so far. */
enum refusal head_scan(const char *p, size_t len, size_t *seen, size_t *end);
/* A whole head.  Not REFUSED_NOT: nothing in *out but what a refusal needs, `text` NULL. */
enum refusal head_parse(const char *p, size_t len, struct head *out);
void head_free(struct head *h);

/* Token by token of a list: true with the next in *item, of *len bytes; empty ones are passed over. */
bool head_list_next(const char **list, const char **item, size_t *len);
bool head_is_token_letter(char c);

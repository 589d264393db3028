/* coding - content codings: what a client takes, and answers packed.  Pure. */
#pragma once
#include "http/reply.h"

enum { PACK_BYTES_MIN = 1024 };         /* less is not worth it */

/* Accept-Encoding (RFC 9110 §12.5.3) names the coding, and not to refuse it. */
bool coding_taken(const char *accept_encoding, const char *coding);
/* JSON and lines of it as gzip, when the client takes it.  What lies in a file goes as it is: to pack megabytes takes
 * longer than others should wait. */
void coding_pack(struct reply *r, const char *accept_encoding);

/* headers - what request headers say.  Pure but for the random numbers of a new trace. */
#pragma once
#include "base/digest.h"
#include <stdbool.h>

enum { TRACE_MAX = 56 };        /* 00-<32 hex>-<16 hex>-<2 hex> and its NUL */

/* What follows "Bearer " (RFC 6750); NULL: the header is not there, or says something else. */
const char *headers_token(const char *authorization);
/* Whether its SHA-256 is the one given; takes as long whatever the token. */
bool headers_token_is(const char *token, const uint8_t sha256_of_token[SHA256_SIZE]);
/* GB 18030 holds GBK and GB 2312 */
enum charset { CHARSET_UNSAID, CHARSET_UTF8, CHARSET_GB18030, CHARSET_OTHER };
/* The media type is `type` (RFC 9110 §8.3), and in what its text is said to be written; other parameters say nothing
 * here. */
bool headers_media_is(const char *content_type, const char *type, enum charset *charset);
/* A W3C traceparent of version 00. */
bool headers_trace_valid(const char *traceparent);
void headers_trace_new(char out[TRACE_MAX]);

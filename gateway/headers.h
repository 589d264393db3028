/* headers - what request headers say.  Pure but for the random numbers of a new trace. */
#pragma once
#include "digest.h"
#include <stdbool.h>

enum { TRACE_MAX = 56 };        /* 00-<32 hex>-<16 hex>-<2 hex> and its NUL */

/* What follows "Bearer " (RFC 6750); NULL: the header is not there, or says something else. */
const char *headers_token(const char *authorization);
/* Whether its SHA-256 is the one given; takes as long whatever the token. */
bool headers_token_is(const char *token, const uint8_t sha256_of_token[SHA256_SIZE]);
/* The media type is `type`, with no parameter but charset=utf-8 (RFC 9110 §8.3).  A table's charset and header are looked for in
 * itself, so text/csv may say of them what it will. */
bool headers_media_is(const char *content_type, const char *type);
/* A W3C traceparent of version 00. */
bool headers_trace_valid(const char *traceparent);
void headers_trace_new(char out[TRACE_MAX]);

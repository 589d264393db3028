/* target - the request target (RFC 9112 §3.2.1) as text: path segments and query parameters, percent-decoded.  Pure. */
#pragma once
#include "base/arena.h"

/* Segments of the path, decoded, in the arena.  Count, or −1: no absolute path, more than max, or a bad escape. */
int target_segments(const char *target, arena_t *a, char **segments, int max);
size_t target_path_len(const char *target);             /* bytes before '?' */
const char *target_query(const char *target);           /* after '?', or "" */
/* The target with its path written plainly: the segments as they are, which hold nothing that would need an escape.  So
 * whatever a client escapes it has asked for the same thing. */
void target_plain(char *target, char *const *segments, int n);
/* Next parameter of a query.  1: found; 0: no more; −1: a bad escape (the name is given when it could be read, else
 * ""). */
int target_param(const char **query, arena_t *a, char **name, char **value);
/* The query without parameters of that name, in the arena; *value is that of the last of them, NULL: there is none.
 * How many. */
int target_param_out(const char *query, const char *name, arena_t *a, char **rest, char **value);

/* arena - memory for one batch or one query; freed all at once, never piecemeal.
 *
 * Exceeding the cap is a bug of whoever sized the batch: arena_alloc aborts, the supervisor restarts, and the input
 * that did it is found and parked (see inbox in node.h).  Only the protobuf-c allocator, which eats foreign bytes,
 * answers NULL instead; an unpack that meets it fails. */
#pragma once
#include <protobuf-c/protobuf-c.h>
#include <stdarg.h>
#include <stddef.h>

typedef struct arena arena_t;

arena_t *arena_open(size_t cap_bytes);
void arena_close(arena_t **ap);
void arena_reset(arena_t *a);                                   /* keeps the first chunk */
void arena_secret(arena_t *a); /* what is in it holds a secret: the next reset, or the end, wipes it */
size_t arena_used(const arena_t *a);                            /* bytes given out since the last reset */

void *arena_alloc(arena_t *a, size_t bytes);                    /* zeroed, 16-aligned, never NULL */
void *arena_copy(arena_t *a, const void *p, size_t bytes);
char *arena_strdup(arena_t *a, const char *s);
char *arena_strndup(arena_t *a, const char *s, size_t len);
char *arena_printf(arena_t *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

ProtobufCAllocator *arena_pb(arena_t *a);                       /* unpack straight into the arena */
/* A message of this type, initialised; never NULL. */
void *arena_message(arena_t *a, const ProtobufCMessageDescriptor *d);

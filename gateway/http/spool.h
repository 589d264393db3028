/* spool - text that grows in memory up to a bound, then in an unlinked temporary file, until it is sent. */
#pragma once
#include "http/bytes.h"
#include "http/reply.h"
#include <stdbool.h>
#include <stdint.h>

enum { SPOOL_MEMORY_MAX = 256 * 1024 };

struct spool { struct bytes memory; int fd; int64_t in_file; bool failed; };    /* SPOOL_EMPTY at first */
#define SPOOL_EMPTY ((struct spool){ .fd = -1 })

/* A new file in TMPDIR, without a name.  −1: there is none to be had (logged). */
int spool_file(void);
void spool_append(struct spool *s, const void *p, size_t n);
/* Gives all of it to the reply as its body or fd.  False: the disk did not take it (logged). */
bool spool_give(struct spool *s, struct reply *r);
void spool_free(struct spool *s);

/* bytes - a buffer that grows.  Owned by whoever declares it; {0} is empty.  Running out of memory aborts: every caller
 * bounds what it appends, so that would be a machine in trouble, and the supervisor restarts us. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* secret: set while it is empty; no copy is left behind */
struct bytes { char *p; size_t len, cap; bool secret; };

void bytes_append(struct bytes *b, const void *p, size_t n);
void bytes_text(struct bytes *b, const char *s);                /* without its NUL */
void bytes_json_string(struct bytes *b, const char *s);         /* quoted and escaped; s is UTF-8 */
char *bytes_room(struct bytes *b, size_t n);                    /* n bytes to be written there; counted at once */
void bytes_free(struct bytes *b);                               /* empty again */

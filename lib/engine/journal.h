/* journal - in what order things were done, so that derived tables can be made again from the event logs (replay.c). */
#pragma once
#include "engine/service.h"

/* How many events have been read, of all producers together, and of which one the last was (-1: not known). */
struct journal { int64_t read; int reading; };

struct input;
/* An event in its turn; how many had been read before it. */
int64_t journal_read(struct batch *b, int32_t partition, int producer, int64_t seq, const uint8_t *hash);
void journal_skip(struct batch *b);                     /* own events that are of no concern once more */
void journal_note(struct batch *b, const struct input *in, const char *kind, const char *name, int64_t seq);
void journal_write(struct batch *b);                    /* queues what is to be noted */

/* secret - what ids of sealed measures are made with (C3.2.2): random bytes of the district's own, in no event and
 * told to no reader.
 *
 * Made when the first such id is.  Replicas, a restored backup and a district that has moved all have it, since it
 * lies beside the measures; a replay has it not and takes ids from the log. */
#pragma once
#include "engine/service.h"

void secret_want(struct batch *b);
/* SHA256_SIZE bytes; it must have been wanted. */
const uint8_t *secret_of_district(struct batch *b);

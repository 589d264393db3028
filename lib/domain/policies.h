/* policies - the policies of a district, as a batch or a reader finds them in mirror_policy (lib/domain/mirror.h). */
#pragma once
#include "domain/policy_book.h"
#include "engine/book_cache.h"
#include "engine/reader.h"
#include "engine/service.h"

extern const struct district_cache policy_books;        /* how the engine makes and keeps them */

/* Of the input's district, as of the input; not in a want. */
const struct policy_book *batch_policies(struct batch *b);
const struct policy_book *reader_policies(struct reader *r);

/* policies - the policies of a district: what a service remembers of them (as lib/domain/mirror of all else), and as
 * a batch or a reader asks for them. */
#pragma once
#include "domain/policy_book.h"
#include "engine/reader.h"
#include "engine/service.h"

extern const struct table mirror_policy;                /* key district, effective_from_day */
extern const struct noun mirrored_policy;
void mirror_want_policy(struct batch *b, const void *m);
void mirror_run_policy(struct batch *b, const void *m);

/* Of the input's district, as of the input; not in a want.  The service lists mirror_policy. */
const struct policy_book *batch_policies(struct batch *b);
const struct policy_book *reader_policies(struct reader *r);

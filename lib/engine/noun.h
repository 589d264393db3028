/* noun - finding what a service says of a message, a kind, a table (service.h). */
#pragma once
#include "engine/service.h"

/* Every row of a member of all nouns: `const struct timer *t; EACH_ROW(svc, timers, t) …`.  A break leaves one noun
 * only. */
#define EACH_ROW(svc, member, row) \
	for (const struct noun *const *noun_ = (svc)->nouns; *noun_; noun_++) \
		for (size_t row_ = 0; row_ < (*noun_)->member.n && ((row) = &(*noun_)->member.at[row_], true); row_++)

/* NULL: it has none. */
const struct command *service_command(const struct service *s, const char *type);
const struct event_handler *service_event(const struct service *s, const char *type);
const struct event_handler *service_after_commit(const struct service *s, const char *type);
const struct timer *service_timer(const struct service *s, const char *kind);
const struct job *service_job(const struct service *s, const char *kind);
const struct query *service_query(const struct service *s, const char *type);
/* What two nouns name, or one twice, of which only the first would ever be found; NULL: nothing. */
const char *service_named_twice(const struct service *s);
/* Whether all its copies copy what they say; what is wrong is logged. */
bool service_copies(const struct service *s);
/* Whether its nouns find no fault with rows of their own; what is wrong is logged. */
bool service_faultless(const struct service *s);

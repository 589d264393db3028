/* producers - whose events a service reads, and what it does with them. */
#pragma once
#include "engine/node.h"

/* Its place among those consumed; false: it is none of them. */
bool producer_of(const node_t *n, const char *service, size_t *i);
bool producer_is_self(const node_t *n, size_t producer);         /* it is the service itself */
/* What is to be done with an event of a producer; -1: of our own, not read but said.  NULL: nothing. */
const struct event_handler *producer_handler(const node_t *n, int producer, const char *type);

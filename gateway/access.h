/* access - who may do what: a caller and a row of the route table, weighed.  Pure. */
#pragma once
#include "identity.h"
#include "routes.h"

/* Whether one of the caller's roles stands in the row; the operator's does in every row. */
bool access_by_role(const struct identity *who, const struct route *r);

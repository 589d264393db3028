/* policy - the policies of a district, as it begins with one. */
#pragma once
#include "engine/service.h"

void roster_policies_want(struct batch *b);
void roster_policy_begin(struct batch *b);

/* ready - whether a command would be carried out now, and if not, why. */
#pragma once
#include "engine/node.h"

void ready_refused(node_t *n);                          /* the database has not done what no batch was to blame for */
/* asks it; why no command would be carried out, NULL: it would be */
const char *ready_lacks(node_t *n);

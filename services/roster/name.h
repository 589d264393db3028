/* name - since when a thing is called what it is called. */
#pragma once
#include "engine/service.h"

/* From the next event on, which says that something of it is new.  Kinds are those of lib/domain/mention.h. */
void roster_name_given(struct batch *b, const char *kind, const char *id, char *name);

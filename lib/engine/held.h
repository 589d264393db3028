/* held - subjects that wait behind a parked input. */
#pragma once
#include <stdbool.h>

struct held_subject { char *district, *subject; struct held_subject *next; };

bool held_is(const struct held_subject *held, const char *district, const char *subject);
void held_add(struct held_subject **held, const char *district, const char *subject);
void held_clear(struct held_subject **held);

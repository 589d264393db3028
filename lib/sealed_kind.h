/* sealed_kind - which findings and measures are sealed: those that went, or may go, to discipline inspection (C3.2.2).  Pure.
 *
 * By kind, from the moment it is noted: were it hidden only once it had led to a referral, hiding it would tell just that. */
#pragma once
#include <stdbool.h>

/* As JSON names the kinds of findings and measures. */
bool sealed_kind(const char *kind);

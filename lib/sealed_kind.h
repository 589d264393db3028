/* sealed_kind - which findings and measures are sealed: those that went, or may go, to discipline inspection (C3.2.2); and from
 * whom they are not.  Pure.
 *
 * By kind, from the moment it is noted: were it hidden only once it had led to a referral, hiding it would tell just that. */
#pragma once
#include "wire.pb-c.h"
#include <stdbool.h>

/* As JSON, or a descriptor, names the kinds of findings and measures. */
bool sealed_kind(const char *kind);
/* Whether one of an account's roles works on such cases: administrators, inspectors and reviewers. */
bool sealed_seen_by(const Wire__AccountRole *roles, size_t n);

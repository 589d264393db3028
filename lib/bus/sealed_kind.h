/* sealed_kind - which findings and measures are sealed: those that went, or may go, to discipline inspection (C3.2.2);
 * and who may know of them.  Pure.
 *
 * By kind, from the moment it is noted: were it hidden only once it had led to a referral, hiding it would tell just
 * that.  Whoever may not know is told what he would be told if there were no such case: of a thing's id that nothing
 * has it, in lists and counts nothing. */
#pragma once
#include "base/arena.h"
#include "wire.pb-c.h"
#include <stdbool.h>

/* As JSON, or a descriptor, names the kinds of findings and measures. */
bool sealed_kind(const char *kind);
bool sealed_value(const ProtobufCEnumDescriptor *kinds, int kind);
/* Whether one of an account's roles works on such cases: administrators, inspectors and reviewers.  It takes more to
 * know of a case: that nobody whose account it is or ever was has a part in it as its subject. */
bool sealed_seen_by(const Wire__AccountRole *roles, size_t n);

/* For whom a query asks, as its statements are told (engine.sql, show_district). */
struct sealed_asker { const char *eyes, *kinds, *person, *persons, *units; };
struct sealed_asker sealed_asker(const Wire__Actor *actor,
				 arena_t *a); /* actor NULL: the operator, who may know of all */

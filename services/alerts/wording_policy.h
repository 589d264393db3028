/* wording_policy - how a text is filled with what a message says, in Chinese and in English (rules.md §8).
 *
 * {name} is a field of the message, or a piece: what is computed of it.  A field is said as what it is: a day as a
 * date; a value of an enum by its words; an id (person_id, head_person_id, village_id) by mentioning whose it is
 * (lib/domain/mention.h); other text as it is. What stands in [ ] is left out when a name in it comes to nothing.
 *
 * Pure: everything depends on the arguments alone, texts live in the arena passed in.  No name and no phone stands in
 * a text. */
#pragma once
#include "base/arena.h"
#include "common.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum language { ZH, EN, LANGUAGES };

struct saying {
	const ProtobufCMessage *of;             /* what is told */
	const char *person_id, *unit_id;        /* whom it is about; NULL: not a person, not a unit */
	const char *recipient;                  /* NULL: whoever it is */
	enum language in;
	arena_t *arena;
};
/* Before fields.  of: in which messages it is known; NULL: in all.  A list of them ends with a name of NULL. */
struct piece {
	const char *name;
	const ProtobufCMessageDescriptor *of;
	const char *(*text)(const struct saying *s);
};

char *wording_fill(const char *text, const struct saying *s, const struct piece *pieces);
/* Where in a text begins what can never be filled: a name that such a message neither has nor could say, a bracket
 * that has no other. NULL: nothing. */
const char *wording_fault(const char *text, const ProtobufCMessageDescriptor *of, const struct piece *pieces);

/* Where a member of this name is; NULL: there is none, or it is not set. */
const void *wording_member(const ProtobufCMessage *m, const char *name);
char *wording_day(int32_t day, const struct saying *s);
char *wording_person(const char *id, const struct saying *s);

/* Several texts to one recipient as one, in the order given. */
Common__Text *wording_digest(const Common__Text *const *texts, size_t n, arena_t *a);

/* Short messages that a text takes in UCS-2 (3GPP TS 23.038, 23.040): one holds 70 units, each of several 67; a
 * character beyond the Basic Multilingual Plane takes two units, which stay together. */
int32_t wording_segments(const char *text);
/* The same with names put in.  They are not known here: what is mentioned counts as a name of the usual length. */
int32_t wording_segments_named(const char *text, arena_t *a);

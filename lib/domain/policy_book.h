/* policy_book - the policies of one district, parsed: which rule book counts on which day.
 *
 * Built by lib/domain/policies of what roster published; versions never change, so a parsed policy is kept as long as
 * the book. */
#pragma once
#include "accountability.pb-c.h"
#include "base/arena.h"
#include "mirror_rows.pb-c.h"
#include "policy.pb-c.h"
#include "supervision.pb-c.h"
#include "wire.pb-c.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct policy_version {
	const char *version;
	int32_t effective_from_day;
	const Policy__Policy *document;
};
struct policy_book { const struct policy_version *versions; size_t n; };        /* ascending by effective_from_day */

/* In force on a day = greatest effective_from ≤ day; NULL when none. */
const struct policy_version *policy_on(const struct policy_book *book, int32_t day);

enum approval { APPROVAL_FOUR_EYES, APPROVAL_AUTOMATIC };
/* Of a kind of measure, by its JSON name ("award_ban"); recall is always APPROVAL_FOUR_EYES: each of its steps takes a
 * person (rules.md §5 Effect). The kill switch (`hold`) makes every kind APPROVAL_FOUR_EYES. */
enum approval policy_approval(const Policy__Policy *p, const char *kind);

/* Whether a document's word is this value of an enum: "contact_leader" is CONTACT_LEADER. */
bool policy_names(const ProtobufCEnumDescriptor *d, int value, const char *word);
/* A finding, as the cases of a policy look at it; postings: of whom it names, of any day. */
struct policy_finding {
	Supervision__FindingKind kind; Supervision__Source source; bool major;
	int32_t on_day;
	const MirrorRows__Posting *const *postings; size_t npostings;
};
bool policy_case_covers(const Policy__Case *c, const struct policy_finding *f);

/* Document text → message.  False: *problem says what (422), pointers relative to the document.  Documents that are
 * stored are read with it too, so a check that becomes stricter than it was when they came belongs to what a patch
 * brings. */
bool policy_parse(const char *document_json, arena_t *a, Policy__Policy **out, Wire__Problem **problem)
	__attribute__((warn_unused_result));
/* Whether all texts of a patch, whose document policy_parse has accepted, are such as people read (utf8_shown). */
bool policy_patch_shown(const char *patch_json, arena_t *a, Wire__Problem **problem)
	__attribute__((warn_unused_result));
/* RFC 7396: base patched, as canonical text (sorted keys, compact); NULL when base is no object. */
char *policy_patched(const char *base_json, const char *patch_json, arena_t *a);
/* The document we ship, dachuan-2017-96, from deploy/data. */
extern const char data_dachuan_2017_96_json[];
#define POLICY_SHIPPED_VERSION "dachuan-2017-96"

/* wording_policy - what a message says, in Chinese and in English (rules.md §8): templates as rows, and what fills them.
 *
 * Pure: everything depends on the arguments alone, texts live in the arena passed in.  No name and no phone stands in a text:
 * people, units and villages are mentioned (lib/domain/mention.h), and whoever reads of their own case is "you". */
#pragma once
#include "accountability.pb-c.h"
#include "alerts.pb-c.h"
#include "base/arena.h"
#include "roster.pb-c.h"
#include "supervision.pb-c.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whom a message is about; self: its recipient.  NULL: not a person's, not a unit's.  recipient: whoever is told; NULL where no measure of
 * theirs can be among those of somebody else. */
struct wording_about { const char *person_id, *unit_id; bool self; const char *recipient; };

struct wording { Common__Text *text; int32_t version, segments; };      /* segments: of the Chinese text, which is what is sent, with usual names */

/* The changes that this recipient is told of: when they were absent and for which time, by which criticism which
 * rung was reached, what follows, and the clauses. */
void wording_measures(Alerts__Template template, struct wording_about about, const Accountability__MeasureChange *const *changes, size_t n,
                      arena_t *a, struct wording *out);

/* All that a message says of one measure, but whose it is: two that are the same would read the same. */
char *wording_said(const Accountability__MeasureChange *c, arena_t *a);

/* A missed hearing says neither kind nor date. */
struct wording_finding { Supervision__FindingKind kind; int32_t on_day; };
void wording_finding(Alerts__Template template, struct wording_about about, struct wording_finding f, arena_t *a, struct wording *out);

/* A step of a recall: handed over, or not made in time.  head_person_id: who takes the post, "" not known, NULL nobody has to. */
struct wording_recall { Accountability__RecallCase__State state; const char *head_person_id, *recipient; bool has_due; int32_t due_day; };
void wording_recall(Alerts__Template template, struct wording_about about, struct wording_recall r, arena_t *a, struct wording *out);

/* A task of the organisation department. */
void wording_task(struct wording_about about, Roster__TaskKind kind, const char *village_id, arena_t *a, struct wording *out);

/* An account that somebody else has made or changed. */
void wording_account(const Roster__AccountAltered *e, arena_t *a, struct wording *out);

/* Several messages to one recipient as one, in the order given. */
void wording_digest(const Common__Text *const *texts, size_t n, arena_t *a, struct wording *out);

/* Short messages that a text takes in UCS-2 (3GPP TS 23.038, 23.040): one holds 70 units, each of several 67; a character beyond
 * the Basic Multilingual Plane takes two units, which stay together. */
int32_t wording_segments(const char *text);

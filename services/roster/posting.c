/* posting - who is posted where, in which role, for which days and term.
 *
 *   in:   PutPosting; supervision.FindingConfirmed, FindingAnnulled (a confirmed finding keeps its posting)
 *   out:  PostingPut
 *   owns: posting, person_posting, first_secretary, confirmed_finding
 *
 * A posting is kept by its own id; person_posting and first_secretary say which ids must be looked at beside it. */
#include "roster.h"
#include "domain/duty_batch.h"
#include "store/rows.h"
#include "bus/sealed_kind.h"
#include "supervision.pb-c.h"
#include <string.h>

struct postings { const Posting **at; size_t n; };

/* ---- keys */

static Posting
posting_key(const struct batch *b, const char *posting_id)
{
	Posting key = ROSTER_ROWS__POSTING__INIT;

	key.district = (char *)batch_district(b);
	key.posting_id = (char *)posting_id;
	return key;
}

static RosterRows__PersonPosting
of_person(const struct batch *b, const char *person_id, const char *posting_id)
{
	RosterRows__PersonPosting key = ROSTER_ROWS__PERSON_POSTING__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.posting_id = (char *)posting_id;
	return key;
}

static RosterRows__FirstSecretary
of_village(const struct batch *b, const char *village_id, const char *posting_id)
{
	RosterRows__FirstSecretary key = ROSTER_ROWS__FIRST_SECRETARY__INIT;

	key.district = (char *)batch_district(b);
	key.village_id = (char *)village_id;
	key.posting_id = (char *)posting_id;
	return key;
}

static Finding
finding_key(const struct batch *b, const char *person_id, const char *finding_id)
{
	Finding key = ROSTER_ROWS__CONFIRMED_FINDING__INIT;

	key.district = (char *)batch_district(b);
	key.person_id = (char *)person_id;
	key.finding_id = (char *)finding_id;
	return key;
}

/* ---- the postings of a person; the first secretaries of a village */

static const Posting *
posting_of(struct batch *b, const char *posting_id)
{
	Posting key = posting_key(b, posting_id);

	return batch_get(b, &roster_table_posting, &key);
}

static void
want_posting(struct batch *b, const char *posting_id)
{
	Posting key = posting_key(b, posting_id);

	batch_want(b, &roster_table_posting, &key, 2);
}

/* First the ids, and in the next round the postings they name. */
static void
want_of_person(struct batch *b, const char *person_id)
{
	RosterRows__PersonPosting key = of_person(b, person_id, "");
	Finding findings = finding_key(b, person_id, "");
	const void **ids;

	mirror_want_person_id(b, person_id);
	batch_want(b, &roster_table_confirmed_finding, &findings, 2);
	batch_want(b, &roster_table_person_posting, &key, 2);
	size_t n = batch_list(b, &roster_table_person_posting, &key, 2, &ids);
	for (size_t i = 0; i < n; i++)
		want_posting(b, ((const RosterRows__PersonPosting *)ids[i])->posting_id);
}

static void
want_of_village(struct batch *b, const char *village_id)
{
	RosterRows__FirstSecretary key = of_village(b, village_id, "");
	const void **ids;

	roster_closed_want(b, village_id);
	batch_want(b, &roster_table_first_secretary, &key, 2);
	size_t n = batch_list(b, &roster_table_first_secretary, &key, 2, &ids);
	for (size_t i = 0; i < n; i++)
		want_posting(b, ((const RosterRows__FirstSecretary *)ids[i])->posting_id);
}

static struct postings
postings_of_person(struct batch *b, const char *person_id)
{
	RosterRows__PersonPosting key = of_person(b, person_id, "");
	const void **ids;
	struct postings p = { .n = batch_list(b, &roster_table_person_posting, &key, 2, &ids) };

	p.at = arena_alloc(batch_arena(b), (p.n + 1) * sizeof(*p.at));
	for (size_t i = 0; i < p.n; i++)
		p.at[i] = posting_of(b, ((const RosterRows__PersonPosting *)ids[i])->posting_id);
	return p;
}

static struct postings
first_secretaries(struct batch *b, const char *village_id)
{
	RosterRows__FirstSecretary key = of_village(b, village_id, "");
	const void **ids;
	struct postings p = { .n = batch_list(b, &roster_table_first_secretary, &key, 2, &ids) };

	p.at = arena_alloc(batch_arena(b), (p.n + 1) * sizeof(*p.at));
	for (size_t i = 0; i < p.n; i++)
		p.at[i] = posting_of(b, ((const RosterRows__FirstSecretary *)ids[i])->posting_id);
	return p;
}

/* What of a person's recalls and cases may stand in the way, and whether who commands may know of it. */
void
roster_want_bars(struct batch *b, const char *person_id)
{
	roster_recall_want(b, person_id);
	duty_want(b);
	duty_want_about(b, person_id, NULL);
}

/* ---- PUT of a posting */

void
roster_posting_want(struct batch *b, const void *m)
{
	const Roster__PutPosting *in = m;

	mirror_want_person_id(b, in->person_id);
	mirror_want_village_id(b, in->village_id);
	want_posting(b, in->id);
	roster_want_bars(b, in->person_id);
	want_of_person(b, in->person_id);
	want_of_village(b, in->village_id);
	const Posting *now = posting_of(b, in->id);
	if (now) {
		roster_want_bars(b, now->person_id);
		want_of_person(b, now->person_id);
		want_of_village(b, now->village_id);
	}
}

/* What the order asks for.  The reason is not the client's: a posting keeps the one it came with. */
static Roster__Posting
posting_asked(const Roster__PutPosting *in, const Posting *now)
{
	Roster__Posting p = ROSTER__POSTING__INIT;

	p.id = in->id;
	p.person_id = in->person_id;
	p.village_id = in->village_id;
	p.role = in->role;
	p.from_day = in->from_day;
	p.maybe_to_case = in->maybe_to_case ? ROSTER__POSTING__MAYBE_TO_TO_DAY : 0;
	p.to_day = in->to_day;
	p.maybe_term_from_case = in->maybe_term_from_case ? ROSTER__POSTING__MAYBE_TERM_FROM_TERM_FROM_DAY : 0;
	p.term_from_day = in->term_from_day;
	p.maybe_term_to_case = in->maybe_term_to_case ? ROSTER__POSTING__MAYBE_TERM_TO_TERM_TO_DAY : 0;
	p.term_to_day = in->term_to_day;
	p.reason = now ? now->reason : ROSTER__POSTING_REASON__APPOINTED;
	return p;
}

static Posting
posting_row(const struct batch *b, const Roster__Posting *p)
{
	Posting row = posting_key(b, p->id);

	row.person_id = p->person_id;
	row.village_id = p->village_id;
	row.role = p->role;
	row.from_day = p->from_day;
	row.maybe_to_case = p->maybe_to_case ? ROSTER_ROWS__POSTING__MAYBE_TO_TO_DAY : 0;
	row.to_day = p->to_day;
	row.maybe_term_from_case = p->maybe_term_from_case ? ROSTER_ROWS__POSTING__MAYBE_TERM_FROM_TERM_FROM_DAY : 0;
	row.term_from_day = p->term_from_day;
	row.maybe_term_to_case = p->maybe_term_to_case ? ROSTER_ROWS__POSTING__MAYBE_TERM_TO_TERM_TO_DAY : 0;
	row.term_to_day = p->term_to_day;
	row.reason = p->reason;
	return row;
}

Roster__Posting
roster_posting_message(const Posting *p, int32_t term)
{
	Roster__Posting out = ROSTER__POSTING__INIT;

	out.id = p->posting_id;
	out.person_id = p->person_id;
	out.village_id = p->village_id;
	out.role = p->role;
	out.from_day = p->from_day;
	out.maybe_to_case = p->maybe_to_case ? ROSTER__POSTING__MAYBE_TO_TO_DAY : 0;
	out.to_day = p->to_day;
	out.maybe_term_from_case = p->maybe_term_from_case ? ROSTER__POSTING__MAYBE_TERM_FROM_TERM_FROM_DAY : 0;
	out.term_from_day = p->term_from_day;
	out.maybe_term_to_case = p->maybe_term_to_case ? ROSTER__POSTING__MAYBE_TERM_TO_TERM_TO_DAY : 0;
	out.term_to_day = p->term_to_day;
	out.reason = p->reason;
	out.term = term;
	return out;
}

static void
check_fields(struct batch *b, const Roster__PutPosting *in, struct faults *fs)
{
	put_reference_ok(fs, in->person_id, mirror_person_on(b, in->person_id, batch_today(b)), "/person_id");
	put_reference_ok(fs, in->village_id, mirror_village_on(b, in->village_id, batch_today(b)), "/village_id");
	if (in->maybe_to_case && in->to_day <= in->from_day)
		put_fault(fs, 422, "field.range", "/to", "A posting ends after the day it begins: [from, to).");
	if (in->maybe_term_from_case && in->maybe_term_to_case && in->term_to_day <= in->term_from_day)
		put_fault(fs, 422, "field.range", "/term_to", "A term ends after the day it begins: [term_from, term_to).");
}

/* By the kind that the village has on the first day; a village that changes kind, or a policy, ends nothing (rules-days.md §8). */
static void
check_place(struct batch *b, const Posting *now, const Posting *put, struct faults *fs)
{
	const MirrorRows__Village *v = mirror_village_on(b, put->village_id, put->from_day);

	if (!(now && roster_same_place(now, put)) && !roster_role_here(batch_policies(b), put->from_day, v->kind, put->role))
		put_fault(fs, 422, "posting.role_not_here", "/role",
		             "The policy in force on the day the posting begins has no such role at a village of this kind.");
	if (roster_village_closes(b, put) && !(now && roster_same_place(now, put) && !roster_lasts_longer(now, put)))
		put_fault(fs, 422, "posting.village_closed", "/village_id", "The village is closed before this posting ends.");
}

static const Posting *
clash_among(const Posting *put, struct postings others)
{
	for (size_t i = 0; i < others.n; i++)
		if (roster_clash(put, others.at[i]))
			return others.at[i];
	return NULL;
}

/* All of them are looked at each time, so there may not be any number of them. */
static void
check_room(const Posting *now, const Posting *put, struct postings of_person, struct postings of_village, struct faults *fs)
{
	bool same_person = now && strcmp(now->person_id, put->person_id) == 0;
	bool same_village = now && now->role == ROSTER__ROLE__FIRST_SECRETARY && strcmp(now->village_id, put->village_id) == 0;

	if (!same_person && of_person.n >= POSTINGS_OF_ONE_MAX)
		put_fault(fs, 409, "posting.too_many", "/person_id", "A person has at most 200 postings.");
	if (!same_village && of_village.n >= POSTINGS_OF_ONE_MAX)
		put_fault(fs, 409, "posting.too_many", "/village_id", "A village has at most 200 postings of first secretaries.");
}

static void
check_overlap(struct batch *b, const Posting *now, const Posting *put, struct faults *fs)
{
	bool first = put->role == ROSTER__ROLE__FIRST_SECRETARY;
	struct postings of_person = postings_of_person(b, put->person_id);
	struct postings of_village = first ? first_secretaries(b, put->village_id) : (struct postings){ 0 };
	const Posting *other = clash_among(put, first ? of_village : of_person);

	check_room(now, put, of_person, of_village, fs);
	if (other)
		put_fault(fs, 409, "posting.overlap", NULL,
		             arena_printf(batch_arena(b), "Posting %s has days in common with this one.", other->posting_id));
}

bool
roster_may_know(struct batch *b, bool sealed, const char *person_id, int32_t day)
{
	struct duty d = duty_open(b);

	if (sealed)
		duty_about(b, &d, person_id, NULL, day);
	return !sealed || duty_knows(&d);
}

/* A person's confirmed findings that may be held against who orders: of a sealed case he may not know of (C3.2.2), not even by a refusal. */
static size_t
findings_of(struct batch *b, const char *person_id, const Finding *const **out)
{
	Finding key = finding_key(b, person_id, "");
	const void **all;
	size_t n = batch_list(b, &roster_table_confirmed_finding, &key, 2, &all), count = 0;
	const Finding **known = arena_alloc(batch_arena(b), (n + 1) * sizeof(*known));

	for (size_t i = 0; i < n; i++)
		if (roster_may_know(b, ((const Finding *)all[i])->sealed, person_id, ((const Finding *)all[i])->on_day))
			known[count++] = all[i];
	*out = known;
	return count;
}

static void
check_findings(struct batch *b, const Posting *put, const char *person_id, struct faults *fs)
{
	const Finding *const *findings;
	size_t n = findings_of(b, person_id, &findings);
	struct postings held = postings_of_person(b, person_id);
	const Finding *left = roster_finding_left(findings, n, held.at, held.n, put);

	if (left)
		put_fault(fs, 409, "posting.has_findings", NULL,
		             arena_printf(batch_arena(b), "Confirmed finding %s would have no posting on its date.", left->finding_id));
}

const char *
roster_confirmed_on(struct batch *b, const Posting *p, const Posting *const *held, size_t n)
{
	const Finding *const *findings;
	size_t nfindings = findings_of(b, p->person_id, &findings);

	for (size_t i = 0; i < nfindings; i++)
		if (roster_finding_rests(p, findings[i]->on_day, held, n))
			return findings[i]->finding_id;
	return NULL;
}

static bool
same_posting(const Posting *now, const Posting *put)
{
	return now && message_equal(&now->base, &put->base);
}

void
roster_posting_check(struct batch *b, const void *m, struct faults *fs)
{
	const Roster__PutPosting *in = m;
	const Posting *now = posting_of(b, in->id);
	Roster__Posting asked = posting_asked(in, now);
	Posting put = posting_row(b, &asked);

	check_fields(b, in, fs);
	if (fs->n || same_posting(now, &put))
		return;
	check_place(b, now, &put, fs);
	if (fs->n)
		return;
	check_overlap(b, now, &put, fs);
	roster_recall_check(b, now, &put, fs);
	/* Only whom the posting leaves can lose a finding's posting: its person as it stands now. */
	if (now)
		check_findings(b, &put, now->person_id, fs);
}

/* `term` is not said in the event: it follows from the postings before, and they may still change. */
void
roster_posting_make(struct batch *b, const void *m)
{
	const Roster__PutPosting *in = m;
	const Posting *now = posting_of(b, in->id);
	Roster__Posting asked = posting_asked(in, now);
	Posting put = posting_row(b, &asked);
	Roster__PostingPut e = ROSTER__POSTING_PUT__INIT;

	if (same_posting(now, &put))
		return;
	e.posting = &asked;
	if (now && strcmp(now->person_id, asked.person_id) != 0)
		e.was_person_id = now->person_id;
	batch_emit(b, asked.person_id, &e.base);
}

Roster__Posting
roster_posting_now(struct batch *b, const Posting *p)
{
	struct postings held = postings_of_person(b, p->person_id);

	return roster_posting_message(p, roster_term(p, held.at, held.n));
}

const ProtobufCMessage *
roster_posting_stands(struct batch *b, const void *m)
{
	const Posting *p = posting_of(b, ((const Roster__PutPosting *)m)->id);

	if (!p)
		return NULL;
	Roster__Posting out = roster_posting_now(b, p);
	return arena_copy(batch_arena(b), &out, sizeof(out));
}

void
roster_posting_put(struct batch *b, const void *m)
{
	const Roster__PutPosting *in = m;
	int status = posting_of(b, in->id) ? 200 : 201;
	struct faults fs = { 0 };

	roster_posting_check(b, in, &fs);
	if (put_refused(b, &fs))
		return;
	roster_posting_make(b, in);
	Roster__Posting out = roster_posting_now(b, posting_of(b, in->id));
	batch_answer(b, status, &out.base);
}

/* ---- what follows from recalls (vacancy.c) */

void
roster_want_posting(struct batch *b, const char *posting_id)
{
	want_posting(b, posting_id);
	const Posting *p = posting_of(b, posting_id);
	if (p) {
		want_of_person(b, p->person_id);
		want_of_village(b, p->village_id);
	}
}

void
roster_want_postings_of(struct batch *b, const char *person_id)
{
	want_of_person(b, person_id);
}

void
roster_want_village(struct batch *b, const char *village_id)
{
	want_of_village(b, village_id);
}

void
roster_want_posting_row(struct batch *b, const char *posting_id)
{
	want_posting(b, posting_id);
}

size_t
roster_postings_of(struct batch *b, const char *person_id, const Posting *const **held)
{
	struct postings p = postings_of_person(b, person_id);

	*held = p.at;
	return p.n;
}

const Posting *
roster_posting(struct batch *b, const char *posting_id)
{
	return posting_of(b, posting_id);
}

const Posting *
roster_posting_beside(struct batch *b, const Posting *put)
{
	return clash_among(put, put->role == ROSTER__ROLE__FIRST_SECRETARY ? first_secretaries(b, put->village_id)
	                                                                    : postings_of_person(b, put->person_id));
}

void
roster_posting_say(struct batch *b, const Posting *p)
{
	Roster__PostingPut e = ROSTER__POSTING_PUT__INIT;
	Roster__Posting posting = roster_posting_message(p, 0);

	e.posting = &posting;
	batch_emit(b, p->person_id, &e.base);
}

/* ---- the facts */

void
roster_on_posting_want(struct batch *b, const void *m)
{
	const Roster__Posting *p = ((const Roster__PostingPut *)m)->posting;

	want_posting(b, p->id);
	want_of_person(b, p->person_id);
	want_of_village(b, p->village_id);
	const Posting *was = posting_of(b, p->id);
	if (was) {
		want_of_person(b, was->person_id);
		want_of_village(b, was->village_id);
	}
}

static void
forget_places(struct batch *b, const Posting *was)
{
	RosterRows__PersonPosting person = of_person(b, was->person_id, was->posting_id);
	RosterRows__FirstSecretary village = of_village(b, was->village_id, was->posting_id);

	batch_drop(b, &roster_table_person_posting, &person);
	if (was->role == ROSTER__ROLE__FIRST_SECRETARY)
		batch_drop(b, &roster_table_first_secretary, &village);
}

void
roster_on_posting(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	const Posting *was = posting_of(b, e->posting->id);
	Posting row = posting_row(b, e->posting);
	RosterRows__PersonPosting person = of_person(b, row.person_id, row.posting_id);
	RosterRows__FirstSecretary village = of_village(b, row.village_id, row.posting_id);

	if (was)
		forget_places(b, was);
	if (e->voided) {
		batch_drop(b, &roster_table_posting, &row);
		return;
	}
	batch_put(b, &roster_table_posting, &row);
	batch_put(b, &roster_table_person_posting, &person);
	if (row.role == ROSTER__ROLE__FIRST_SECRETARY)
		batch_put(b, &roster_table_first_secretary, &village);
}

static void
want_finding(struct batch *b, const Supervision__FindingFact *f)
{
	Finding key = finding_key(b, f->person_id, f->id);

	if (!f->maybe_person_case)
		return;
	batch_want(b, &roster_table_confirmed_finding, &key, 3);
	roster_noted_want(b, f->person_id, f->id);
}

void
roster_on_confirmed_want(struct batch *b, const void *m)
{
	want_finding(b, ((const Supervision__FindingConfirmed *)m)->finding);
}

void
roster_on_confirmed(struct batch *b, const void *m)
{
	const Supervision__FindingFact *f = ((const Supervision__FindingConfirmed *)m)->finding;
	Finding row = finding_key(b, f->person_id, f->id);

	row.on_day = f->on_day;
	row.sealed = sealed_value(&supervision__finding_kind__descriptor, (int)f->kind);
	if (!f->maybe_person_case)
		return;
	batch_put(b, &roster_table_confirmed_finding, &row);
	roster_noted_no_more(b, f->person_id, f->id);
}

void
roster_on_annulled_want(struct batch *b, const void *m)
{
	want_finding(b, ((const Supervision__FindingAnnulled *)m)->finding);
}

void
roster_on_annulled(struct batch *b, const void *m)
{
	const Supervision__FindingFact *f = ((const Supervision__FindingAnnulled *)m)->finding;
	Finding key = finding_key(b, f->person_id, f->id);

	if (f->maybe_person_case)
		batch_drop(b, &roster_table_confirmed_finding, &key);
}

/* posting - who is posted where, in which role, for which days and term.
 *
 *   in:   PutPosting; ReadPosting, ListPostings; what recalls do (recall.c, head.c) and VoidPosting undoes (void.c)
 *   out:  PostingPut
 *   owns: posting, person_posting, first_secretary
 *
 * A posting is kept by its own id; person_posting and first_secretary say which ids must be looked at beside it. */
#include "posting.h"
#include "domain/mirror.h"
#include "ended.h"
#include "engine/keyed.h"
#include "finding.h"
#include "json/member.h"
#include "put.h"
#include "roster.h"
#include "roster_posting.sql.h"
#include "village.h"
#include <string.h>

enum { POSTINGS_OF_ONE_MAX = 200 };             /* of a person; of first secretaries, of a village */

static const struct table posting_table = { "posting", &roster_rows__posting__descriptor, 2, false };
static const struct table of_person_table = { "person_posting", &roster_rows__person_posting__descriptor, 3, false };
static const struct table secretary_table = { "first_secretary", &roster_rows__first_secretary__descriptor, 3, false };

static const struct copy
asked_of_command = { &roster__posting__descriptor, &roster__put_posting__descriptor, "reason term" },
row_of_posting = { &roster_rows__posting__descriptor, &roster__posting__descriptor, "district posting_id" },
posting_of_row = { &roster__posting__descriptor, &roster_rows__posting__descriptor, "id term" },
page_of_question = { &roster_rows__posting_page__descriptor, &roster__list_postings__descriptor,
                     "district after limit as_of_day" };

/* ---- the postings of a person; the first secretaries of a village */

/* First the ids, and in the next round the postings that they name. */
static void
want_listed(struct batch *b, const struct table *list, const char *id)
{
	const void **rows;

	batch_want_id(b, list, id);
	size_t n = batch_list_id(b, list, id, &rows);
	for (size_t i = 0; i < n; i++)
		roster_posting_want(b, member_text(rows[i], "posting_id"));
}

static struct postings
postings_listed(struct batch *b, const struct table *list, const char *id)
{
	const void **rows;
	size_t n = batch_list_id(b, list, id, &rows);
	const Posting **at = arena_alloc(batch_arena(b), (n + 1) * sizeof(*at));

	for (size_t i = 0; i < n; i++)
		at[i] = roster_posting_of(b, member_text(rows[i], "posting_id"));
	return (struct postings){ at, n };
}

void
roster_posting_want(struct batch *b, const char *posting_id)
{
	batch_want_id(b, &posting_table, posting_id);
}

void
roster_postings_want_of(struct batch *b, const char *person_id)
{
	mirror_want_person_id(b, person_id);
	want_listed(b, &of_person_table, person_id);
}

void
roster_postings_want_at(struct batch *b, const char *village_id)
{
	roster_village_closing_want(b, village_id);
	want_listed(b, &secretary_table, village_id);
}

void
roster_posting_want_beside(struct batch *b, const char *posting_id)
{
	roster_posting_want(b, posting_id);
	const Posting *p = roster_posting_of(b, posting_id);
	if (p) {
		roster_postings_want_of(b, p->person_id);
		roster_postings_want_at(b, p->village_id);
	}
}

const Posting *
roster_posting_of(struct batch *b, const char *posting_id)
{
	return batch_get_id(b, &posting_table, posting_id);
}

struct postings
roster_postings_of(struct batch *b, const char *person_id)
{
	return postings_listed(b, &of_person_table, person_id);
}

/* Among which two may clash: whoever they are of first secretaries, else the person's. */
static struct postings
rivals_of(struct batch *b, const Posting *put)
{
	if (put->role == ROSTER__ROLE__FIRST_SECRETARY)
		return postings_listed(b, &secretary_table, put->village_id);
	return roster_postings_of(b, put->person_id);
}

const Posting *
roster_posting_beside(struct batch *b, const Posting *put)
{
	struct postings others = rivals_of(b, put);

	for (size_t i = 0; i < others.n; i++)
		if (roster_clash(put, others.at[i]))
			return others.at[i];
	return NULL;
}

/* ---- as messages */

static Posting *
row_of(struct batch *b, const Roster__Posting *p)
{
	Posting *row = batch_row(b, &posting_table, p->id);

	copy_run(&row_of_posting, row, p);
	return row;
}

static Roster__Posting *
message_of(const Posting *p, int32_t term, arena_t *a)
{
	Roster__Posting *out = arena_message(a, &roster__posting__descriptor);

	copy_run(&posting_of_row, out, p);
	out->id = p->posting_id;
	out->term = term;
	return out;
}

Roster__Posting *
roster_posting_now(struct batch *b, const Posting *p)
{
	return message_of(p, roster_term(p, roster_postings_of(b, p->person_id)), batch_arena(b));
}

void
roster_posting_say(struct batch *b, const Posting *p)
{
	Roster__PostingPut e = ROSTER__POSTING_PUT__INIT;

	e.posting = message_of(p, 0, batch_arena(b));
	batch_emit(b, p->person_id, &e.base);
}

/* ---- PutPosting */

static const void *
posting_now(struct batch *b, const void *m)
{
	return roster_posting_of(b, put_id(m));
}

/* What of a person's recalls and findings may stand in the way, and what he holds. */
static void
want_person(struct batch *b, const char *person_id)
{
	roster_ended_want(b, person_id);
	roster_findings_want(b, person_id);
	roster_postings_want_of(b, person_id);
}

static void
posting_want(struct batch *b, const void *m)
{
	const Roster__PutPosting *in = m;

	mirror_want_person_id(b, in->person_id);
	mirror_want_village_id(b, in->village_id);
	roster_posting_want(b, in->id);
	want_person(b, in->person_id);
	roster_postings_want_at(b, in->village_id);
	const Posting *now = posting_now(b, m);
	if (now) {
		want_person(b, now->person_id);
		roster_postings_want_at(b, now->village_id);
	}
}

/* What the command asks for.  The reason is not the client's: a posting keeps the one it came with. */
static Roster__Posting
posting_asked(struct batch *b, const void *m)
{
	const Posting *now = posting_now(b, m);
	Roster__Posting p = ROSTER__POSTING__INIT;

	copy_run(&asked_of_command, &p, m);
	p.reason = now ? now->reason : ROSTER__POSTING_REASON__APPOINTED;
	return p;
}

static void
check_fields(struct batch *b, const Roster__PutPosting *in, struct faults *fs)
{
	int32_t today = batch_today(b);

	put_reference_ok(fs, in->person_id, mirror_person_on(b, in->person_id, today), "/person_id");
	put_reference_ok(fs, in->village_id, mirror_village_on(b, in->village_id, today), "/village_id");
	put_ok(fs, !in->maybe_to_case || in->to_day > in->from_day, "field.range", "/to",
	       "A posting ends after the day it begins: [from, to).");
	put_ok(fs, !in->maybe_term_from_case || !in->maybe_term_to_case || in->term_to_day > in->term_from_day,
	       "field.range", "/term_to", "A term ends after the day it begins: [term_from, term_to).");
}

/* By the kind that the village has on the first day; a village that changes kind, or a policy, ends nothing
 * (rules-days.md §8). */
static void
check_place(struct batch *b, const Posting *now, const Posting *put, struct faults *fs)
{
	const MirrorRows__Village *v = mirror_village_on(b, put->village_id, put->from_day);
	bool same = now && roster_same_place(now, put);

	put_ok(fs, same || roster_role_here(batch_policies(b), put->from_day, v->kind, put->role),
	       "posting.role_not_here", "/role",
	       "The policy in force on the day the posting begins has no such role at a village of this kind.");
	put_ok(fs, !roster_village_closes(b, put) || (same && !roster_lasts_longer(now, put)),
	       "posting.village_closed", "/village_id", "The village is closed before this posting ends.");
}

/* All of them are looked at each time, so there may not be any number of them. */
static void
check_room(struct batch *b, const Posting *now, const Posting *put, struct faults *fs)
{
	const Roster__Role first = ROSTER__ROLE__FIRST_SECRETARY;
	bool same_person = now && strcmp(now->person_id, put->person_id) == 0;
	bool same_village = now && now->role == first && strcmp(now->village_id, put->village_id) == 0;

	if (!same_person && roster_postings_of(b, put->person_id).n >= POSTINGS_OF_ONE_MAX)
		put_fault(fs, 409, "posting.too_many", "/person_id", "A person has at most 200 postings.");
	if (put->role == first && !same_village && rivals_of(b, put).n >= POSTINGS_OF_ONE_MAX)
		put_fault(fs, 409, "posting.too_many", "/village_id",
		          "A village has at most 200 postings of first secretaries.");
}

static void
check_overlap(struct batch *b, const Posting *put, struct faults *fs)
{
	const Posting *other = roster_posting_beside(b, put);
	arena_t *a = batch_arena(b);

	if (other)
		put_fault(fs, 409, "posting.overlap", NULL,
		          arena_printf(a, "Posting %s has days in common with this one.", other->posting_id));
}

/* Only whom the posting leaves can lose a finding's posting: its person as it stands now. */
static void
check_findings(struct batch *b, const Posting *now, const Posting *put, struct faults *fs)
{
	struct postings held = roster_postings_of(b, now->person_id);
	const char *left = roster_finding_bars_put(b, now->person_id, held, put);
	arena_t *a = batch_arena(b);

	if (left)
		put_fault(fs, 409, "posting.has_findings", NULL,
		          arena_printf(a, "Confirmed finding %s would have no posting on its date.", left));
}

static bool
stands_so(const Posting *now, const Posting *put)
{
	return now && message_equal(&now->base, &put->base);
}

static void
posting_check(struct batch *b, const void *m, struct faults *fs)
{
	const Posting *now = posting_now(b, m);
	Roster__Posting asked = posting_asked(b, m);
	const Posting *put = row_of(b, &asked);

	check_fields(b, m, fs);
	if (fs->n || stands_so(now, put))
		return;
	check_place(b, now, put, fs);
	if (fs->n)
		return;
	check_room(b, now, put, fs);
	check_overlap(b, put, fs);
	roster_ended_check(b, now, put, fs);
	if (now)
		check_findings(b, now, put, fs);
}

/* `term` is not said in the event: it follows from the postings before, and they may still change. */
static void
posting_make(struct batch *b, const void *m)
{
	const Posting *now = posting_now(b, m);
	Roster__Posting asked = posting_asked(b, m);
	Roster__PostingPut e = ROSTER__POSTING_PUT__INIT;

	if (stands_so(now, row_of(b, &asked)))
		return;
	e.posting = &asked;
	if (now && strcmp(now->person_id, asked.person_id) != 0)
		e.was_person_id = now->person_id;
	batch_emit(b, asked.person_id, &e.base);
}

/* NULL: there is none. */
static const ProtobufCMessage *
posting_answer(struct batch *b, const void *m)
{
	const Posting *p = posting_now(b, m);

	return p ? &roster_posting_now(b, p)->base : NULL;
}

/* ---- the event */

static void
on_put_want(struct batch *b, const void *m)
{
	const Roster__Posting *p = ((const Roster__PostingPut *)m)->posting;

	roster_postings_want_of(b, p->person_id);
	roster_postings_want_at(b, p->village_id);
	roster_posting_want_beside(b, p->id);           /* as it was */
}

static void
forget_lists(struct batch *b, const Posting *was)
{
	batch_drop(b, &of_person_table, batch_pair(b, &of_person_table, was->person_id, was->posting_id));
	if (was->role == ROSTER__ROLE__FIRST_SECRETARY)
		batch_drop(b, &secretary_table, batch_pair(b, &secretary_table, was->village_id, was->posting_id));
}

static void
on_put(struct batch *b, const void *m)
{
	const Roster__PostingPut *e = m;
	const Posting *was = roster_posting_of(b, e->posting->id), *row = row_of(b, e->posting);

	if (was)
		forget_lists(b, was);
	if (e->voided) {
		batch_drop(b, &posting_table, row);
		return;
	}
	batch_put(b, &posting_table, row);
	batch_put(b, &of_person_table, batch_pair(b, &of_person_table, row->person_id, row->posting_id));
	if (row->role == ROSTER__ROLE__FIRST_SECRETARY)
		batch_put(b, &secretary_table, batch_pair(b, &secretary_table, row->village_id, row->posting_id));
}

/* ---- queries */

/* The postings of the people of some, which their terms are counted from. */
static struct postings
postings_beside(struct reader *r, void **rows, size_t n)
{
	RosterRows__Ids *args = arena_message(reader_arena(r), &roster_rows__ids__descriptor);
	void **held;

	args->district = arena_strdup(reader_arena(r), reader_district(r));
	args->ids = arena_alloc(reader_arena(r), (n + 1) * sizeof(*args->ids));
	for (size_t i = 0; i < n; i++)
		args->ids[args->n_ids++] = ((const Posting *)rows[i])->person_id;
	size_t nheld = reader_rows(r, &roster_postings_of_persons, args, &held);
	return (struct postings){ (const Posting *const *)held, nheld };
}

/* `all` is in order of persons: the run of one of them. */
static struct postings
run_of(struct postings all, const char *person_id)
{
	size_t lo = 0, hi = all.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(all.at[mid]->person_id, person_id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < all.n && strcmp(all.at[hi]->person_id, person_id) == 0;)
		hi++;
	return (struct postings){ all.at + lo, hi - lo };
}

static void
show(struct reader *r, void **rows, size_t n)
{
	struct postings all = postings_beside(r, rows, n);

	for (size_t i = 0; i < n; i++) {
		const Posting *p = rows[i];
		rows[i] = message_of(p, roster_term(p, run_of(all, p->person_id)), reader_arena(r));
	}
}

static void
read_posting(struct reader *r, const void *m)
{
	void *key = reader_key(r, &roster_rows__id__descriptor, ((const Roster__ReadPosting *)m)->id), **rows;

	if (reader_rows(r, &roster_posting_read, key, &rows) == 0) {
		reader_missing(r, 0, "No such posting.");
		return;
	}
	show(r, rows, 1);
	reader_answer(r, rows[0]);
}

static void
ask(struct reader *r, const void *question, void *m)
{
	const Roster__ListPostings *in = question;

	((RosterRows__PostingPage *)m)->as_of_day = in->maybe_on_case ? in->on_day : reader_today(r);
}

static void
list_postings(struct reader *r, const void *m)
{
	static const struct listing listing = {
		&page_of_question, &roster__posting_list__descriptor, .ask = ask, .anew = true,
	};
	struct listed page;

	if (!reader_list_rows(r, m, &listing, &roster_posting_list, &page))
		return;
	show(r, page.rows, page.n);
	reader_list_answer(r, arena_message(reader_arena(r), listing.answer), &page);
}

const struct put roster_put_posting = {
	.want = posting_want, .now = posting_now, .check = posting_check, .make = posting_make,
	.answer = posting_answer,
};

const struct noun roster_posting = {
	.tables = LIST(((const struct table *const[]){ &posting_table, &of_person_table, &secretary_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &roster__put_posting__descriptor, .after = AFTER(SUPERVISION) | AFTER(ACCOUNTABILITY),
		  PUT(&roster_put_posting), .stands = posting_answer },
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &roster__posting_put__descriptor, .want = on_put_want, .run = on_put },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &roster__read_posting__descriptor, .run = read_posting },
		{ .message = &roster__list_postings__descriptor, .run = list_postings },
	})),
	.copies = LIST(((const struct copy *const[]){
		&asked_of_command, &row_of_posting, &posting_of_row, &page_of_question,
	})),
	.statements = { roster_posting_sql, ROSTER_POSTING_SQL_COUNT },
};

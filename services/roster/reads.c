/* reads - what roster answers: things as they are today, lists of them in id order, the policy in force on a day, and the
 * names and phones that nobody else keeps.
 *
 *   in:   ReadX, ListX, ReadPolicy, ReadReach, ReadContacts, ReadNames
 *   out:  answers; owns nothing */
#include "domain/mention.h"
#include "roster.h"
#include "roster.sql.h"
#include <string.h>

/* ---- one thing */

static void
answer_one(struct reader *r, const struct store_stmt *s, const char *id, const char *missing)
{
	RosterRows__IdOnDay args = ROSTER_ROWS__ID_ON_DAY__INIT;
	void **rows;

	args.district = (char *)reader_district(r);
	args.id = (char *)id;
	args.on_day = reader_today(r);
	if (reader_rows(r, s, &args, &rows) == 0)
		reader_missing(r, 0, missing);
	else
		reader_answer(r, rows[0]);
}

void
roster_read_township(struct reader *r, const void *m)
{
	answer_one(r, &roster_township_read, ((const Roster__ReadTownship *)m)->id, "No such township.");
}

void
roster_read_unit(struct reader *r, const void *m)
{
	answer_one(r, &roster_unit_read, ((const Roster__ReadUnit *)m)->id, "No such unit.");
}

void
roster_read_person(struct reader *r, const void *m)
{
	answer_one(r, &roster_person_read, ((const Roster__ReadPerson *)m)->id, "No such person.");
}

void
roster_read_district(struct reader *r, const void *m)
{
	RosterRows__DistrictKey args = ROSTER_ROWS__DISTRICT_KEY__INIT;
	void **rows, **areas;

	(void)m;
	args.district = (char *)reader_district(r);
	size_t n = reader_rows(r, &roster_district_read, &args, &rows);
	size_t nareas = reader_rows(r, &roster_areas_read, &args, &areas);
	if (n == 0) {
		reader_missing(r, 0, "No such district.");
		return;
	}
	Roster__District *out = rows[0];
	out->n_areas = nareas;
	out->areas = (Roster__Area **)areas;
	reader_answer(r, &out->base);
}

static Roster__Village *
village_message(struct reader *r, const RosterRows__Village *row)
{
	Roster__Village *v = arena_message(reader_arena(r), &roster__village__descriptor);

	v->id = row->id;
	v->name = row->name;
	v->township_id = row->township_id;
	v->kind = row->kind;
	if (row->maybe_lon_case) {
		v->maybe_fence_case = ROSTER__VILLAGE__MAYBE_FENCE_FENCE;
		v->fence = arena_message(reader_arena(r), &roster__fence__descriptor);
		v->fence->lon = row->lon;
		v->fence->lat = row->lat;
		v->fence->radius_m = row->radius_m;
	}
	v->maybe_closed_case = row->maybe_closed_case ? ROSTER__VILLAGE__MAYBE_CLOSED_CLOSED_ON_DAY : 0;
	v->closed_on_day = row->closed_on_day;
	return v;
}

void
roster_read_village(struct reader *r, const void *m)
{
	RosterRows__IdOnDay args = ROSTER_ROWS__ID_ON_DAY__INIT;
	void **rows;

	args.district = (char *)reader_district(r);
	args.id = ((const Roster__ReadVillage *)m)->id;
	args.on_day = reader_today(r);
	if (reader_rows(r, &roster_village_read, &args, &rows) == 0)
		reader_missing(r, 0, "No such village.");
	else
		reader_answer(r, &village_message(r, rows[0])->base);
}

/* The postings of some people, which their terms are counted from. */
static size_t
postings_of(struct reader *r, void **rows, size_t n, const Posting *const **all)
{
	RosterRows__Ids args = ROSTER_ROWS__IDS__INIT;
	void **held;

	args.district = (char *)reader_district(r);
	args.ids = arena_alloc(reader_arena(r), (n + 1) * sizeof(*args.ids));
	for (size_t i = 0; i < n; i++)
		args.ids[args.n_ids++] = ((const Posting *)rows[i])->person_id;
	size_t nheld = reader_rows(r, &roster_postings_of_persons, &args, &held);
	*all = (const Posting *const *)held;
	return nheld;
}

/* `all` is in order of persons: the run of one of them. */
static size_t
run_of(const Posting *const *all, size_t n, const char *person_id, const Posting *const **run)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(all[mid]->person_id, person_id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*run = all + lo;
	for (hi = lo; hi < n && strcmp(all[hi]->person_id, person_id) == 0;)
		hi++;
	return hi - lo;
}

static Roster__Posting *
posting_message(struct reader *r, const Posting *row, const Posting *const *all, size_t n)
{
	const Posting *const *run;
	size_t nrun = run_of(all, n, row->person_id, &run);
	Roster__Posting p = roster_posting_message(row, roster_term(row, run, nrun));

	return arena_copy(reader_arena(r), &p, sizeof(p));
}

void
roster_read_posting(struct reader *r, const void *m)
{
	RosterRows__Id args = ROSTER_ROWS__ID__INIT;
	const Posting *const *all;
	void **rows;

	args.district = (char *)reader_district(r);
	args.id = ((const Roster__ReadPosting *)m)->id;
	if (reader_rows(r, &roster_posting_read, &args, &rows) == 0) {
		reader_missing(r, 0, "No such posting.");
		return;
	}
	size_t nall = postings_of(r, rows, 1, &all);
	reader_answer(r, &posting_message(r, rows[0], all, nall)->base);
}

/* ---- lists.  One more than the page is asked for, to know whether there is a next. */

/* Every list message begins with `items` and `next`, every item with its id. */
void
roster_answer_list(struct reader *r, const ProtobufCMessageDescriptor *d, void **rows, size_t n, int32_t limit)
{
	ProtobufCMessage *list = arena_message(reader_arena(r), d);
	const ProtobufCFieldDescriptor *items = &d->fields[0], *next = &d->fields[1];
	size_t shown = n > (size_t)limit ? (size_t)limit : n;

	*(void ***)((char *)list + items->offset) = rows;
	*(size_t *)((char *)list + items->quantifier_offset) = shown;
	if (n > shown) {
		const ProtobufCMessage *last = rows[shown - 1];
		const char *id = *(char *const *)((const char *)last + last->descriptor->fields[0].offset);

		*(uint32_t *)((char *)list + next->quantifier_offset) = next->id;
		*(char **)((char *)list + next->offset) = reader_cursor(r, id);
	}
	reader_answer(r, list);
}

RosterRows__Page
roster_page_args(struct reader *r, struct page p)
{
	RosterRows__Page args = ROSTER_ROWS__PAGE__INIT;

	args.district = (char *)reader_district(r);
	args.after = (char *)p.after;
	args.limit = (int64_t)p.limit + 1;
	args.on_day = reader_today(r);
	return args;
}

void
roster_list_townships(struct reader *r, const void *m)
{
	const Roster__ListTownships *in = m;
	struct page p;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &p))
		return;
	RosterRows__Page args = roster_page_args(r, p);
	size_t n = reader_rows(r, &roster_township_list, &args, &rows);
	roster_answer_list(r, &roster__township_list__descriptor, rows, n, p.limit);
}

void
roster_list_units(struct reader *r, const void *m)
{
	const Roster__ListUnits *in = m;
	struct page p;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &p))
		return;
	RosterRows__Page args = roster_page_args(r, p);
	size_t n = reader_rows(r, &roster_unit_list, &args, &rows);
	roster_answer_list(r, &roster__unit_list__descriptor, rows, n, p.limit);
}

void
roster_list_persons(struct reader *r, const void *m)
{
	const Roster__ListPersons *in = m;
	struct page p;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &p))
		return;
	RosterRows__Page args = roster_page_args(r, p);
	args.maybe_unit_case = in->maybe_unit_case ? ROSTER_ROWS__PAGE__MAYBE_UNIT_UNIT_ID : 0;
	args.unit_id = in->unit_id;
	size_t n = reader_rows(r, &roster_person_list, &args, &rows);
	roster_answer_list(r, &roster__person_list__descriptor, rows, n, p.limit);
}

void
roster_list_villages(struct reader *r, const void *m)
{
	const Roster__ListVillages *in = m;
	struct page p;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &p))
		return;
	RosterRows__Page args = roster_page_args(r, p);
	args.maybe_township_case = in->maybe_township_case ? ROSTER_ROWS__PAGE__MAYBE_TOWNSHIP_TOWNSHIP_ID : 0;
	args.township_id = in->township_id;
	args.kind = in->maybe_kind_case ? in->kind : 0;
	size_t n = reader_rows(r, &roster_village_list, &args, &rows);
	for (size_t i = 0; i < n; i++)
		rows[i] = village_message(r, rows[i]);
	roster_answer_list(r, &roster__village_list__descriptor, rows, n, p.limit);
}

static RosterRows__PostingPage
posting_args(struct reader *r, const Roster__ListPostings *in, struct page p)
{
	RosterRows__PostingPage args = ROSTER_ROWS__POSTING_PAGE__INIT;

	args.district = (char *)reader_district(r);
	args.after = (char *)p.after;
	args.limit = (int64_t)p.limit + 1;
	args.maybe_on_case = in->maybe_on_case ? ROSTER_ROWS__POSTING_PAGE__MAYBE_ON_ON_DAY : 0;
	args.on_day = in->on_day;
	args.maybe_person_case = in->maybe_person_case ? ROSTER_ROWS__POSTING_PAGE__MAYBE_PERSON_PERSON_ID : 0;
	args.person_id = in->person_id;
	args.maybe_village_case = in->maybe_village_case ? ROSTER_ROWS__POSTING_PAGE__MAYBE_VILLAGE_VILLAGE_ID : 0;
	args.village_id = in->village_id;
	return args;
}

/* By what leads to the fewest rows: a person's postings are few, a village's some, a district's thousands. */
void
roster_list_postings(struct reader *r, const void *m)
{
	const Roster__ListPostings *in = m;
	const struct store_stmt *s = in->maybe_person_case    ? &roster_posting_list_of_person
	                             : in->maybe_village_case ? &roster_posting_list_of_village
	                                                      : &roster_posting_list;
	const Posting *const *all;
	struct page p;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &p))
		return;
	RosterRows__PostingPage args = posting_args(r, in, p);
	size_t n = reader_rows(r, s, &args, &rows);
	size_t nall = postings_of(r, rows, n, &all);
	for (size_t i = 0; i < n; i++)
		rows[i] = posting_message(r, rows[i], all, nall);
	roster_answer_list(r, &roster__posting_list__descriptor, rows, n, p.limit);
}

/* ---- policies and contacts */

void
roster_read_policy(struct reader *r, const void *m)
{
	const Roster__ReadPolicy *in = m;
	RosterRows__OnDay args = ROSTER_ROWS__ON_DAY__INIT;
	void **rows;

	args.district = (char *)reader_district(r);
	args.on_day = in->maybe_on_case ? in->on_day : reader_today(r);
	if (reader_rows(r, &roster_policy_read, &args, &rows) == 0)
		reader_missing(r, 0, "No policy is in force on that day.");
	else
		reader_answer(r, rows[0]);
}

static void
names_args(struct reader *r, const Roster__ReadNames *in, RosterRows__NamesAt *args)
{
	arena_t *a = reader_arena(r);
	struct mentioned what;

	args->district = (char *)reader_district(r);
	args->refs = arena_alloc(a, (in->n_refs + 1) * sizeof(char *));
	args->kinds = arena_alloc(a, (in->n_refs + 1) * sizeof(char *));
	args->ids = arena_alloc(a, (in->n_refs + 1) * sizeof(char *));
	args->seqs = arena_alloc(a, (in->n_refs + 1) * sizeof(char *));
	for (size_t i = 0; i < in->n_refs; i++) {
		if (!mention_read(in->refs[i], strlen(in->refs[i]), a, &what))
			continue;
		args->refs[args->n_refs++] = in->refs[i];
		args->kinds[args->n_kinds++] = (char *)what.kind;
		args->ids[args->n_ids++] = (char *)what.id;
		args->seqs[args->n_seqs++] = arena_printf(a, "%lld", (long long)what.seq);
	}
}

/* Of what is not known, or not a reference, nothing. */
void
roster_read_names(struct reader *r, const void *m)
{
	RosterRows__NamesAt args = ROSTER_ROWS__NAMES_AT__INIT;
	Roster__Names out = ROSTER__NAMES__INIT;
	void **rows;

	names_args(r, m, &args);
	out.n_items = reader_rows(r, &roster_names, &args, &rows);
	out.items = arena_alloc(reader_arena(r), (out.n_items + 1) * sizeof(*out.items));
	for (size_t i = 0; i < out.n_items; i++) {
		const RosterRows__NameAt *n = rows[i];
		out.items[i] = arena_message(reader_arena(r), &roster__named__descriptor);
		out.items[i]->ref = n->ref;
		out.items[i]->name = n->shared ? arena_printf(reader_arena(r), "%s（%s）", n->name, n->id) : n->name;
	}
	reader_answer(r, &out.base);
}

/* Unknown ids are left out. */
void
roster_read_contacts(struct reader *r, const void *m)
{
	const Roster__ReadContacts *in = m;
	RosterRows__IdsOnDay args = ROSTER_ROWS__IDS_ON_DAY__INIT;
	Roster__Contacts out = ROSTER__CONTACTS__INIT;
	void **rows;

	args.district = (char *)reader_district(r);
	args.n_ids = in->n_person_ids;
	args.ids = in->person_ids;
	args.on_day = reader_today(r);
	out.n_items = reader_rows(r, &roster_contacts, &args, &rows);
	out.items = (Roster__Contact **)rows;
	reader_answer(r, &out.base);
}

/* reads - what supervision answers: a finding, and lists of them in id order, which is the order in which they were noted.
 *
 *   in:   ReadFinding, ListFindings
 *   out:  answers; owns nothing */
#include "supervision.h"
#include "supervision.sql.h"

typedef SupervisionRows__Shown Shown;

static void
evidence_fill(struct reader *r, const Shown *row, Supervision__Finding *f)
{
	f->evidence = arena_alloc(reader_arena(r), (row->n_evidence_sha256 + 1) * sizeof(*f->evidence));
	for (size_t i = 0; i < row->n_evidence_sha256; i++) {
		Supervision__Evidence *e = arena_message(reader_arena(r), &supervision__evidence__descriptor);

		e->sha256 = row->evidence_sha256[i];
		if (i < row->n_evidence_names)
			e->name = row->evidence_names[i];
		f->evidence[f->n_evidence++] = e;
	}
}

static Supervision__Finding *
finding_message(struct reader *r, const Shown *row)
{
	Supervision__Finding *f = arena_message(reader_arena(r), &supervision__finding__descriptor);

	f->id = row->finding_id;
	f->state = row->state;
	f->kind = row->kind;
	f->maybe_person_case = row->maybe_person_case ? SUPERVISION__FINDING__MAYBE_PERSON_PERSON_ID : 0;
	f->person_id = row->person_id;
	f->maybe_unit_case = row->maybe_unit_case ? SUPERVISION__FINDING__MAYBE_UNIT_UNIT_ID : 0;
	f->unit_id = row->unit_id;
	f->on_day = row->on_day;
	f->source = row->source;
	f->maybe_level_case = row->level ? SUPERVISION__FINDING__MAYBE_LEVEL_LEVEL : 0;
	f->level = row->level;
	f->maybe_bulletin_case = row->bulletin[0] ? SUPERVISION__FINDING__MAYBE_BULLETIN_BULLETIN : 0;
	f->bulletin = row->bulletin;
	f->maybe_major_case = row->major ? SUPERVISION__FINDING__MAYBE_MAJOR_MAJOR : 0;
	f->major = row->major;
	f->maybe_note_case = row->maybe_note_case ? SUPERVISION__FINDING__MAYBE_NOTE_NOTE : 0;
	f->note = row->note;
	evidence_fill(r, row, f);
	f->noted_at_us = row->noted_at_us;
	f->maybe_confirmed_case = row->maybe_confirmed_case ? SUPERVISION__FINDING__MAYBE_CONFIRMED_CONFIRMED_DAY : 0;
	f->confirmed_day = row->confirmed_day;
	f->maybe_hearing_due_case = row->maybe_hearing_due_case ? SUPERVISION__FINDING__MAYBE_HEARING_DUE_HEARING_DUE_DAY : 0;
	f->hearing_due_day = row->hearing_due_day;
	return f;
}

void
supervision_read_finding(struct reader *r, const void *m)
{
	SupervisionRows__FindingKey key = SUPERVISION_ROWS__FINDING_KEY__INIT;
	void **rows;

	key.district = (char *)reader_district(r);
	key.finding_id = ((const Supervision__ReadFinding *)m)->id;
	if (reader_rows(r, &supervision_finding_read, &key, &rows) == 0)
		reader_missing(r, 0, "No such finding.");
	else
		reader_answer(r, &finding_message(r, rows[0])->base);
}

/* One more than the page is asked for, to know whether there is a next. */
static SupervisionRows__Page
page_args(struct reader *r, const Supervision__ListFindings *in, struct page p)
{
	SupervisionRows__Page args = SUPERVISION_ROWS__PAGE__INIT;

	args.district = (char *)reader_district(r);
	args.after = (char *)p.after;
	args.limit = (int64_t)p.limit + 1;
	args.maybe_person_case = in->maybe_person_case ? SUPERVISION_ROWS__PAGE__MAYBE_PERSON_PERSON_ID : 0;
	args.person_id = in->person_id;
	args.maybe_unit_case = in->maybe_unit_case ? SUPERVISION_ROWS__PAGE__MAYBE_UNIT_UNIT_ID : 0;
	args.unit_id = in->unit_id;
	args.state = in->maybe_state_case ? in->state : 0;
	return args;
}

/* By what leads to the fewest rows: a person's findings are few, a unit's some. */
void
supervision_list_findings(struct reader *r, const void *m)
{
	const Supervision__ListFindings *in = m;
	const struct store_stmt *s = in->maybe_person_case ? &supervision_finding_list_of_person
	                             : in->maybe_unit_case ? &supervision_finding_list_of_unit
	                                                   : &supervision_finding_list;
	Supervision__FindingList out = SUPERVISION__FINDING_LIST__INIT;
	struct page p;
	void **rows;

	if (!reader_page(r, in->maybe_limit_case, in->limit, in->maybe_cursor_case, in->cursor, &p))
		return;
	SupervisionRows__Page args = page_args(r, in, p);
	size_t n = reader_rows(r, s, &args, &rows);
	out.n_items = n > (size_t)p.limit ? (size_t)p.limit : n;
	out.items = arena_alloc(reader_arena(r), (out.n_items + 1) * sizeof(*out.items));
	for (size_t i = 0; i < out.n_items; i++)
		out.items[i] = finding_message(r, rows[i]);
	if (n > out.n_items) {
		out.maybe_next_case = SUPERVISION__FINDING_LIST__MAYBE_NEXT_NEXT;
		out.next = reader_cursor(r, out.items[out.n_items - 1]->id);
	}
	reader_answer(r, &out.base);
}

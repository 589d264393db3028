/* finding - what was found of a person or a unit, and what became of it.
 *
 *   in:   NoteFinding, ConfirmFinding, DismissFinding, AnnulFinding; ReadFinding, ListFindings; the timer `hearing`
 *   out:  FindingNoted, FindingConfirmed, FindingDismissed, FindingAnnulled, HearingMissed
 *   owns: finding, finding_move, note, decision
 *
 * A finding is noted once and never changed; each move of it is a row of its own, and the last one is its state.
 * What people wrote (notes, reasons, names of evidence) is kept beside it and stands in no event.  Nothing here
 * follows from a finding: that is accountability's, and only of what was confirmed.  A missed hearing date is told,
 * it decides nothing (C2.4).  Both tables of findings only grow, so the rows of one just noted need not have been
 * asked for. */
#include "base/civil.h"
#include "bus/sealed_kind.h"
#include "domain/duty_batch.h"
#include "domain/flow.h"
#include "domain/mirror.h"
#include "engine/keyed.h"
#include "supervision.h"
#include "supervision.sql.h"
#include "supervision_policy.h"

typedef SupervisionRows__Finding Finding;
typedef SupervisionRows__FindingMove Move;
typedef SupervisionRows__Shown Shown;
typedef Supervision__FindingFact Fact;

enum { NOTE_BYTES_MAX = 4000, BULLETIN_BYTES_MAX = 128, EVIDENCE_MAX = 64, EVIDENCE_NAME_BYTES_MAX = 256 };
#define HEARING "hearing"                               /* kind of timer; subject: the finding's id */
#define STATE(s) SUPERVISION__FINDING_STATE__##s

static const struct table finding_table = { "finding", &supervision_rows__finding__descriptor, 2, true };
static const struct table move_table = { "finding_move", &supervision_rows__finding_move__descriptor, 3, true };
static const struct table note_table = { "note", &supervision_rows__note__descriptor, 2, true };
static const struct table decision_table = { "decision", &supervision_rows__decision__descriptor, 3, true };
static const struct flow flow;

/* ---- the same fields from one message to the next */

static const struct copy
row_of_command = { &supervision_rows__finding__descriptor, &supervision__note_finding__descriptor,
                   "district finding_id evidence_sha256 noted_by noted_by_person noted_at_us hearing_due_day" },
row_of_fact = { &supervision_rows__finding__descriptor, &supervision__finding_fact__descriptor,
                "district finding_id noted_at_us hearing_due_day" },
fact_of_row = { &supervision__finding_fact__descriptor, &supervision_rows__finding__descriptor, "id" },
noted_of_row = { &supervision__finding_noted__descriptor, &supervision_rows__finding__descriptor, "finding" },
dismissed_of_row = { &supervision__finding_dismissed__descriptor, &supervision_rows__finding__descriptor, "id" },
missed_of_row = { &supervision__hearing_missed__descriptor, &supervision_rows__finding__descriptor, "id on_day" },
move_of_confirmed = { &supervision_rows__finding_move__descriptor, &supervision__finding_confirmed__descriptor,
                      "district finding_id seq state" },
move_of_move = { &supervision_rows__finding_move__descriptor, &supervision_rows__finding_move__descriptor,
                 "district finding_id seq state" },
note_of_command = { &supervision_rows__note__descriptor, &supervision__note_finding__descriptor,
                    "district finding_id evidence_names" },
answer_of_row = { &supervision__finding__descriptor, &supervision_rows__finding__descriptor,
                  "id state note evidence confirmed_day" },
answer_of_shown = { &supervision__finding__descriptor, &supervision_rows__shown__descriptor, "id evidence" },
page_of_question = { &supervision_rows__page__descriptor, &supervision__list_findings__descriptor,
                     "district after limit after_day noted_by_person" };

/* ---- what any finding must satisfy.  False: refused. */

/* Empty words are words: "" is kept as "". */
static bool
words_valid(const char *s, int max_bytes)
{
	return *s == '\0' || text_valid(s, max_bytes);
}

static bool
posted_ok(struct batch *b, const char *person_id, int32_t day, const char *pointer)
{
	return batch_ok(b, mirror_posted_on(b, person_id, day), 422, "finding.not_posted", pointer,
	                "The person had no posting on that date.");
}

/* The findings part of the policy in force today; NULL when none is. */
static const Policy__Findings *
findings_policy(struct batch *b)
{
	const struct policy_version *v = policy_on(batch_policies(b), batch_today(b));

	return v ? v->document->findings : NULL;
}

/* ---- noting */

static void
note_want(struct batch *b, const void *m)
{
	const Supervision__NoteFinding *in = m;

	if (in->maybe_person_case)
		mirror_want_person_id(b, in->person_id);
	if (in->maybe_unit_case)
		mirror_want_unit_id(b, in->unit_id);
	duty_want(b);
	duty_want_about(b, in->maybe_person_case ? in->person_id : NULL, in->maybe_unit_case ? in->unit_id : NULL);
}

static bool
evidence_ok(struct batch *b, const Supervision__NoteFinding *in)
{
	arena_t *a = batch_arena(b);

	if (!batch_ok(b, in->n_evidence <= EVIDENCE_MAX, 422, "field.range", "/evidence",
	              "A finding has at most 64 pieces of evidence."))
		return false;
	for (size_t i = 0; i < in->n_evidence; i++)
		if (!batch_ok(b, finding_sha256_valid(in->evidence[i]->sha256), 422, "field.sha256",
		              arena_printf(a, "/evidence/%zu/sha256", i), "A SHA-256 is 64 hexadecimal digits.") ||
		    !batch_ok(b, name_valid(in->evidence[i]->name, EVIDENCE_NAME_BYTES_MAX), 422, "field.text",
		              arena_printf(a, "/evidence/%zu/name", i),
		              "The name of evidence is 1 to 256 bytes of text."))
			return false;
	return true;
}

static bool
fields_ok(struct batch *b, const Supervision__NoteFinding *in)
{
	return batch_id_ok(b, in->maybe_person_case, in->person_id, "/person_id") &&
	       batch_id_ok(b, in->maybe_unit_case, in->unit_id, "/unit_id") &&
	       batch_ok(b, !in->maybe_bulletin_case || name_valid(in->bulletin, BULLETIN_BYTES_MAX), 422, "field.text",
	                "/bulletin", "A bulletin is named by 1 to 128 bytes of text.") &&
	       batch_ok(b, !in->maybe_note_case || words_valid(in->note, NOTE_BYTES_MAX), 422, "field.text", "/note",
	                "A note is at most 4000 bytes of text.") &&
	       evidence_ok(b, in);
}

static bool
subjects_ok(struct batch *b, const Supervision__NoteFinding *in)
{
	int32_t today = batch_today(b);

	return batch_ok(b, !in->maybe_person_case || mirror_person_on(b, in->person_id, today), 422,
	                "reference.unknown", "/person_id", "Nobody in this district has this id.") &&
	       batch_ok(b, !in->maybe_unit_case || mirror_unit_on(b, in->unit_id, today), 422, "reference.unknown",
	                "/unit_id", "No unit in this district has this id.") &&
	       (!in->maybe_person_case || posted_ok(b, in->person_id, in->on_day, "/person_id"));
}

/* Whose account commands; "" nobody's. */
static char *
person_acting(const struct batch *b)
{
	return batch_actor(b) ? batch_actor(b)->person_id : (char *)"";
}

/* The row that FindingNoted will make of the command. */
static Finding *
finding_asked(struct batch *b, const Supervision__NoteFinding *in)
{
	char id[ROWID_MAX];

	row_id('F', batch_next_seq(b), id);
	Finding *f = batch_row(b, &finding_table, arena_strdup(batch_arena(b), id));
	copy_run(&row_of_command, f, in);
	f->n_evidence_sha256 = in->n_evidence;
	f->evidence_sha256 = arena_alloc(batch_arena(b), (in->n_evidence + 1) * sizeof(char *));
	for (size_t i = 0; i < in->n_evidence; i++)
		f->evidence_sha256[i] = in->evidence[i]->sha256;
	f->noted_by = (char *)batch_account(b);
	f->noted_by_person = person_acting(b);
	f->noted_at_us = batch_at_us(b);
	return f;
}

/* A finding that is confirmed in the same breath waits for no hearing. */
static void
set_hearing(struct batch *b, const Supervision__NoteFinding *in, Finding *f)
{
	bool confirmed = in->maybe_confirm_case && in->confirm;
	int32_t due_day;

	if (confirmed || !finding_hearing_due(findings_policy(b), batch_today(b), &due_day))
		return;
	f->maybe_hearing_due_case = SUPERVISION_ROWS__FINDING__MAYBE_HEARING_DUE_HEARING_DUE_DAY;
	f->hearing_due_day = due_day;
	batch_timer(b, HEARING, f->finding_id, instant_of_day(due_day + 1));    /* when the day is over */
}

static void
keep_words(struct batch *b, const Supervision__NoteFinding *in, const Finding *f)
{
	if (!in->maybe_note_case && !in->n_evidence)
		return;
	SupervisionRows__Note *row = batch_row(b, &note_table, f->finding_id);
	copy_run(&note_of_command, row, in);
	row->n_evidence_names = in->n_evidence;
	row->evidence_names = arena_alloc(batch_arena(b), (in->n_evidence + 1) * sizeof(char *));
	for (size_t i = 0; i < in->n_evidence; i++)
		row->evidence_names[i] = in->evidence[i]->name;
	batch_put(b, &note_table, row);
}

/* Whom a finding is about: the subject of its events. */
static const char *
subject_of(const Finding *f)
{
	return f->maybe_person_case ? f->person_id : f->unit_id;
}

static Fact
fact_of(const Finding *f)
{
	Fact fact = SUPERVISION__FINDING_FACT__INIT;

	copy_run(&fact_of_row, &fact, f);
	fact.id = f->finding_id;
	return fact;
}

static void
say_noted(struct batch *b, const Finding *f)
{
	Supervision__FindingNoted e = SUPERVISION__FINDING_NOTED__INIT;
	Fact fact = fact_of(f);

	copy_run(&noted_of_row, &e, f);
	e.finding = &fact;
	batch_emit(b, subject_of(f), &e.base);
}

/* The confirmation date is today, never the client's word (C2.4). */
static void
say_confirmed(struct batch *b, const void *thing)
{
	Supervision__FindingConfirmed e = SUPERVISION__FINDING_CONFIRMED__INIT;
	Fact fact = fact_of(thing);

	e.finding = &fact;
	e.confirmed_day = batch_today(b);
	e.confirmed_by = (char *)batch_account(b);
	e.confirmed_by_person = person_acting(b);
	batch_emit(b, subject_of(thing), &e.base);
}

static void
answer_noted(struct batch *b, const Supervision__NoteFinding *in, const Finding *f, bool confirmed)
{
	Supervision__Finding out = SUPERVISION__FINDING__INIT;

	copy_run(&answer_of_row, &out, f);
	out.id = f->finding_id;
	out.state = confirmed ? STATE(CONFIRMED) : STATE(NOTED);
	out.maybe_note_case = in->maybe_note_case ? SUPERVISION__FINDING__MAYBE_NOTE_NOTE : 0;
	out.note = in->note;
	out.n_evidence = in->n_evidence;
	out.evidence = in->evidence;
	out.maybe_confirmed_case = confirmed ? SUPERVISION__FINDING__MAYBE_CONFIRMED_CONFIRMED_DAY : 0;
	out.confirmed_day = batch_today(b);
	batch_answer(b, 201, &out.base);
}

/* Noted and confirmed at once: the day of a hearing that the policy wants would begin to run only now. */
static bool
confirm_at_once_ok(struct batch *b)
{
	int32_t today = batch_today(b), due_day = 0;
	bool has_due = finding_hearing_due(findings_policy(b), today, &due_day);

	return batch_ok(b, !finding_hearing_open(findings_policy(b), has_due, due_day, today), 409,
	                "finding.hearing_open", "/confirm", "The policy wants the other side to be heard first.");
}

/* Nobody records a case about themselves or their own unit; to confirm in the same breath is the operator's alone. */
static bool
note_may(struct batch *b, const void *m)
{
	const Supervision__NoteFinding *in = m;
	struct duty d = duty_open(b);

	duty_about(b, &d, in->maybe_person_case ? in->person_id : NULL, in->maybe_unit_case ? in->unit_id : NULL,
	           in->on_day);
	return batch_ok(b, !batch_actor(b) || !in->maybe_confirm_case || !in->confirm, 403, "role.forbidden",
	                "/confirm", "Only the operator confirms what is being noted.") &&
	       duty_allows(b, &d);
}

static void
note(struct batch *b, const void *m)
{
	const Supervision__NoteFinding *in = m;
	bool confirm = in->maybe_confirm_case && in->confirm;

	if (!fields_ok(b, in) || batch_refused(b, finding_refusal(in, batch_today(b))) || !subjects_ok(b, in) ||
	    (confirm && !confirm_at_once_ok(b)))
		return;
	Finding *f = finding_asked(b, in);

	set_hearing(b, in, f);
	keep_words(b, in, f);
	say_noted(b, f);
	if (confirm)
		say_confirmed(b, f);
	answer_noted(b, in, f, confirm);
}

/* ---- moving */

static void
want_subject(struct batch *b, const void *thing)
{
	const Finding *f = thing;
	const Move *last = flow_last(&flow, b, f->finding_id);

	if (last)
		duty_want_decided(b, last->confirmed_by);
	if (f->maybe_person_case)
		mirror_want_person_id(b, f->person_id);
	duty_want_about(b, f->maybe_person_case ? f->person_id : NULL, f->maybe_unit_case ? f->unit_id : NULL);
	duty_want_decided(b, f->noted_by);
}

static void
about(struct batch *b, const Finding *f, struct duty *d)
{
	duty_about(b, d, f->maybe_person_case ? f->person_id : NULL, f->maybe_unit_case ? f->unit_id : NULL, f->on_day);
}

/* A sealed one is not there for whoever may not know of it (C3.2.2), as it is not when they read. */
static bool
knows(struct batch *b, const void *thing)
{
	const Finding *f = thing;

	if (!sealed_value(&supervision__finding_kind__descriptor, (int)f->kind))
		return true;
	struct duty d = duty_open(b);
	about(b, f, &d);
	return duty_knows(&d);
}

/* What bars whoever commands in the case of a finding: themselves, their unit, their having noted it. */
static void
duty_of(struct batch *b, const void *thing, struct duty *d)
{
	const Finding *f = thing;

	about(b, f, d);
	duty_decided(b, d, f->noted_by, f->noted_by_person);
}

/* An annulment reviews the confirmation. */
static void
duty_of_review(struct batch *b, const void *thing, struct duty *d)
{
	const Move *last = flow_last(&flow, b, ((const Finding *)thing)->finding_id);

	if (last)
		duty_decided(b, d, last->confirmed_by, last->confirmed_by_person);
}

static bool
confirm_ok(struct batch *b, const void *thing)
{
	const Finding *f = thing;
	bool has_due = f->maybe_hearing_due_case;
	bool open = finding_hearing_open(findings_policy(b), has_due, f->hearing_due_day, batch_today(b));

	return (!f->maybe_person_case || posted_ok(b, f->person_id, f->on_day, NULL)) &&
	       batch_ok(b, !open, 409, "finding.hearing_open", NULL, "The day set for the hearing is not over.");
}

/* A hearing is no longer awaited. */
static void
hearing_ends(struct batch *b, const void *thing)
{
	const Finding *f = thing;

	if (f->maybe_hearing_due_case)
		batch_timer(b, HEARING, f->finding_id, 0);
}

static void
say_dismissed(struct batch *b, const void *thing)
{
	const Finding *f = thing;
	Supervision__FindingDismissed e = SUPERVISION__FINDING_DISMISSED__INIT;

	copy_run(&dismissed_of_row, &e, f);
	e.id = f->finding_id;
	batch_emit(b, subject_of(f), &e.base);
}

static void
say_annulled(struct batch *b, const void *thing)
{
	Supervision__FindingAnnulled e = SUPERVISION__FINDING_ANNULLED__INIT;
	Fact fact = fact_of(thing);

	e.finding = &fact;
	batch_emit(b, subject_of(thing), &e.base);
}

static const ProtobufCMessage *
id_and_state(struct batch *b, const void *thing)
{
	const Finding *f = thing;
	Supervision__FindingMoved *out = arena_message(batch_arena(b), &supervision__finding_moved__descriptor);

	out->id = f->finding_id;
	out->state = flow_state(&flow, b, f->finding_id);
	return &out->base;
}

static const struct flow flow = {
	.things = &finding_table, .moves = &move_table, .decisions = &decision_table, .first = STATE(NOTED),
	.refusal = { 409, "finding.bad_transition", NULL, "A finding in its state cannot be moved so." },
	.want = want_subject, .knows = knows, .duty = duty_of, .check = flow_reason_ok, .moved = hearing_ends,
	.answer = id_and_state,
	.list = LIST(((const struct flow_move[]){
		{ .command = &supervision__confirm_finding__descriptor, .from = STATE(NOTED), .to = STATE(CONFIRMED),
		  .guard = confirm_ok, .event = say_confirmed },
		{ .command = &supervision__dismiss_finding__descriptor, .from = STATE(NOTED), .to = STATE(DISMISSED),
		  .event = say_dismissed },
		{ .command = &supervision__annul_finding__descriptor, .from = STATE(CONFIRMED), .to = STATE(ANNULLED),
		  .event = say_annulled, .duty = duty_of_review },
	})),
};

/* ---- events */

static void
on_noted(struct batch *b, const void *m)
{
	const Supervision__FindingNoted *e = m;
	Finding *row = batch_row(b, &finding_table, e->finding->id);

	copy_run(&row_of_fact, row, e->finding);
	row->noted_at_us = batch_at_us(b);
	if (e->maybe_hearing_due_case) {
		row->maybe_hearing_due_case = SUPERVISION_ROWS__FINDING__MAYBE_HEARING_DUE_HEARING_DUE_DAY;
		row->hearing_due_day = e->hearing_due_day;
	}
	batch_put(b, &finding_table, row);
}

static void
on_confirmed(struct batch *b, const void *m)
{
	const Supervision__FindingConfirmed *e = m;
	Move *row = flow_row(&flow, b, e->finding->id, STATE(CONFIRMED));

	copy_run(&move_of_confirmed, row, e);
	row->maybe_confirmed_case = SUPERVISION_ROWS__FINDING_MOVE__MAYBE_CONFIRMED_CONFIRMED_DAY;
	batch_put(b, &move_table, row);
}

static void
on_dismissed(struct batch *b, const void *m)
{
	batch_put(b, &move_table, flow_row(&flow, b, ((const Supervision__FindingDismissed *)m)->id, STATE(DISMISSED)));
}

/* The confirmation that it undoes stays to be read. */
static void
on_annulled(struct batch *b, const void *m)
{
	const char *id = ((const Supervision__FindingAnnulled *)m)->finding->id;
	Move *row = flow_row(&flow, b, id, STATE(ANNULLED));

	copy_run(&move_of_move, row, flow_last(&flow, b, id));
	batch_put(b, &move_table, row);
}

/* ---- the hearing date */

static void
hearing_want(struct batch *b, const char *finding_id)
{
	flow_want_thing(&flow, b, finding_id);
}

/* Silence is not guilt: the finding stays as it is. */
static void
hearing_missed(struct batch *b, const char *finding_id)
{
	const Finding *f = batch_get_id(b, &finding_table, finding_id);
	Supervision__HearingMissed e = SUPERVISION__HEARING_MISSED__INIT;

	if (!f || flow_state(&flow, b, finding_id) != STATE(NOTED))
		return;
	copy_run(&missed_of_row, &e, f);
	e.id = f->finding_id;
	e.maybe_on_case = SUPERVISION__HEARING_MISSED__MAYBE_ON_ON_DAY;
	e.on_day = f->on_day;
	batch_emit(b, subject_of(f), &e.base);
}

/* ---- queries: without an order lists are in that of ids, in which findings were noted */

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

static ProtobufCMessage *
shown(struct reader *r, const void *m)
{
	const Shown *row = m;
	Supervision__Finding *f = arena_message(reader_arena(r), &supervision__finding__descriptor);

	copy_run(&answer_of_shown, f, row);
	f->id = row->finding_id;
	evidence_fill(r, row, f);
	return &f->base;
}

static const struct reading reading = { &supervision_finding_read, "No such finding.", shown };

static void
ask(struct reader *r, const void *question, void *m)
{
	const Supervision__ListFindings *in = question;
	SupervisionRows__Page *args = m;

	if (in->noted_by != SUPERVISION__LIST_FINDINGS__PERSON__ME)
		return;
	args->maybe_noted_by_case = SUPERVISION_ROWS__PAGE__MAYBE_NOTED_BY_NOTED_BY_PERSON;
	args->noted_by_person = reader_actor(r) ? reader_actor(r)->person_id : (char *)"";
}

#define ORDER(name) SUPERVISION__LIST_FINDINGS__ORDER__##name

static const struct listing listing = {
	&page_of_question, &supervision__finding_list__descriptor, shown, ask, .anew = true,
	.orders = (const struct ordering[]){
		{ &supervision_finding_list, NULL },
		[ORDER(DUE)] = { &supervision_finding_list, "hearing_due_day" },
		[ORDER(ON)] = { &supervision_finding_list, "on_day" },
		[ORDER(ID)] = { &supervision_finding_list, NULL },
	},
};

const struct noun supervision_finding = {
	.tables = LIST(((const struct table *const[]){ &finding_table, &move_table, &note_table, &decision_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &supervision__note_finding__descriptor, .after = AFTER(ROSTER),
		  .want = note_want, .may = note_may, .run = note },
		{ .message = &supervision__confirm_finding__descriptor, .after = AFTER(ROSTER), FLOW(&flow) },
		{ .message = &supervision__dismiss_finding__descriptor, .after = AFTER(ROSTER), FLOW(&flow) },
		{ .message = &supervision__annul_finding__descriptor, .after = AFTER(ROSTER), FLOW(&flow) },
	})),
	.events = LIST(((const struct event_handler[]){
		{ .message = &supervision__finding_noted__descriptor, .run = on_noted },
		{ .message = &supervision__finding_confirmed__descriptor, .run = on_confirmed },
		{ .message = &supervision__finding_dismissed__descriptor, .run = on_dismissed },
		{ .message = &supervision__finding_annulled__descriptor, .run = on_annulled },
	})),
	.timers = LIST(((const struct timer[]){ { .kind = HEARING, .want = hearing_want, .run = hearing_missed } })),
	.queries = LIST(((const struct query[]){
		{ .message = &supervision__read_finding__descriptor, READ(&reading) },
		{ .message = &supervision__list_findings__descriptor, LISTED(&listing) },
	})),
	.copies = LIST(((const struct copy *const[]){
		&row_of_command, &row_of_fact, &fact_of_row, &noted_of_row, &dismissed_of_row, &missed_of_row,
		&move_of_confirmed, &move_of_move, &note_of_command, &answer_of_row, &answer_of_shown,
		&page_of_question,
	})),
	.statements = { supervision_sql, SUPERVISION_SQL_COUNT },
};

/* orders - noting a finding, and moving it.
 *
 *   in:   NoteFinding, ConfirmFinding, DismissFinding, AnnulFinding
 *   out:  FindingNoted, FindingConfirmed, FindingDismissed, FindingAnnulled; hearing dates
 *   owns: note, decision */
#include "supervision.h"
#include "base/civil.h"
#include "domain/duty_batch.h"
#include "bus/sealed_kind.h"
#include "supervision_policy.h"

typedef SupervisionRows__Finding Finding;

/* ---- what any finding must satisfy.  False: refused. */

static bool
ok(struct batch *b, bool good, int status, const char *code, const char *pointer, const char *detail)
{
	if (!good)
		batch_refuse(b, status, code, pointer, detail);
	return good;
}

/* Empty words are words: "" is kept as "". */
static bool
words_valid(const char *s, int max_bytes)
{
	return *s == '\0' || text_valid(s, max_bytes);
}

static bool
is_posted(struct batch *b, const char *person_id, int32_t day)
{
	const MirrorRows__Posting *const *postings;
	size_t n = mirror_postings(b, person_id, &postings);

	for (size_t i = 0; i < n; i++)
		if (mirror_posting_covers(postings[i], day))
			return true;
	return false;
}

static bool
posted_ok(struct batch *b, const char *person_id, int32_t day, const char *pointer)
{
	return ok(b, is_posted(b, person_id, day), 422, "finding.not_posted", pointer, "The person had no posting on that date.");
}

/* The findings part of the policy in force today; NULL when none is. */
static const Policy__Findings *
findings_policy(struct batch *b)
{
	const struct policy_version *v = policy_on(batch_policies(b), batch_today(b));

	return v ? v->document->findings : NULL;
}

/* ---- noting */

void
supervision_note_want(struct batch *b, const void *m)
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
	if (!ok(b, in->n_evidence <= EVIDENCE_MAX, 422, "field.range", "/evidence", "A finding has at most 64 pieces of evidence."))
		return false;
	for (size_t i = 0; i < in->n_evidence; i++)
		if (!ok(b, finding_sha256_valid(in->evidence[i]->sha256), 422, "field.sha256",
		        arena_printf(batch_arena(b), "/evidence/%zu/sha256", i), "A SHA-256 is 64 hexadecimal digits.") ||
		    !ok(b, name_valid(in->evidence[i]->name, EVIDENCE_NAME_BYTES_MAX), 422, "field.text",
		        arena_printf(batch_arena(b), "/evidence/%zu/name", i), "The name of evidence is 1 to 256 bytes of text."))
			return false;
	return true;
}

static bool
fields_ok(struct batch *b, const Supervision__NoteFinding *in)
{
	return ok(b, !in->maybe_person_case || id_valid(in->person_id), 422, "field.id", "/person_id",
	          "An id is 1 to 64 of A-Z a-z 0-9 . _ -") &&
	       ok(b, !in->maybe_unit_case || id_valid(in->unit_id), 422, "field.id", "/unit_id",
	          "An id is 1 to 64 of A-Z a-z 0-9 . _ -") &&
	       ok(b, !in->maybe_bulletin_case || name_valid(in->bulletin, BULLETIN_BYTES_MAX), 422, "field.text", "/bulletin",
	          "A bulletin is named by 1 to 128 bytes of text.") &&
	       ok(b, !in->maybe_note_case || words_valid(in->note, NOTE_BYTES_MAX), 422, "field.text", "/note",
	          "A note is at most 4000 bytes of text.") &&
	       evidence_ok(b, in);
}

static bool
rules_ok(struct batch *b, const Supervision__NoteFinding *in)
{
	const struct refusal *r = finding_refusal(in, batch_today(b));

	if (r)
		batch_refuse(b, r->status, r->code, r->pointer, r->detail);
	return !r;
}

static bool
subjects_ok(struct batch *b, const Supervision__NoteFinding *in)
{
	int32_t today = batch_today(b);

	return ok(b, !in->maybe_person_case || mirror_person_on(b, in->person_id, today), 422, "reference.unknown", "/person_id",
	          "Nobody in this district has this id.") &&
	       ok(b, !in->maybe_unit_case || mirror_unit_on(b, in->unit_id, today), 422, "reference.unknown", "/unit_id",
	          "No unit in this district has this id.") &&
	       (!in->maybe_person_case || posted_ok(b, in->person_id, in->on_day, "/person_id"));
}

/* Whose account orders; "" nobody's. */
static char *
person_acting(const struct batch *b)
{
	return batch_actor(b) ? batch_actor(b)->person_id : (char *)"";
}

/* The row that FindingNoted will make of the order. */
static Finding
finding_asked(struct batch *b, const Supervision__NoteFinding *in)
{
	Finding f = SUPERVISION_ROWS__FINDING__INIT;
	char id[ROWID_MAX];

	row_id('F', batch_next_seq(b), id);
	f.district = (char *)batch_district(b);
	f.finding_id = arena_strdup(batch_arena(b), id);
	f.kind = in->kind;
	f.maybe_person_case = in->maybe_person_case ? SUPERVISION_ROWS__FINDING__MAYBE_PERSON_PERSON_ID : 0;
	f.person_id = in->person_id;
	f.maybe_unit_case = in->maybe_unit_case ? SUPERVISION_ROWS__FINDING__MAYBE_UNIT_UNIT_ID : 0;
	f.unit_id = in->unit_id;
	f.on_day = in->on_day;
	f.source = in->source;
	f.level = in->maybe_level_case ? in->level : 0;
	f.bulletin = in->maybe_bulletin_case ? in->bulletin : (char *)"";
	f.major = in->maybe_major_case && in->major;
	f.n_evidence_sha256 = in->n_evidence;
	f.evidence_sha256 = arena_alloc(batch_arena(b), (in->n_evidence + 1) * sizeof(char *));
	for (size_t i = 0; i < in->n_evidence; i++)
		f.evidence_sha256[i] = in->evidence[i]->sha256;
	f.noted_by = (char *)batch_account(b);
	f.noted_by_person = person_acting(b);
	f.noted_at_us = batch_at_us(b);
	return f;
}

/* A finding that is confirmed in the same breath waits for no hearing. */
static void
set_hearing(struct batch *b, const Supervision__NoteFinding *in, Finding *f)
{
	int32_t due_day;

	if ((in->maybe_confirm_case && in->confirm) || !finding_hearing_due(findings_policy(b), batch_today(b), &due_day))
		return;
	f->maybe_hearing_due_case = SUPERVISION_ROWS__FINDING__MAYBE_HEARING_DUE_HEARING_DUE_DAY;
	f->hearing_due_day = due_day;
	batch_timer(b, SUPERVISION_HEARING, f->finding_id, instant_of_day(due_day + 1));        /* when the day is over */
}

static void
keep_words(struct batch *b, const Supervision__NoteFinding *in, const Finding *f)
{
	SupervisionRows__Note row = SUPERVISION_ROWS__NOTE__INIT;

	if (!in->maybe_note_case && !in->n_evidence)
		return;
	row.district = f->district;
	row.finding_id = f->finding_id;
	row.maybe_note_case = in->maybe_note_case ? SUPERVISION_ROWS__NOTE__MAYBE_NOTE_NOTE : 0;
	row.note = in->note;
	row.n_evidence_names = in->n_evidence;
	row.evidence_names = arena_alloc(batch_arena(b), (in->n_evidence + 1) * sizeof(char *));
	for (size_t i = 0; i < in->n_evidence; i++)
		row.evidence_names[i] = in->evidence[i]->name;
	batch_put(b, &supervision_table_note, &row);
}

static void
say_noted(struct batch *b, const Finding *f)
{
	Supervision__FindingNoted e = SUPERVISION__FINDING_NOTED__INIT;
	Supervision__FindingFact fact = supervision_fact(f);

	e.finding = &fact;
	e.maybe_hearing_due_case = f->maybe_hearing_due_case ? SUPERVISION__FINDING_NOTED__MAYBE_HEARING_DUE_HEARING_DUE_DAY : 0;
	e.hearing_due_day = f->hearing_due_day;
	batch_emit(b, supervision_subject(f), &e.base);
}

/* The confirmation date is today, never the client's word (C2.4). */
static void
say_confirmed(struct batch *b, const Finding *f)
{
	Supervision__FindingConfirmed e = SUPERVISION__FINDING_CONFIRMED__INIT;
	Supervision__FindingFact fact = supervision_fact(f);

	e.finding = &fact;
	e.confirmed_day = batch_today(b);
	e.confirmed_by = (char *)batch_account(b);
	e.confirmed_by_person = person_acting(b);
	batch_emit(b, supervision_subject(f), &e.base);
}

static void
answer_finding(struct batch *b, const Supervision__NoteFinding *in, const Finding *f, bool confirmed)
{
	Supervision__Finding out = SUPERVISION__FINDING__INIT;

	out.id = f->finding_id;
	out.state = confirmed ? SUPERVISION__FINDING_STATE__CONFIRMED : SUPERVISION__FINDING_STATE__NOTED;
	out.kind = f->kind;
	out.maybe_person_case = f->maybe_person_case ? SUPERVISION__FINDING__MAYBE_PERSON_PERSON_ID : 0;
	out.person_id = f->person_id;
	out.maybe_unit_case = f->maybe_unit_case ? SUPERVISION__FINDING__MAYBE_UNIT_UNIT_ID : 0;
	out.unit_id = f->unit_id;
	out.on_day = f->on_day;
	out.source = f->source;
	out.maybe_level_case = f->level ? SUPERVISION__FINDING__MAYBE_LEVEL_LEVEL : 0;
	out.level = f->level;
	out.maybe_bulletin_case = f->bulletin[0] ? SUPERVISION__FINDING__MAYBE_BULLETIN_BULLETIN : 0;
	out.bulletin = f->bulletin;
	out.maybe_major_case = f->major ? SUPERVISION__FINDING__MAYBE_MAJOR_MAJOR : 0;
	out.major = f->major;
	out.maybe_note_case = in->maybe_note_case ? SUPERVISION__FINDING__MAYBE_NOTE_NOTE : 0;
	out.note = in->note;
	out.n_evidence = in->n_evidence;
	out.evidence = in->evidence;
	out.noted_at_us = f->noted_at_us;
	out.maybe_confirmed_case = confirmed ? SUPERVISION__FINDING__MAYBE_CONFIRMED_CONFIRMED_DAY : 0;
	out.confirmed_day = batch_today(b);
	out.maybe_hearing_due_case = f->maybe_hearing_due_case ? SUPERVISION__FINDING__MAYBE_HEARING_DUE_HEARING_DUE_DAY : 0;
	out.hearing_due_day = f->hearing_due_day;
	batch_answer(b, 201, &out.base);
}

/* Noted and confirmed at once: the day of a hearing that the policy wants would begin to run only now. */
static bool
confirm_at_once_ok(struct batch *b)
{
	int32_t today = batch_today(b), due_day = 0;
	bool has_due = finding_hearing_due(findings_policy(b), today, &due_day);

	return ok(b, !finding_hearing_open(findings_policy(b), has_due, due_day, today), 409, "finding.hearing_open", "/confirm",
	          "The policy wants the other side to be heard first.");
}

/* Nobody records a case about themselves or their own unit; to confirm in the same breath is the operator's alone. */
bool
supervision_note_may(struct batch *b, const void *m)
{
	const Supervision__NoteFinding *in = m;
	struct duty d = duty_open(b);

	duty_about(b, &d, in->maybe_person_case ? in->person_id : NULL, in->maybe_unit_case ? in->unit_id : NULL, in->on_day);
	return ok(b, !batch_actor(b) || !in->maybe_confirm_case || !in->confirm, 403, "role.forbidden", "/confirm",
	          "Only the operator confirms what is being noted.") &&
	       duty_allows(b, &d);
}

void
supervision_note(struct batch *b, const void *m)
{
	const Supervision__NoteFinding *in = m;
	bool confirm = in->maybe_confirm_case && in->confirm;

	if (!fields_ok(b, in) || !rules_ok(b, in) || !subjects_ok(b, in) || (confirm && !confirm_at_once_ok(b)))
		return;
	Finding f = finding_asked(b, in);

	set_hearing(b, in, &f);
	keep_words(b, in, &f);
	say_noted(b, &f);
	if (confirm)
		say_confirmed(b, &f);
	answer_finding(b, in, &f, confirm);
}

/* ---- moving.  The three orders have one shape. */

typedef Supervision__ConfirmFinding Order;
_Static_assert(sizeof(Supervision__DismissFinding) == sizeof(Order) && sizeof(Supervision__AnnulFinding) == sizeof(Order),
               "an id and a reason");

/* Whom it is about is known when it has been loaded. */
void
supervision_move_want(struct batch *b, const void *m)
{
	const Order *in = m;

	duty_want(b);
	supervision_want_finding(b, in->id);
	const Finding *f = supervision_finding(b, in->id);
	const SupervisionRows__FindingMove *last = supervision_last_move(b, in->id);
	if (!f)
		return;
	if (f->maybe_person_case)
		mirror_want_person_id(b, f->person_id);
	duty_want_about(b, f->maybe_person_case ? f->person_id : NULL, f->maybe_unit_case ? f->unit_id : NULL);
	duty_want_decided(b, f->noted_by);
	if (last)
		duty_want_decided(b, last->confirmed_by);
}

static struct duty
duty_about_finding(struct batch *b, const Finding *f)
{
	struct duty d = duty_open(b);

	duty_about(b, &d, f->maybe_person_case ? f->person_id : NULL, f->maybe_unit_case ? f->unit_id : NULL, f->on_day);
	return d;
}

/* A sealed one is not there for whoever may not know of it (C3.2.2), as it is not when they read. */
bool
supervision_finding_exists(struct batch *b, const void *m)
{
	const Finding *f = supervision_finding(b, ((const Order *)m)->id);

	if (!f || !sealed_value(&supervision__finding_kind__descriptor, (int)f->kind))
		return f != NULL;
	struct duty d = duty_about_finding(b, f);
	return duty_knows(&d);
}

/* Whoever orders, and what bars them in the case of a finding: themselves, their unit, their having noted it. */
static struct duty
duty_of(struct batch *b, const Finding *f)
{
	struct duty d = duty_about_finding(b, f);

	duty_decided(b, &d, f->noted_by, f->noted_by_person);
	return d;
}

bool
supervision_move_may(struct batch *b, const void *m)
{
	struct duty d = duty_of(b, supervision_finding(b, ((const Order *)m)->id));

	return duty_allows(b, &d);
}

/* An annulment reviews the confirmation. */
bool
supervision_annul_may(struct batch *b, const void *m)
{
	const char *id = ((const Order *)m)->id;
	const SupervisionRows__FindingMove *last = supervision_last_move(b, id);
	struct duty d = duty_of(b, supervision_finding(b, id));

	if (last)
		duty_decided(b, &d, last->confirmed_by, last->confirmed_by_person);
	return duty_allows(b, &d);
}

static void
answer_moved(struct batch *b, const char *finding_id, Supervision__FindingState state)
{
	Supervision__FindingMoved out = SUPERVISION__FINDING_MOVED__INIT;

	out.id = (char *)finding_id;
	out.state = state;
	batch_answer(b, 200, &out.base);
}

/* True: to be moved.  Otherwise it is answered. */
static bool
may_move(struct batch *b, const Order *in, Supervision__FindingState to)
{
	if (!ok(b, !in->maybe_reason_case || words_valid(in->reason, REASON_BYTES_MAX), 422, "field.text", "/reason",
	        "A reason is at most 2000 bytes of text."))
		return false;
	switch (finding_step(supervision_state(b, in->id), to)) {
	case STEP_MOVE:
		return true;
	case STEP_SAME:
		answer_moved(b, in->id, to);
		return false;
	default:
		batch_refuse(b, 409, "finding.bad_transition", NULL, "A finding in its state cannot be moved so.");
		return false;
	}
}

/* Before the event is said: the decision has the event's number.  A hearing is no longer awaited. */
static void
decide(struct batch *b, const Order *in, const Finding *f)
{
	SupervisionRows__Decision row = SUPERVISION_ROWS__DECISION__INIT;

	row.district = f->district;
	row.finding_id = f->finding_id;
	row.seq = batch_next_seq(b);
	row.account = (char *)batch_account(b);
	row.maybe_reason_case = in->maybe_reason_case ? SUPERVISION_ROWS__DECISION__MAYBE_REASON_REASON : 0;
	row.reason = in->reason;
	row.at_us = batch_at_us(b);
	batch_put(b, &supervision_table_decision, &row);
	if (f->maybe_hearing_due_case)
		batch_timer(b, SUPERVISION_HEARING, f->finding_id, 0);
}

void
supervision_confirm(struct batch *b, const void *m)
{
	const Order *in = m;
	const Finding *f = supervision_finding(b, in->id);

	if (!may_move(b, in, SUPERVISION__FINDING_STATE__CONFIRMED) ||
	    (f->maybe_person_case && !posted_ok(b, f->person_id, f->on_day, NULL)) ||
	    !ok(b, !finding_hearing_open(findings_policy(b), f->maybe_hearing_due_case, f->hearing_due_day, batch_today(b)), 409,
	        "finding.hearing_open", NULL, "The day set for the hearing is not over."))
		return;
	decide(b, in, f);
	say_confirmed(b, f);
	answer_moved(b, in->id, SUPERVISION__FINDING_STATE__CONFIRMED);
}

void
supervision_dismiss(struct batch *b, const void *m)
{
	const Order *in = m;
	const Finding *f = supervision_finding(b, in->id);
	Supervision__FindingDismissed e = SUPERVISION__FINDING_DISMISSED__INIT;

	if (!may_move(b, in, SUPERVISION__FINDING_STATE__DISMISSED))
		return;
	e.id = f->finding_id;
	e.maybe_person_case = f->maybe_person_case ? SUPERVISION__FINDING_DISMISSED__MAYBE_PERSON_PERSON_ID : 0;
	e.person_id = f->person_id;
	e.maybe_unit_case = f->maybe_unit_case ? SUPERVISION__FINDING_DISMISSED__MAYBE_UNIT_UNIT_ID : 0;
	e.unit_id = f->unit_id;
	e.kind = f->kind;
	decide(b, in, f);
	batch_emit(b, supervision_subject(f), &e.base);
	answer_moved(b, in->id, SUPERVISION__FINDING_STATE__DISMISSED);
}

void
supervision_annul(struct batch *b, const void *m)
{
	const Order *in = m;
	const Finding *f = supervision_finding(b, in->id);
	Supervision__FindingAnnulled e = SUPERVISION__FINDING_ANNULLED__INIT;
	Supervision__FindingFact fact = supervision_fact(f);

	if (!may_move(b, in, SUPERVISION__FINDING_STATE__ANNULLED))
		return;
	e.finding = &fact;
	decide(b, in, f);
	batch_emit(b, supervision_subject(f), &e.base);
	answer_moved(b, in->id, SUPERVISION__FINDING_STATE__ANNULLED);
}

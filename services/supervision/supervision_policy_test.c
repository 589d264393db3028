/* Findings are written as a client would say them, "kind source fields…": a field's word (person, unit, bulletin,
 * level) says that it is there, on=N gives its day; today is day 100.  Each case names the rule it is about and the
 * code expected, "" where the finding may be noted.  Moves are tried from every state into every state. */
#include "supervision_policy.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TODAY = 100 };

/* ---- what may be noted */

static int
value_of(const ProtobufCEnumDescriptor *d, const char *word)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(d, word);

	return v ? v->value : (printf("no such word: %s\n", word), abort(), 0);
}

static void
field_set(Supervision__NoteFinding *in, const char *word)
{
	if (strcmp(word, "person") == 0)
		in->maybe_person_case = SUPERVISION__NOTE_FINDING__MAYBE_PERSON_PERSON_ID, in->person_id = (char *)"li";
	else if (strcmp(word, "unit") == 0)
		in->maybe_unit_case = SUPERVISION__NOTE_FINDING__MAYBE_UNIT_UNIT_ID, in->unit_id = (char *)"bureau";
	else if (strcmp(word, "bulletin") == 0)
		in->maybe_bulletin_case = SUPERVISION__NOTE_FINDING__MAYBE_BULLETIN_BULLETIN,
		in->bulletin = (char *)"2017-9";
	else if (strcmp(word, "level") == 0)
		in->maybe_level_case = SUPERVISION__NOTE_FINDING__MAYBE_LEVEL_LEVEL,
		in->level = SUPERVISION__LEVEL__PROVINCE;
	else if (sscanf(word, "on=%d", &in->on_day) != 1)
		abort();
}

static Supervision__NoteFinding
parse(const char *text)
{
	Supervision__NoteFinding in = SUPERVISION__NOTE_FINDING__INIT;
	char copy[128], *rest = copy;

	snprintf(copy, sizeof(copy), "%s", text);
	in.on_day = TODAY;
	in.kind = value_of(&supervision__finding_kind__descriptor, strsep(&rest, " "));
	in.source = value_of(&supervision__source__descriptor, strsep(&rest, " "));
	for (char *word; (word = strsep(&rest, " "));)
		field_set(&in, word);
	return in;
}

static const struct { const char *name, *finding, *code, *pointer;
} notes[] = {
	{ "C2.4 an absence has a person", "UNEXCUSED_ABSENCE COVERT person", "", "" },
	{ "C2.4 and may name the unit too", "UNEXCUSED_ABSENCE COVERT person unit", "", "" },
	{ "C2.4 a unit is not absent", "UNEXCUSED_ABSENCE COVERT unit", "finding.person_required", "/person_id" },
	{ "C2.4 nobody is not absent", "UNEXCUSED_ABSENCE NIGHT", "finding.person_required", "/person_id" },
	{ "C2.4 whatever the source: hotline", "UNEXCUSED_ABSENCE HOTLINE person", "", "" },
	{ "C2.4 whatever the source: superior", "UNEXCUSED_ABSENCE SUPERIOR person level", "", "" },
	{ "C3.1.1 criticism of a unit", "WRITTEN_CRITICISM COVERT unit bulletin", "", "" },
	{ "C3.1.1 criticism of a person (A22)", "WRITTEN_CRITICISM COVERT person bulletin", "", "" },
	{ "C3.1.1 of nobody", "WRITTEN_CRITICISM COVERT bulletin", "finding.subject_required", "/person_id" },
	{ "C3.1.1 in no bulletin", "WRITTEN_CRITICISM COVERT unit", "finding.bulletin_required", "/bulletin" },
	{ "duty failure of a person", "DUTY_FAILURE COVERT person", "", "" },
	{ "duty failure of a unit", "DUTY_FAILURE COVERT unit", "", "" },
	{ "duty failure of nobody", "DUTY_FAILURE COVERT", "finding.subject_required", "/person_id" },
	{ "C3.2.2 discipline", "DISCIPLINE_VIOLATION HOTLINE person", "", "" },
	{ "C3.2.2 funds", "FUND_MISUSE HOTLINE unit", "", "" },
	{ "C3.1.1-s a superior has a level", "WRITTEN_CRITICISM SUPERIOR unit bulletin level", "", "" },
	{ "C3.1.1-s without one", "WRITTEN_CRITICISM SUPERIOR unit bulletin", "finding.level_required", "/level" },
	{ "C3.1.1-s nobody else has one", "WRITTEN_CRITICISM COVERT unit bulletin level", "finding.level_unexpected",
	  "/level" },
	{ "level of a hotline call", "FUND_MISUSE HOTLINE unit level", "finding.level_unexpected", "/level" },
	{ "C2.4 today", "UNEXCUSED_ABSENCE NIGHT person on=100", "", "" },
	{ "A16 found after midnight: yesterday", "UNEXCUSED_ABSENCE NIGHT person on=99", "", "" },
	{ "C2.4 long ago", "UNEXCUSED_ABSENCE NIGHT person on=-20000", "", "" },
	{ "C2.4 tomorrow", "UNEXCUSED_ABSENCE NIGHT person on=101", "finding.in_future", "/on" },
	{ "what is wrong by itself comes first", "UNEXCUSED_ABSENCE NIGHT unit on=101", "finding.person_required",
	  "/person_id" },
};

static void
test_notes(void)
{
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		Supervision__NoteFinding in = parse(notes[i].finding);
		const struct refusal *r = finding_refusal(&in, TODAY);

		check(strcmp(r ? r->code : "", notes[i].code) == 0, "note", notes[i].name);
		check(strcmp(r ? r->pointer : "", notes[i].pointer) == 0, "note, pointer", notes[i].name);
		check(!r || (r->status == 422 && r->detail[0]), "note, status and sentence", notes[i].name);
	}
}

static void
test_sha256(void)
{
	static const char hex[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852B855";

	check(finding_sha256_valid(hex), "sha256", "64 hexadecimal digits");
	check(!finding_sha256_valid(hex + 1), "sha256", "63");
	check(!finding_sha256_valid(""), "sha256", "none");
	check(!finding_sha256_valid("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550"), "sha256",
	      "65");
	check(!finding_sha256_valid("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), "sha256",
	      "a letter beyond f");
}

/* ---- C2.4: hearing may be skipped by policy */

static const struct { const char *name; bool required; int days, due; } hearings[] = {
	{ "shipped: invited, not required",     false, 7, 107 },
	{ "required",                           true, 7, 107 },
	{ "one day",                            true, 1, 101 },
	{ "no day is set",                      true, 0, -1 },
};

static const struct { const char *name; bool required, has_due; int due, today; bool open; } waits[] = {
	{ "skipped by policy",                  false, true, 107, 100, false },
	{ "required: before the day",           true, true, 107, 100, true },
	{ "required: on the day",               true, true, 107, 107, true },
	{ "required: the day is over",          true, true, 107, 108, false },
	{ "required, but no day was set",       true, false, 0, 100, false },
};

static void
test_hearing(void)
{
	for (size_t i = 0; i < sizeof(hearings) / sizeof(hearings[0]); i++) {
		Policy__Findings p = POLICY__FINDINGS__INIT;
		int32_t due = -1;

		p.hearing_required = hearings[i].required;
		p.hearing_due_days = hearings[i].days;
		check(finding_hearing_due(&p, TODAY, &due) == (hearings[i].due >= 0) && due == hearings[i].due,
		      "hearing", hearings[i].name);
	}
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		Policy__Findings p = POLICY__FINDINGS__INIT;

		p.hearing_required = waits[i].required;
		check(finding_hearing_open(&p, waits[i].has_due, waits[i].due, waits[i].today) == waits[i].open,
		      "hearing, wait", waits[i].name);
	}
	int32_t due;
	check(!finding_hearing_due(NULL, TODAY, &due) && !finding_hearing_open(NULL, true, 107, 100), "hearing",
	      "no policy is in force");
}

int
main(void)
{
	test_notes();
	test_sha256();
	test_hearing();
	return tally_end();
}

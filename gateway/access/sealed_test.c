/* sealed_test - what a client of the event stream never sees (C3.2.2), and that nothing else is taken from it. */
#include "access/sealed.h"
#include "accountability.pb-c.h"
#include "alerts.pb-c.h"
#include "bus/event_types.h"
#include "harness/tally.h"
#include "json/json_pb.h"
#include "supervision.pb-c.h"
#include <stdio.h>
#include <string.h>

#define FINDING(k) SUPERVISION__FINDING_KIND__##k
#define MEASURE(k) ACCOUNTABILITY__MEASURE_KIND__##k

/* As it would be told; *told NULL: it may not. */
static bool
is_sealed(const void *event, json_t **told)
{
	json_t *j = json_from_message(event);
	bool sealed = events_sealed(j);

	if (told && !sealed)
		*told = json_incref(j);
	json_decref(j);
	return sealed;
}

static const struct { Supervision__FindingKind kind; const char *name; bool sealed; } findings[] = {
	{ FINDING(UNEXCUSED_ABSENCE), "absence", false }, { FINDING(WRITTEN_CRITICISM), "criticism", false },
	{ FINDING(DUTY_FAILURE), "duty", false },
	{ FINDING(DISCIPLINE_VIOLATION), "C3.2.2 discipline", true }, { FINDING(FUND_MISUSE), "C3.2.2 funds", true },
};

static void
test_findings(void)
{
	for (size_t i = 0; i < sizeof(findings) / sizeof(findings[0]); i++) {
		Supervision__FindingFact fact = SUPERVISION__FINDING_FACT__INIT;
		Supervision__FindingNoted noted = SUPERVISION__FINDING_NOTED__INIT;
		Supervision__FindingConfirmed confirmed = SUPERVISION__FINDING_CONFIRMED__INIT;
		Supervision__FindingAnnulled annulled = SUPERVISION__FINDING_ANNULLED__INIT;
		Supervision__FindingDismissed dismissed = SUPERVISION__FINDING_DISMISSED__INIT;
		Supervision__HearingMissed missed = SUPERVISION__HEARING_MISSED__INIT;
		fact.kind = dismissed.kind = missed.kind = findings[i].kind;
		noted.finding = confirmed.finding = annulled.finding = &fact;
		check(is_sealed(&noted, NULL) == findings[i].sealed, "noted", findings[i].name);
		check(is_sealed(&confirmed, NULL) == findings[i].sealed, "confirmed", findings[i].name);
		check(is_sealed(&annulled, NULL) == findings[i].sealed, "annulled", findings[i].name);
		check(is_sealed(&dismissed, NULL) == findings[i].sealed, "dismissed", findings[i].name);
		check(is_sealed(&missed, NULL) == findings[i].sealed, "a hearing missed", findings[i].name);
	}
}

/* One letter a change: r a referral, s a stipend cancelled, i an interview. */
static const struct { const char *changes, *told; bool sealed; const char *finding; } cases[] = {
	{ "s", "s", false, "F1" }, { "si", "si", false, "F1" },
	{ "r", "", true, "" }, { "rr", "", true, "" },
	{ "sr", "s", false, "" }, { "rs", "s", false, "" }, { "rsrir", "si", false, "" },
	{ "", "", false, "F1" },
};

static void
test_measures(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		Accountability__MeasuresChanged e = ACCOUNTABILITY__MEASURES_CHANGED__INIT;
		Accountability__MeasureChange changes[8], *at[8];
		Accountability__Measure measures[8];
		char told[9] = "";
		json_t *said = NULL;
		e.finding_id = (char *)"F1";
		e.changes = at;
		e.n_changes = strlen(cases[i].changes);
		for (size_t k = 0; k < e.n_changes; k++) {
			char c = cases[i].changes[k];
			measures[k] = (Accountability__Measure)ACCOUNTABILITY__MEASURE__INIT;
			changes[k] = (Accountability__MeasureChange)ACCOUNTABILITY__MEASURE_CHANGE__INIT;
			measures[k].kind = c == 'r'   ? MEASURE(REFERRAL)
			                   : c == 's' ? MEASURE(STIPEND_CANCELLED)
			                              : MEASURE(INTERVIEW);
			changes[k].measure = &measures[k];
			at[k] = &changes[k];
		}
		check(is_sealed(&e, &said) == cases[i].sealed, "C3.2.2 sealed", cases[i].changes);
		const json_t *left = json_object_get(said, "changes");
		for (size_t k = 0; k < json_array_size(left); k++)
			told[k] = *json_string_value(
				json_object_get(json_object_get(json_array_get(left, k), "measure"), "kind"));
		check(strcmp(told, cases[i].told) == 0, "C3.2.2 the rest is told, in order", cases[i].changes);
		check(!said || strcmp(json_string_value(json_object_get(said, "finding_id")), cases[i].finding) == 0,
		      "C3.2.2 and not what it came from", cases[i].changes);
		json_decref(said);
	}
}

/* Its service says which case a message is of. */
static void
test_messages(void)
{
	Alerts__AlertQueued queued = ALERTS__ALERT_QUEUED__INIT;
	Alerts__AlertSent sent = ALERTS__ALERT_SENT__INIT;
	Alerts__AlertFailed failed_one = ALERTS__ALERT_FAILED__INIT;

	check(!is_sealed(&queued, NULL) && !is_sealed(&sent, NULL) && !is_sealed(&failed_one, NULL), "messages", "");
	queued.sealed = sent.sealed = failed_one.sealed = true;
	check(is_sealed(&queued, NULL) && is_sealed(&sent, NULL) && is_sealed(&failed_one, NULL),
	      "C3.2.2 messages of a sealed case", "");
}

/* A list made at build: it must not have come out empty, and knows what it should not. */
static void
test_types(void)
{
	check(event_list_len > 20, "the list of events is there", "");
	check(event_type_of("supervision.FindingConfirmed") && event_type_of("supervision.FindingConfirmed")->message ==
	                                                               &supervision__finding_confirmed__descriptor,
	      "an event", "");
	check(!event_type_of("supervision.ConfirmFinding") && !event_type_of("roster.PutPerson"), "an order is none",
	      "");
	check(!event_type_of("") && !event_type_of("roster.Nonsense"), "nor what there is not", "");
}

int
main(void)
{
	test_findings();
	test_measures();
	test_messages();
	test_types();
	return tally_end();
}

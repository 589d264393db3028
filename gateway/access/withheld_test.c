/* withheld_test - what an answer keeps from whom, by a member's name (api.md "Phones, and where something came from").
 *
 * How: answers as they would go out, told to callers of each kind; what is left of them. */
#include "access/withheld.h"
#include "harness/tally.h"
#include <stdio.h>
#include <string.h>

#define R(role) WIRE__ACCOUNT_ROLE__##role

enum who { OPERATOR_HIMSELF, ADMIN, REVIEWER, AUDITOR, CADRE, HEAD, REVIEWER_AND_CADRE, FINANCE_AND_CADRE };

static struct identity
caller(enum who who)
{
	static const Wire__AccountRole roles[][2] = {
		[ADMIN] = { R(DISTRICT_ADMIN) }, [REVIEWER] = { R(REVIEWER) }, [AUDITOR] = { R(AUDITOR) },
		[CADRE] = { R(CADRE) }, [HEAD] = { R(UNIT_HEAD) },
		[REVIEWER_AND_CADRE] = { R(REVIEWER), R(CADRE) }, [FINANCE_AND_CADRE] = { R(FINANCE), R(CADRE) },
	};
	struct identity k = { .account = "a", .district = "511703", .person = "p1", .unit = "u1" };

	if (who == OPERATOR_HIMSELF) {
		identity_operator(&k);
		return k;
	}
	memcpy(k.roles, roles[who], sizeof(roles[who]));
	k.nroles = roles[who][1] ? 2 : 1;
	return k;
}

/* The case sheet's row: reviewers, auditors and administrators see all of them, finance none, limited roles their
 * own. */
static const struct route row = {
	.who = WHO_OPERATOR | ROLE(DISTRICT_ADMIN) | ROLE(REVIEWER) | ROLE(AUDITOR) | WHO_LIMITED,
	.about = ABOUT_ANSWER,
};

#define FACTS \
	"{\"id\":\"m\",\"facts\":[{\"finding_id\":\"F\",\"source\":\"hotline\",\"state\":\"confirmed\"," \
	"\"note\":\"n\",\"noted_by\":\"a\",\"noted_by_person\":\"p\",\"complaint_id\":\"H\",\"inspection_id\":\"I\"}]}"
#define FACTS_LEFT "{\"id\":\"m\",\"facts\":[{\"finding_id\":\"F\",\"state\":\"confirmed\"}]}"
#define PERSONS \
	"{\"items\":[{\"id\":\"p1\",\"phone\":\"13812345678\",\"unit_id\":\"u1\"}," \
	"{\"id\":\"p2\",\"phone\":\"+86 138 1234 5679\",\"unit_id\":\"u1\"}]}"
#define PERSONS_OWN \
	"{\"items\":[{\"id\":\"p1\",\"phone\":\"13812345678\",\"unit_id\":\"u1\"}," \
	"{\"id\":\"p2\",\"phone\":\"138****5679\",\"unit_id\":\"u1\"}]}"

static const struct { const char *what; enum who who; const char *in, *out; } cases[] = {
	{ "the operator sees where it came from", OPERATOR_HIMSELF, FACTS, FACTS },
	{ "and who works on cases", REVIEWER, FACTS, FACTS },
	{ "and an auditor", AUDITOR, FACTS, FACTS },
	{ "whom it is about does not", CADRE, FACTS, FACTS_LEFT },
	{ "nor the head", HEAD, FACTS, FACTS_LEFT },
	{ "who sees it for another role's sake does", REVIEWER_AND_CADRE, FACTS, FACTS },
	{ "a role that the row does not know changes nothing", FINANCE_AND_CADRE, FACTS, FACTS_LEFT },
	{ "of one that is no hotline's too", CADRE, "{\"facts\":[{\"source\":\"night\"}]}", "{\"facts\":[{}]}" },
	{ "of the thing itself too", CADRE, "{\"id\":\"F\",\"source\":\"covert\",\"note\":\"\"}", "{\"id\":\"F\"}" },
	{ "a phone is whole for the operator", OPERATOR_HIMSELF, PERSONS, PERSONS },
	{ "and for administrators", ADMIN, PERSONS, PERSONS },
	{ "for others but one's own", REVIEWER, PERSONS, PERSONS_OWN },
	{ "for limited ones too", HEAD, PERSONS, PERSONS_OWN },
	{ "alone as in a list", AUDITOR, "{\"id\":\"p2\",\"phone\":\"0818-5102399\",\"unit_id\":\"u1\"}",
	  "{\"id\":\"p2\",\"phone\":\"081****2399\",\"unit_id\":\"u1\"}" },
	{ "an account's by whose it is", AUDITOR, "{\"id\":\"x\",\"person_id\":\"p1\",\"phone\":\"13812345678\"}",
	  "{\"id\":\"x\",\"person_id\":\"p1\",\"phone\":\"13812345678\"}" },
	{ "not by its own id", AUDITOR, "{\"id\":\"p1\",\"person_id\":\"p2\",\"phone\":\"13812345678\"}",
	  "{\"id\":\"p1\",\"person_id\":\"p2\",\"phone\":\"138****5678\"}" },
	{ "nor when it is nobody's", AUDITOR, "{\"id\":\"p1\",\"phone\":\"13812345678\"}",
	  "{\"id\":\"p1\",\"phone\":\"138****5678\"}" },
	{ "at any depth", AUDITOR, "{\"a\":{\"b\":[[{\"phone\":\"13812345678\"}]]}}",
	  "{\"a\":{\"b\":[[{\"phone\":\"138****5678\"}]]}}" },
	{ "what is masked stays as it is", AUDITOR, "{\"person_id\":\"p2\",\"phone\":\"138****5678\"}",
	  "{\"person_id\":\"p2\",\"phone\":\"138****5678\"}" },
	{ "none is none", AUDITOR, "{\"person_id\":\"p2\",\"phone\":\"\"}", "{\"person_id\":\"p2\",\"phone\":\"\"}" },
};

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *j = json_loads(cases[i].in, 0, NULL), *want = json_loads(cases[i].out, 0, NULL);
		struct identity who = caller(cases[i].who);
		withheld_take(j, &who, &row);
		char *text = json_dumps(j, JSON_COMPACT);
		check(j && want && json_equal(j, want), cases[i].what, text);
		free(text);
		json_decref(j);
		json_decref(want);
	}
	json_t *asked = json_loads("{\"phone\":\"13812345678\"}", 0, NULL);
	struct identity reviewer = caller(REVIEWER);
	const struct route reveals = { .who = row.who, .flags = ROUTE_PHONE_WHOLE };
	withheld_take(asked, &reviewer, &reveals);
	check_text(json_string_value(json_object_get(asked, "phone")), "13812345678",
		   "one that was asked for is whole");
	json_decref(asked);
	return tally_end();
}

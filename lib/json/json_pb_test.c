/* How it tests: a table of bodies over the real messages.  Each row says what comes of the body: the same message as
 * JSON again (sorted, after a trip through the wire format), or the faults, as "pointer code" in the order of their
 * finding.  What refuses is packed too: a half-filled message must be safe to hold.  Further tables for texts, enums,
 * answers.
 *
 * ' stands for " in JSON here: quoted() on the way in, same() on the way out. */
#include "json/json_pb.h"
#include "accountability.pb-c.h"
#include "attendance.pb-c.h"
#include "common.pb-c.h"
#include "engine.pb-c.h"
#include "funding.pb-c.h"
#include "harness/tally.h"
#include "policy.pb-c.h"
#include "roster.pb-c.h"
#include "supervision.pb-c.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *
quoted(arena_t *a, const char *json)
{
	char *text = arena_strdup(a, json);
	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	return text;
}

static bool
is_same(const char *want, const char *got)
{
	while (*want && *got == (*want == '\'' ? '"' : *want)) {
		want++;
		got++;
	}
	return *want == *got;
}

static void
same(const char *what, const char *want, const char *got)
{
	checkf(is_same(want, got), what, "\n  want %s\n  got  %s", want, got);
}

static char *
dumped(json_t *j, arena_t *a, size_t flags)
{
	char *text = json_dumps(j, JSON_COMPACT | flags), *copy = arena_strdup(a, text ? text : "(not JSON)");
	free(text);
	json_decref(j);
	return copy;
}

static ProtobufCMessage *
over_the_wire(const ProtobufCMessage *m, arena_t *a)
{
	size_t len = protobuf_c_message_get_packed_size(m);
	uint8_t *bytes = arena_alloc(a, len + 1);
	protobuf_c_message_pack(m, bytes);
	return protobuf_c_message_unpack(m->descriptor, arena_pb(a), len, bytes);
}

/* "code: pointer code, …" */
static char *
problem_text(const Wire__Problem *p, arena_t *a)
{
	char *text = arena_printf(a, "%d %s:", p->status, p->code);
	for (size_t i = 0; i < p->n_errors; i++)
		text = arena_printf(a, "%s %s %s%s", text, p->errors[i]->pointer, p->errors[i]->code,
		                    i + 1 < p->n_errors ? "," : "");
	return text;
}

static const char *
outcome(json_t *j, const ProtobufCMessageDescriptor *d, const char *hidden, arena_t *a)
{
	ProtobufCMessage *m;
	Wire__Problem *problem;

	bool ok = json_to_message(j, d, hidden, a, &m, &problem);
	ProtobufCMessage *arrived = over_the_wire(m, a);
	if (!arrived)
		return "(cannot be unpacked)";
	if (ok != !problem)
		return "(answer and problem disagree)";
	return ok ? dumped(json_from_message(arrived), a, JSON_SORT_KEYS) : problem_text(problem, a);
}

#define VILLAGE &roster__put_village__descriptor
#define POSTING &roster__put_posting__descriptor
#define FINDING &supervision__note_finding__descriptor
#define CHECKIN &attendance__record_checkin__descriptor
#define PUBLISH &roster__publish_policy__descriptor
#define POLICY &policy__policy__descriptor
#define DISTRICT &roster__put_district__descriptor
#define COMMAND &wire__command__descriptor
#define HEAD &wire__head__descriptor
#define HELLO &wire__hello__descriptor
#define SAME NULL

#define V4 "{'id':'v1','kind':'poor','name':'\xe5\xbc\xa0\xe5\xae\xb6\xe5\x9d\xaa','township_id':'t1'"
#define P5 "'id':'p1','person_id':'x','role':'first_secretary','village_id':'v1'}"
#define F3 "'kind':'unexcused_absence','on':'2017-09-08'"
#define C3 "'captured_at':'2017-09-08T08:30:00+08:00'"
#define PUB(patch) "{'effective_from':'2018-01-01','patch':" patch ",'version':'v2'}"

static const struct {
	const char *what;
	const ProtobufCMessageDescriptor *d;
	const char *hidden, *body, *want;
} bodies[] = {
	/* what passes */
	{ "village", VILLAGE, NULL, V4 "}", SAME },
	{ "village, hidden id", VILLAGE, "id", "{'kind':'non_poor','name':'n','township_id':'t1'}",
	  "{'id':'','kind':'non_poor','name':'n','township_id':'t1'}" },
	{ "integers are reals too", VILLAGE, NULL,
	  "{'fence':{'lat':31,'lon':107.25,'radius_m':500},'id':'v','kind':'poor','name':'n','township_id':'t'}",
	  "{'fence':{'lat':31.0,'lon':107.25,'radius_m':500.0},'id':'v','kind':'poor','name':'n','township_id':'t'}" },
	{ "empty strings are for services to judge", VILLAGE, NULL,
	  "{'id':'','kind':'poor','name':'','township_id':''}", SAME },
	{ "tab and newline", VILLAGE, NULL, "{'id':'v','kind':'poor','name':'a\\tb\\nc','township_id':'t'}", SAME },
	{ "dates lose _day", POSTING, NULL, "{'from':'2017-09-08'," P5, SAME },
	{ "optional dates", POSTING, NULL,
	  "{'from':'2016-02-29','term_from':'0001-01-01','term_to':'9999-12-31','to':'1969-12-31',"
	  P5, "{'from':'2016-02-29','id':'p1','person_id':'x','role':'first_secretary','term_from':'0001-01-01',"
	  "'term_to':'9999-12-31','to':'1969-12-31','village_id':'v1'}" },
	{ "absent list is empty", FINDING, NULL, "{" F3 ",'source':'covert'}",
	  "{'evidence':[]," F3 ",'source':'covert'}" },
	{ "optional false stays", FINDING, NULL, "{'confirm':false," F3 ",'major':true,'source':'night'}",
	  "{'confirm':false,'evidence':[],'kind':'unexcused_absence','major':true,'on':'2017-09-08',"
	  "'source':'night'}" },
	{ "list of messages", FINDING, NULL, "{'evidence':[{'name':'a','sha256':'00'},{'name':'b','sha256':'ff'}],"
	  F3 ",'source':'hotline'}", SAME },
	{ "instants lose _us", CHECKIN, NULL, "{" C3 ",'person_id':'x','village_id':'v'}", SAME },
	{ "another offset is the same instant", CHECKIN, NULL,
	  "{'captured_at':'2017-09-08T00:30:00Z','person_id':'x','village_id':'v'}",
	  "{" C3 ",'person_id':'x','village_id':'v'}" },
	{ "optional zeroes stay", CHECKIN, NULL, "{'accuracy_m':0.0," C3 ",'datum':'wgs84','lat':0.0,'lon':0.0,"
	  "'person_id':'x','village_id':'v'}", SAME },
	{ "reals keep their digits", CHECKIN, NULL,
	  "{" C3 ",'lat':0.10000000000000001,'lon':-1e-300,'person_id':'x','village_id':'v'}", SAME },
	{ "a patch keeps its nulls", PUBLISH, NULL, PUB("{'a':null,'b':[null,1,'x']}"), SAME },
	{ "a patch is sorted", PUBLISH, NULL, PUB("{'b':{'z':1,'y':2},'a':1.5}"), PUB("{'a':1.5,'b':{'y':2,'z':1}}") },
	{ "free JSON may be a string", PUBLISH, NULL, PUB("'x'"), SAME },
	{ "free JSON may be null", PUBLISH, NULL, PUB("null"), SAME },
	{ "free JSON, 32 deep", PUBLISH, NULL, PUB("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
	  SAME },
	{ "bytes are hex", COMMAND, "district type account key trace refusal actor known known_tags",
	  "{'data':'00ff7e','fingerprint':''}",
	  "{'account':'','data':'00ff7e','district':'','fingerprint':'','key':'','known':'','known_tags':[],'trace':'',"
	  "'type':''}" },
	{ "list of integers", HELLO, "lane", "{'instance':'i','partitions':[0,-1,63],'service':'s'}",
	  "{'instance':'i','lane':'writer','partitions':[0,-1,63],'service':'s'}" },
	{ "integers at their ends", HEAD, "lane service replica",
	  "{'id':9223372036854775807,'kind':'read','partition':-2147483648,"
	  "'wait_ms':-9223372036854775808}", "{'id':9223372036854775807,'kind':'read','lane':'writer',"
	  "'partition':-2147483648,'replica':'','service':'','wait_ms':-9223372036854775808}" },
	{ "list of texts", &accountability__verdict__descriptor, NULL, "{'eligible':false,'reasons':['a','','b']}",
	  SAME },
	{ "nothing asked, nothing given", &common__empty__descriptor, NULL, "{}", SAME },
	{ "optional only", &common__reason__descriptor, NULL, "{}", SAME },
	{ "optional empty text stays", &common__reason__descriptor, NULL, "{'reason':''}", SAME },

	/* the object */
	{ "no object", VILLAGE, NULL, "[]", "422 json.type:  json.type" },
	{ "null for all", VILLAGE, NULL, "null", "422 json.null:  json.null" },
	{ "nothing there", VILLAGE, NULL, "{}",
	  "422 json.missing: /id json.missing, /name json.missing, /township_id json.missing, /kind json.missing" },
	{ "unknown", VILLAGE, NULL, V4 ",'x':1}", "422 json.unknown_field: /x json.unknown_field" },
	{ "unknown null", VILLAGE, NULL, V4 ",'x':null}", "422 json.unknown_field: /x json.unknown_field" },
	{ "hidden is unknown", VILLAGE, "id", V4 "}", "422 json.unknown_field: /id json.unknown_field" },
	{ "two hidden", VILLAGE, "name id", V4 "}",
	  "422 json.unknown_field: /id json.unknown_field, /name json.unknown_field" },
	{ "hidden by its JSON name", POSTING, "from id", "{'from':'2017-09-08'," P5,
	  "422 json.unknown_field: /from json.unknown_field, /id json.unknown_field" },
	{ "hidden holds at the top only", DISTRICT, "id name", "{'areas':[{'id':'a','name':'b'}]}",
	  "{'areas':[{'id':'a','name':'b'}],'name':''}" },
	{ "the wire's name is not JSON's", POSTING, NULL, "{'from_day':1," P5,
	  "422 json.invalid: /from_day json.unknown_field, /from json.missing" },
	{ "half a name", VILLAGE, NULL, V4 ",'fen':1,'':2}",
	  "422 json.unknown_field: /fen json.unknown_field, / json.unknown_field" },
	{ "pointers are escaped", VILLAGE, NULL, V4 ",'a/b~c~1':1}",
	  "422 json.unknown_field: /a~1b~0c~01 json.unknown_field" },
	{ "faults of two kinds", VILLAGE, NULL, "{'id':7,'name':'n','township_id':'t'}",
	  "422 json.invalid: /id json.type, /kind json.missing" },

	/* values */
	{ "null", VILLAGE, "kind", "{'id':'v','name':null,'township_id':'t'}", "422 json.null: /name json.null" },
	{ "null where optional", VILLAGE, NULL, V4 ",'fence':null}", "422 json.null: /fence json.null" },
	{ "null for a list", FINDING, NULL, "{'evidence':null," F3 ",'source':'covert'}",
	  "422 json.null: /evidence json.null" },
	{ "null in a list", FINDING, NULL, "{'evidence':[null]," F3 ",'source':'covert'}",
	  "422 json.null: /evidence/0 json.null" },
	{ "object for a list", FINDING, NULL, "{'evidence':{}," F3 ",'source':'covert'}",
	  "422 json.type: /evidence json.type" },
	{ "inside the list", FINDING, NULL,
	  "{'evidence':[{'name':'a','sha256':'0'},{'name':1,'x/y':2}]," F3 ",'source':'covert'}",
	  "422 json.invalid: /evidence/1/name json.type, /evidence/1/x~1y json.unknown_field, /evidence/1/sha256 "
	  "json.missing" },
	{ "list for a value", VILLAGE, "kind", "{'id':['v'],'name':'n','township_id':'t'}",
	  "422 json.type: /id json.type" },
	{ "text for a message", VILLAGE, NULL, V4 ",'fence':'x'}", "422 json.type: /fence json.type" },
	{ "unknown enum", VILLAGE, NULL, "{'id':'v','kind':'rich','name':'n','township_id':'t'}",
	  "422 json.value: /kind json.value" },
	{ "enum in capitals", VILLAGE, NULL, "{'id':'v','kind':'POOR','name':'n','township_id':'t'}",
	  "422 json.value: /kind json.value" },
	{ "zero of an enum", VILLAGE, NULL, "{'id':'v','kind':'village_kind_unspecified','name':'n','township_id':'t'}",
	  "422 json.value: /kind json.value" },
	{ "enum as a number", VILLAGE, NULL, "{'id':'v','kind':1,'name':'n','township_id':'t'}",
	  "422 json.type: /kind json.type" },
	{ "day of no month", POSTING, NULL, "{'from':'2017-02-29'," P5, "422 json.value: /from json.value" },
	{ "day as a number", POSTING, NULL, "{'from':17417," P5, "422 json.type: /from json.type" },
	{ "no instant", CHECKIN, "person_id village_id", "{'captured_at':'2017-09-08 08:30'}",
	  "422 json.value: /captured_at json.value" },
	{ "instant beyond our calendar", CHECKIN, "person_id village_id", "{'captured_at':'9999-12-31T16:00:00Z'}",
	  "422 json.range: /captured_at json.range" },
	{ "text for a real", CHECKIN, "person_id village_id", "{" C3 ",'lat':'31'}", "422 json.type: /lat json.type" },
	{ "text for a bool", FINDING, NULL, "{" F3 ",'major':'true','source':'covert'}",
	  "422 json.type: /major json.type" },
	{ "number for a bool", FINDING, NULL, "{" F3 ",'major':1,'source':'covert'}",
	  "422 json.type: /major json.type" },
	{ "a real is no integer", &policy__checkin__descriptor, NULL, "{'late_days_max':1.0,'mode':'off'}",
	  "422 json.type: /late_days_max json.type" },
	{ "one above int32", &policy__checkin__descriptor, NULL, "{'late_days_max':2147483648,'mode':'off'}",
	  "422 json.range: /late_days_max json.range" },
	{ "one below int32", &policy__checkin__descriptor, NULL, "{'late_days_max':-2147483649,'mode':'off'}",
	  "422 json.range: /late_days_max json.range" },
	{ "money is no real", &funding__money_line__descriptor, NULL,
	  "{'account':'a','fen':100.0,'valid_on':'2017-09-08'}", "422 json.type: /fen json.type" },
	{ "below unsigned", HEAD, "kind service partition lane wait_ms replica", "{'id':-1}",
	  "422 json.range: /id json.range" },
	{ "control character", VILLAGE, "id kind", "{'name':'a\\u001b[1m','township_id':'t'}",
	  "422 json.text: /name json.text" },
	{ "carriage return, delete", VILLAGE, "id kind", "{'name':'a\\r','township_id':'t\\u007f'}",
	  "422 json.text: /name json.text, /township_id json.text" },
	{ "half a byte", COMMAND, "district type account key trace refusal actor known known_tags",
	  "{'data':'0','fingerprint':'0G'}",
	  "422 json.value: /data json.value, /fingerprint json.value" },
	{ "hex in capitals", COMMAND, "district type account key trace refusal actor known known_tags",
	  "{'data':'FF','fingerprint':''}",
	  "422 json.value: /data json.value" },
	{ "free JSON, 33 deep", PUBLISH,
	  NULL, PUB("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
	  "422 json.range: /patch json.range" },
	{ "integer in a list", HELLO, "lane", "{'instance':'i','partitions':[0,'1',2],'service':'s'}",
	  "422 json.type: /partitions/1 json.type" },
	{ "too many to tell", HELLO, "lane",
	  "{'instance':'i','partitions':[0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5],'x':1}",
	  "422 json.type: /partitions/0 json.type, /partitions/1 json.type, /partitions/2 json.type, /partitions/3 "
	  "json.type, "
	  "/partitions/4 json.type, /partitions/5 json.type, /partitions/6 json.type, /partitions/7 json.type, "
	  "/partitions/8 json.type, "
	  "/partitions/9 json.type, /partitions/10 json.type, /partitions/11 json.type, /partitions/12 json.type, "
	  "/partitions/13 json.type, /partitions/14 json.type, /partitions/15 json.type" },
};

static void
try_bodies(arena_t *a)
{
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		arena_reset(a);
		json_t *j = json_loads(quoted(a, bodies[i].body), JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
		same(bodies[i].what, bodies[i].want ? bodies[i].want : bodies[i].body,
		      j ? outcome(j, bodies[i].d, bodies[i].hidden, a) : "(test is no JSON)");
		json_decref(j);
	}
}

/* What a C string in a table cannot say. */
static void
try_long_and_odd_texts(arena_t *a)
{
	char *longest = arena_alloc(a, JSON_TEXT_MAX + 2), *name = arena_alloc(a, 200);
	memset(longest, 'x', JSON_TEXT_MAX);
	memset(name, 'n', 199);

	json_t *j = json_pack("{s:s}", "reason", longest);
	same("longest text", arena_printf(a, "{'reason':'%s'}", longest), outcome(j, &common__reason__descriptor,
	      NULL, a));
	json_decref(j);

	longest[JSON_TEXT_MAX] = 'x';
	j = json_pack("{s:s}", "reason", longest);
	same("one byte too long", "422 json.text: /reason json.text", outcome(j, &common__reason__descriptor,
	      NULL, a));
	json_decref(j);

	j = json_loads("{\"reason\":\"a\\u0000b\"}", JSON_ALLOW_NUL, NULL);
	same("NUL", "422 json.text: /reason json.text", outcome(j, &common__reason__descriptor, NULL, a));
	json_decref(j);

	j = json_pack("{s:[{s:i}]}", "areas", name, 1);
	same("a long name is not repeated",
	      "422 json.invalid: /areas/0 json.unknown_field, /areas/0/id json.missing, "
	      "/areas/0/name json.missing", outcome(j, DISTRICT, "name", a));
	json_decref(j);
}

/* A body that is an answer, changed: what the message has not is put beside it, of the answer's type; what neither has
 * is unknown. */
static void
try_known(arena_t *a)
{
	static const struct { const char *what, *body, *want; } cases[] = {
		{ "nothing beside it", "{'name':'n','area_id':'a'}", "{} of 0" },
		{ "a hidden member", "{'name':'n','area_id':'a','id':'t'}", "{'id':'t'} of 1" },
		{ "one of the wrong type", "{'name':'n','area_id':'a','id':1}", "422 json.type: /id json.type" },
		{ "null", "{'name':'n','area_id':'a','id':null}", "422 json.null: /id json.null" },
		{ "one that was taken before unseen characters were refused",
		  "{'name':'n','area_id':'a','id':'\\u200bt'}", "{'id':'\u200bt'} of 1" },
		{ "an unseen character behind it", "{'id':'\\u200bt','name':'n\\u200b','area_id':'a'}",
		  "422 json.text: /name json.text" },
		{ "one that never was taken", "{'name':'n','area_id':'a','id':'\\u0007'}",
		  "422 json.text: /id json.text" },
		{ "one that no answer has", "{'name':'n','area_id':'a','ids':'t'}",
		  "422 json.unknown_field: /ids json.unknown_field" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_known known = { .of = &roster__township__descriptor };
		json_t *j = json_loads(quoted(a, cases[i].body), 0, NULL);
		ProtobufCMessage *m;
		Wire__Problem *p;
		bool ok = json_to_message_known(j, &roster__put_township__descriptor, "id", a, &known, &m, &p);
		json_t *beside = json_object(), *said = ok ? json_from_message(known.m) : json_object();
		for (size_t k = 0; k < known.n; k++) {
			const char *name = protobuf_c_message_descriptor_get_field(known.of, known.tags[k])->name;
			json_object_set(beside, name, json_object_get(said, name));
		}
		char *text = json_dumps(beside, JSON_COMPACT);
		same(cases[i].what, cases[i].want,
		     ok ? arena_printf(a, "%s of %zu", text, known.n) : problem_text(p, a));
		free(text);
		json_decref(beside);
		json_decref(said);
		json_decref(j);
	}
}

static void
try_known_equal(arena_t *a)
{
	static const uint32_t reason_and_term[] = { 9, 10 }, to[] = { 6 };
	Roster__Posting one = ROSTER__POSTING__INIT, two = ROSTER__POSTING__INIT;

	one.id = (char *)"1";
	two.id = (char *)"2";
	one.reason = two.reason = ROSTER__POSTING_REASON__APPOINTED;
	one.term = two.term = 2;
	same("others do not matter", "equal",
	     json_known_equal(&one.base, &two.base, reason_and_term, 2, a) ? "equal" : "not");
	two.term = 3;
	same("a number", "not", json_known_equal(&one.base, &two.base, reason_and_term, 2, a) ? "equal" : "not");
	same("nothing asked", "equal", json_known_equal(&one.base, &two.base, NULL, 0, a) ? "equal" : "not");
	same("both absent", "equal", json_known_equal(&one.base, &two.base, to, 1, a) ? "equal" : "not");
	one.maybe_to_case = ROSTER__POSTING__MAYBE_TO_TO_DAY;
	same("one absent", "not", json_known_equal(&one.base, &two.base, to, 1, a) ? "equal" : "not");
}

/* The message holds what could be read although something could not. */
static void
try_fill_goes_on(arena_t *a)
{
	ProtobufCMessage *m;
	Wire__Problem *problem;
	json_t *j = json_loads(quoted(a, "{'x':1,'areas':[7,{'id':'a'},{'id':'b','name':'B'}],'name':'n'}"), 0, NULL);

	bool ok = json_to_message(j, DISTRICT, NULL, a, &m, &problem);
	same("fill goes on, refused", "no", ok ? "yes" : "no");
	same("fill goes on", "{'name':'n','areas':[{'id':'a','name':''},{'id':'b','name':'B'}]}",
	      dumped(json_from_message(m), a, 0));
	json_decref(j);
}

/* Once the problem is full, a list takes no more: what a hostile body makes us hold stays small. */
static void
try_lists_stop(arena_t *a)
{
	ProtobufCMessage *m;
	Wire__Problem *problem;
	json_t *j = json_pack("{s:[]}", "partitions");

	for (int i = 0; i < JSON_ERRORS_MAX + 100; i++)
		json_array_append_new(json_object_get(j, "partitions"),
		                      i == 0 || i > JSON_ERRORS_MAX ? json_integer(i) : json_null());
	bool ok = json_to_message(j, HELLO, "lane service instance", a, &m, &problem);
	same("lists stop, refused", "no", ok ? "yes" : "no");
	same("and it is said that there is more", "yes",
	     strstr(problem->detail, " The first 16 faults are listed; there may be more.") ? "yes" : "no");
	same("lists stop", "{'service':'','instance':'','lane':'writer','partitions':[0]}",
	      dumped(json_from_message(m), a, 0));
	json_decref(j);
}

/* A piece of the policy, four messages deep; members come out in the order of their tags, which is the order written
 * here. */
#define LADDER(extra) "{'rungs':[{'rung':1,'clause':'C3.1','reason':{'zh':'\xe4\xb8\x80','en':'one'},'measures':[" \
	"{'kind':'stipend_cancelled','span':'month_of_absence'}," \
	"{'kind':'promotion_freeze','span':'months_from_decision','months':12" extra "}]}]}"

static const struct { const char *approval, *want, *ladder, *fault; } policies[] = {
	{ "'four_eyes'", SAME, LADDER(""), NULL },
	{ "{'default':'four_eyes','award_ban':'automatic'}",
	  "{'award_ban':'automatic','default':'four_eyes'}", LADDER(""), NULL },
	{ "null", SAME, LADDER(",'days':1"), "/absence_ladder/rungs/0/measures/1/days json.unknown_field" },
};

/* Only these two members are given, so the rest is missing: what the policy asks for besides may grow without changing
 * this. */
static void
try_policy(arena_t *a)
{
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		ProtobufCMessage *m;
		Wire__Problem *problem;
		const char *approval = policies[i].approval, *fault = policies[i].fault;
		char *body = arena_printf(a, "{'approval':%s,'absence_ladder':%s}", approval, policies[i].ladder);
		json_t *j = json_loads(quoted(a, body), 0, NULL);
		bool ok = json_to_message(j, POLICY, NULL, a, &m, &problem);
		const Policy__Policy *p = (const Policy__Policy *)m;
		json_decref(j);
		same("a policy of two members", "no", ok ? "yes" : "no");
		same("approval", policies[i].want ? policies[i].want : approval, p->approval_json);
		if (!fault)
			same("ladder", policies[i].ladder,
	      dumped(json_from_message(&p->absence_ladder->base), a, 0));
		same("first fault", fault ? fault : "/hold json.missing",
		      ok ? "none" : arena_printf(a, "%s %s", problem->errors[0]->pointer, problem->errors[0]->code));
	}
}

#define AT(d, name, text, want) { &d##__descriptor, name, text, want }
static const struct {
	const ProtobufCMessageDescriptor *d;
	const char *name, *text, *want;         /* want: the message's JSON, NULL when refused */
} texts[] = {
	AT(common__page, "limit", "50", "{'limit':50}"),
	AT(common__page, "limit", "0", "{'limit':0}"),
	AT(common__page, "limit", "-7", "{'limit':-7}"),
	AT(common__page, "limit", "2147483647", "{'limit':2147483647}"),
	AT(common__page, "limit", "2147483648", NULL),
	AT(common__page, "limit", "99999999999999999999", NULL),
	AT(common__page, "limit", "", NULL),
	AT(common__page, "limit", "+5", NULL),
	AT(common__page, "limit", "007", NULL),
	AT(common__page, "limit", " 5", NULL),
	AT(common__page, "limit", "5 ", NULL),
	AT(common__page, "limit", "5x", NULL),
	AT(common__page, "limit", "0x5", NULL),
	AT(common__page, "limit", "5.0", NULL),
	AT(common__page, "limit", "5e1", NULL),
	AT(common__page, "limit", "null", NULL),
	AT(common__page, "cursor", "a b", "{'cursor':'a b'}"),
	AT(common__page, "cursor", "", "{'cursor':''}"),
	AT(common__page, "cursor", "a\001b", NULL),
	AT(common__page, "cursor", "a\xff", NULL),
	AT(common__page, "cursor", "a\xc0\x80", NULL),
	AT(common__page, "offset", "1", NULL),
	AT(common__by_id_on_day, "id", "x.1", "{'id':'x.1'}"),
	AT(common__by_id_on_day, "on", "2017-09-08", "{'id':'','on':'2017-09-08'}"),
	AT(common__by_id_on_day, "on", "2017-9-8", NULL),
	AT(common__by_id_on_day, "on", "17417", NULL),
	AT(common__by_id_on_day, "on_day", "2017-09-08", NULL),
	AT(roster__list_villages, "kind", "non_poor", "{'kind':'non_poor'}"),
	AT(roster__list_villages, "kind", "NON_POOR", NULL),
	AT(roster__list_villages, "kind", "2", NULL),
	AT(roster__list_villages, "kind", "village_kind_unspecified", NULL),
	AT(attendance__checkin, "result", "", NULL),
	AT(attendance__record_checkin, "lat", "31.5",
	  "{'person_id':'','village_id':'','captured_at':'1970-01-01T08:00:00+08:00','lat':31.5}"),
	AT(attendance__record_checkin, "lat", "31",
	  "{'person_id':'','village_id':'','captured_at':'1970-01-01T08:00:00+08:00','lat':31.0}"),
	AT(attendance__record_checkin, "lat", "nan", NULL),
	AT(attendance__record_checkin, "lat", "1e999", NULL),
	AT(attendance__record_checkin, "lat", "inf", NULL),
	AT(engine__clock, "now", "2017-09-08T00:00:00+08:00", "{'now':'2017-09-08T00:00:00+08:00'}"),
	AT(engine__clock, "now", "2017-09-08", NULL),
	AT(accountability__verdict, "eligible", "true", "{'eligible':true,'reasons':[]}"),
	AT(accountability__verdict, "eligible", "1", "{'eligible':true,'reasons':[]}"),
	AT(accountability__verdict, "eligible", "false", "{'eligible':false,'reasons':[]}"),
	AT(accountability__verdict, "eligible", "0", "{'eligible':false,'reasons':[]}"),
	AT(accountability__verdict, "eligible", "True", NULL),
	AT(accountability__verdict, "eligible", "2", NULL),
	AT(accountability__verdict, "reasons", "x", NULL),
	AT(roster__put_village, "fence", "{}", NULL),
	AT(roster__publish_policy, "patch", "{'b':1,'a':null}",
	  "{'version':'','effective_from':'1970-01-01','patch':{'a':null,'b':1}}"),
	AT(roster__publish_policy, "patch", "{", NULL),
};

static void
try_texts(arena_t *a)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ProtobufCMessage *m = arena_message(a, texts[i].d);
		bool ok = json_field_from_text(m, texts[i].name, quoted(a, texts[i].text), a);
		same(arena_printf(a,
	      "text %s=%s", texts[i].name, texts[i].text), texts[i].want ? texts[i].want : "(refused)",
		      ok ? dumped(json_from_message(m), a, 0) : "(refused)");
	}
}

static void
try_answers(arena_t *a)
{
	Funding__StipendMonth month = FUNDING__STIPEND_MONTH__INIT, *months[] = { &month };
	Funding__Stipend s = FUNDING__STIPEND__INIT;
	month.month = (char *)"2017-09";
	month.accrued_fen = INT64_MAX;
	s.person_id = (char *)"x";
	s.months = months;
	s.n_months = 1;
	s.cancelled_days_json = quoted(a, "[['2017-09-01','2017-10-01']]");
	same("answer", "{'person_id':'x','year':0,'months':[{'month':'2017-09','days_present':0,"
	      "'accrued_fen':9223372036854775807,'cancelled_fen':0,'paid_fen':0,'clawback_fen':0}],"
	      "'cancelled_days':[['2017-09-01','2017-10-01']],'balance_fen':0}",
	      dumped(json_from_message(&s.base), a, 0));

	s.n_months = 0;
	s.cancelled_days_json = (char *)"[1";
	same("broken free JSON", "{'person_id':'x','year':0,'months':[],'cancelled_days':{},'balance_fen':0}",
	      dumped(json_from_message(&s.base), a, 0));

	Accountability__Eligibility none = ACCOUNTABILITY__ELIGIBILITY__INIT;
	same("a message that is not there", "{}", dumped(json_from_message(&none.base), a, 0));

	Attendance__Day day = ATTENDANCE__DAY__INIT;
	day.status = ATTENDANCE__DAY_STATUS__PRESENT_WEAK;
	day.on_day = INT32_MAX;
	same("a day beyond the calendar",
	      "{'on':null,'status':'present_weak','working_day':false,'contradiction':false}",
	      dumped(json_from_message(&day.base), a, 0));

	day.on_day = 17417;
	day.status = ATTENDANCE__DAY_STATUS__DAY_STATUS_UNSPECIFIED;
	same("an enum without a value", "{'on':'2017-09-08','working_day':false,'contradiction':false}",
	     dumped(json_from_message(&day.base), a, 0));

	Engine__Clock clock = ENGINE__CLOCK__INIT;
	clock.now_us = INT64_MAX;
	same("an instant beyond it", "{'now':null}", dumped(json_from_message(&clock.base), a, 0));
	clock.now_us = INT64_MIN;
	same("an instant before it", "{'now':null}", dumped(json_from_message(&clock.base), a, 0));

	Common__ById bad = COMMON__BY_ID__INIT;
	bad.id = (char *)"\xff";
	same("bytes that are no text", "{'id':null}", dumped(json_from_message(&bad.base), a, 0));
}

static void
try_enums(arena_t *a)
{
	const ProtobufCEnumDescriptor *d = &supervision__finding_kind__descriptor;
	static const char *const names[] = {
		"finding_kind_unspecified", "unexcused_absence", "written_criticism", "duty_failure",
		"discipline_violation", "fund_misuse", "",
	};
	for (int i = 0; i < 7; i++) {
		int value = -1;
		same("enum text", names[i], enum_text(d, i, a));
		bool ok = enum_value(d, names[i], &value);
		same("enum value", arena_printf(a, "%d", i == 0 || i == 6 ? -1 : i), arena_printf(a,
	      "%d", ok ? value : -1));
	}
	same("enum below", "", enum_text(d, -1, a));
}

static void
try_problems(arena_t *a)
{
	same("problem without errors", "404 x.y:", problem_text(problem_make(a, 404, "x.y", NULL, "No."), a));
	Wire__Problem *p = problem_make(a, 409, "x.y", "/a/0", "No.");
	same("problem with one error", "409 x.y: /a/0 x.y", problem_text(p, a));
	same("problem on the wire",
	      "{'status':409,'code':'x.y','detail':'No.','errors':[{'pointer':'/a/0','code':'x.y'}],'retry_after_s':0}",
	      dumped(json_from_message(over_the_wire(&p->base, a)), a, 0));
}

int
main(void)
{
	arena_t *a = arena_open(8 << 20);

	try_bodies(a);
	try_long_and_odd_texts(a);
	try_known(a);
	try_known_equal(a);
	try_fill_goes_on(a);
	try_lists_stop(a);
	try_policy(a);
	try_texts(a);
	try_answers(a);
	try_enums(a);
	try_problems(a);
	arena_close(&a);
	return tally_end();
}

/* How it tests: libFuzzer's bytes are taken three ways, for each request and some answers.
 *
 *   as a body    → message → wire → message → JSON → message again.  What was accepted once is accepted again, and
 * packs to the same bytes; what was refused can still be packed. as a message (foreign bytes on the bus) → JSON that
 * can be written out. as a text    for each field of the message.
 *
 * tests/run-fuzz.sh builds and runs it. */
#include "json/json_pb.h"
#include "accountability.pb-c.h"
#include "attendance.pb-c.h"
#include "common.pb-c.h"
#include "engine.pb-c.h"
#include "funding.pb-c.h"
#include "incentives.pb-c.h"
#include "policy.pb-c.h"
#include "roster.pb-c.h"
#include "supervision.pb-c.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Unpacking foreign bytes takes up to a hundred times their length; the arena must never be what stops us. */
enum { INPUT_MAX = 4096, ARENA_BYTES = 1024 * INPUT_MAX };

static const ProtobufCMessageDescriptor *const kinds[] = {
	&roster__put_district__descriptor, &roster__put_unit__descriptor, &roster__put_village__descriptor,
	&roster__put_person__descriptor, &roster__put_posting__descriptor, &roster__publish_policy__descriptor,
	&roster__read_contacts__descriptor, &supervision__note_finding__descriptor,
	&attendance__record_checkin__descriptor, &incentives__put_round__descriptor,
	&common__reason__descriptor, &common__page__descriptor, &engine__advance_clock__descriptor,
	&policy__policy__descriptor, &funding__stipend__descriptor, &accountability__case_sheet__descriptor,
	&wire__command__descriptor, &wire__hello__descriptor,
};

struct packed { size_t len; uint8_t *bytes; };

static void
must(bool held)
{
	if (!held)
		abort();
}

static struct packed
pack(const ProtobufCMessage *m, arena_t *a)
{
	struct packed p = { .len = protobuf_c_message_get_packed_size(m) };
	p.bytes = arena_alloc(a, p.len + 1);
	protobuf_c_message_pack(m, p.bytes);
	return p;
}

static void
as_body(json_t *body, const ProtobufCMessageDescriptor *d, arena_t *a)
{
	ProtobufCMessage *m, *again;
	Wire__Problem *problem;

	bool ok = json_to_message(body, d, NULL, a, &m, &problem);
	must(ok == !problem);
	must(ok || (problem->n_errors > 0 && problem->n_errors <= JSON_ERRORS_MAX));
	struct packed first = pack(m, a);
	ProtobufCMessage *arrived = protobuf_c_message_unpack(d, arena_pb(a), first.len, first.bytes);
	must(arrived);
	json_t *j = json_from_message(arrived);
	if (ok) {
		must(json_to_message(j, d, NULL, a, &again, &problem));
		struct packed second = pack(again, a);
		must(first.len == second.len && memcmp(first.bytes, second.bytes, first.len) == 0);
	}
	json_decref(j);
}

static void
as_message(const uint8_t *bytes, size_t len, const ProtobufCMessageDescriptor *d, arena_t *a)
{
	ProtobufCMessage *m = protobuf_c_message_unpack(d, arena_pb(a), len, bytes);

	if (!m)
		return;
	json_t *j = json_from_message(m);
	char *text = json_dumps(j, JSON_COMPACT);
	must(text);
	free(text);
	json_decref(j);
}

static void
as_text(const char *text, const ProtobufCMessageDescriptor *d, arena_t *a)
{
	ProtobufCMessage *m = arena_message(a, d);

	for (unsigned i = 0; i < d->n_fields; i++) {
		const char *name = d->fields[i].name, *unit = strrchr(name, '_');
		char *cut = arena_strndup(a, name, unit ? (size_t)(unit - name) : strlen(name));
		if (json_field_from_text(m, name, text, a) || json_field_from_text(m, cut, text, a))
			json_decref(json_from_message(m));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > INPUT_MAX)
		return 0;
	arena_t *a = arena_open(ARENA_BYTES);
	json_t *body = json_loadb((const char *)bytes, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		arena_reset(a);
		char *text = arena_strndup(a, (const char *)bytes, len);
		if (body)
			as_body(body, kinds[i], a);
		as_message(bytes, len, kinds[i], a);
		as_text(text, kinds[i], a);
	}
	json_decref(body);
	arena_close(&a);
	return 0;
}

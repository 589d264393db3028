/* How it tests: libFuzzer's bytes are a message of the bus, [length of the Head, two bytes][Head][body].  A Head that
 * is taken keeps the bounds that frames.h promises to everybody behind it, and written again it is the same.  A body is
 * read as what its kind says, within its arena; what was read can be written, and read again it is the same.
 *
 * tests/run-fuzz.sh builds and runs it. */
#include "bus/frames.h"
#include "base/ids.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { INPUT_MAX = 4096, ARENA_BYTES = 1 << 20 };

static const ProtobufCMessageDescriptor *const bodies[][2] = {
	[WIRE__KIND__HELLO] = { &wire__hello__descriptor },
	[WIRE__KIND__COMMANDS] = { &wire__commands__descriptor },
	[WIRE__KIND__READ] = { &wire__read__descriptor },
	[WIRE__KIND__FETCH] = { &wire__fetch__descriptor },
	[WIRE__KIND__ANSWER] = { &wire__answers__descriptor, &wire__fetched__descriptor },
	[WIRE__KIND__UNROUTED] = { &wire__event__descriptor,
				   &wire__place__descriptor }, /* what else comes from elsewhere */
};

static void
must(bool held)
{
	if (!held)
		abort();
}

static void
must_keep_bounds(const Wire__Head *h)
{
	must(h->kind > WIRE__KIND__KIND_UNSPECIFIED && h->kind <= WIRE__KIND__UNROUTED);
	if (!frames_is_request(h->kind))
		return;
	must(*h->service && strlen(h->service) < SERVICE_NAME_MAX);
	must(h->partition >= -1 && h->partition < PARTITIONS);
	must(frames_is_lane(h->lane));
}

static void
must_read_again(const ProtobufCMessage *m, const ProtobufCMessageDescriptor *d, arena_t *a)
{
	size_t len = protobuf_c_message_get_packed_size(m);
	uint8_t *once = malloc(len + 1), *twice = malloc(len + 1);

	must(protobuf_c_message_pack(m, once) == len);
	ProtobufCMessage *again = protobuf_c_message_unpack(d, arena_pb(a), len, once);
	if (again) {                            /* NULL: the arena is full */
		must(protobuf_c_message_get_packed_size(again) == len && protobuf_c_message_pack(again, twice) == len);
		must(!memcmp(once, twice, len));
	}
	free(once);
	free(twice);
}

static void
read_body(Wire__Kind kind, const uint8_t *bytes, size_t len, arena_t *a)
{
	for (int i = 0; i < 2 && (size_t)kind < sizeof(bodies) / sizeof(bodies[0]) && bodies[kind][i]; i++) {
		ProtobufCMessage *m = protobuf_c_message_unpack(bodies[kind][i], arena_pb(a), len, bytes);
		if (m)
			must_read_again(m, bodies[kind][i], a);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	zmq_msg_t part;

	if (len < 2 || len > INPUT_MAX)
		return 0;
	size_t head_len = (size_t)bytes[0] << 8 | bytes[1];
	head_len = head_len < len - 2 ? head_len : len - 2;
	size_t body_len = len - 2 - head_len;
	arena_t *a = arena_open(ARENA_BYTES);

	zmq_msg_init(&part);
	must(frames_fill(&part, bytes + 2, head_len));
	const Wire__Head *h = frames_head(&part, body_len, a);
	if (h) {
		must_keep_bounds(h);
		if (wire__head__get_packed_size(h) <= HEAD_BYTES_MAX) {
			must(frames_head_fill(&part, h));
			const Wire__Head *again = frames_head(&part, body_len, a);
			must(again || h->base.n_unknown_fields); /* protobuf-c takes a field number 0, writes it
								    shorter, and then does not */
			must(!again ||
			     (again->kind == h->kind && again->id == h->id && !strcmp(again->service, h->service)));
		}
		read_body(h->kind, bytes + 2 + head_len, body_len, a);
	}
	zmq_msg_close(&part);
	arena_close(&a);
	return 0;
}

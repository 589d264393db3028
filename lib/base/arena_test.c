/* arena_test - what an arena gives out is zeroed, aligned, apart from the rest, and bounded.
 *
 * How: pieces of many sizes are filled with a mark of their own and looked at again; a child process meets the cap.
 * With SANITIZE=1 the ground around the pieces is forbidden, so a piece that is too short is found by whoever fills
 * it. */
#include "base/arena.h"
#include "harness/tally.h"
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
all_bytes_are(const unsigned char *p, size_t n, unsigned char value)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != value)
			return false;
	return true;
}

enum { PIECES = 2000 };

static size_t
size_of(int i)
{
	return i % 97 == 0 ? 300000 : i % 13 == 0 ? 0 : (size_t)(i * 37 % 900);
}

/* The same pieces each round; what an earlier round wrote must not be seen. */
static void
test_pieces(arena_t *a)
{
	static unsigned char *p[PIECES];
	bool zeroed = true, aligned = true, whole = true;
	size_t least = 0;

	for (int i = 0; i < PIECES; i++) {
		p[i] = arena_alloc(a, size_of(i));
		zeroed &= all_bytes_are(p[i], size_of(i), 0);
		aligned &= (uintptr_t)p[i] % 16 == 0;
		memset(p[i], i % 255 + 1, size_of(i));
		least += size_of(i);
	}
	for (int i = 0; i < PIECES; i++)
		whole &= all_bytes_are(p[i], size_of(i), (unsigned char)(i % 255 + 1));
	check(zeroed, "zeroed", "");
	check(aligned, "aligned", "");
	check(whole, "apart", "");
	check(arena_used(a) >= least && arena_used(a) <= least + PIECES * 16, "used counts what was given out", "");
}

static void
test_rounds(void)
{
	arena_t *a = arena_open(16 << 20);
	void *first = arena_alloc(a, 40);

	for (int round = 0; round < 3; round++) {
		arena_reset(a);
		check(arena_used(a) == 0, "nothing is used after a reset", "");
		test_pieces(a);
	}
	arena_reset(a);
	check(arena_alloc(a, 40) == first, "the first chunk is kept", "");
	arena_close(&a);
	check(!a, "closed", "");
	arena_close(&a);
}

static void
test_texts(void)
{
	arena_t *a = arena_open(1 << 20);
	char long_text[5000];

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	check(strcmp(arena_strdup(a, "village"), "village") == 0, "strdup", "");
	check(strcmp(arena_strdup(a, ""), "") == 0, "strdup of nothing", "");
	check(strcmp(arena_strndup(a, "village", 4), "vill") == 0, "strndup", "");
	check(memcmp(arena_strndup(a, "a\0b", 3), "a\0b", 4) == 0, "strndup is by length", "");
	check(strcmp(arena_strndup(a, NULL, 0), "") == 0, "strndup of nothing", "");
	check(memcmp(arena_copy(a, "\1\2\3", 3), "\1\2\3", 3) == 0, "copy", "");
	check(arena_copy(a, NULL, 0) != NULL, "copy of nothing", "");
	check(strcmp(arena_printf(a, "%s/%d", "roster", 17), "roster/17") == 0, "printf", "");
	char *printed = arena_printf(a, "<%s>", long_text);
	check(strlen(printed) == 5001 && printed[0] == '<' && printed[5000] == '>', "printf of a long one", "");
	arena_close(&a);
}

/* A message of one string and one number, written by hand: no schema of the project has to stay as it is for this. */
struct note { ProtobufCMessage base; char *text; int32_t number; };
static const ProtobufCFieldDescriptor note_fields[] = {
	{ .name = "text", .id = 1, .label = PROTOBUF_C_LABEL_NONE, .type = PROTOBUF_C_TYPE_STRING,
	  .offset = offsetof(struct note, text),
	  .default_value = protobuf_c_empty_string },
	{ .name = "number", .id = 2, .label = PROTOBUF_C_LABEL_NONE, .type = PROTOBUF_C_TYPE_INT32,
	  .offset = offsetof(struct note, number) },
};
static const unsigned note_by_name[] = { 1, 0 };
static const ProtobufCIntRange note_ranges[] = { { 1, 0 }, { 0, 2 } };
static void note_init(ProtobufCMessage *m);
static const ProtobufCMessageDescriptor note_descriptor = {
	.magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC, .name = "note", .sizeof_message = sizeof(struct note),
	.n_fields = 2,
	.fields = note_fields, .fields_sorted_by_name = note_by_name, .n_field_ranges = 1, .field_ranges = note_ranges,
	.message_init = note_init,
};

static void
note_init(ProtobufCMessage *m)
{
	*(struct note *)m = (struct note){
		.base = PROTOBUF_C_MESSAGE_INIT(&note_descriptor), .text = (char *)(uintptr_t)protobuf_c_empty_string,
	};
}

static void
test_messages(void)
{
	static const uint8_t wire[] = { 0x0a, 5, 'h', 'e', 'l', 'l', 'o', 0x10, 17 };
	arena_t *wide = arena_open(1 << 16), *narrow = arena_open(sizeof(struct note));
	struct note *m = arena_message(wide, &note_descriptor);

	check(m->base.descriptor == &note_descriptor && strcmp(m->text, "") == 0 && m->number == 0,
	      "a message is initialised", "");
	struct note *got =
		(struct note *)protobuf_c_message_unpack(&note_descriptor, arena_pb(wide), sizeof(wire), wire);
	check(got && strcmp(got->text, "hello") == 0 && got->number == 17, "unpacked into the arena", "");
	check(!protobuf_c_message_unpack(&note_descriptor, arena_pb(narrow), sizeof(wire), wire),
	      "an unpack that meets the cap fails", "");
	arena_close(&wide);
	arena_close(&narrow);
}

static void
test_cap(void)
{
	arena_t *a = arena_open(1000);
	ProtobufCAllocator *pb = arena_pb(a);

	check(pb->alloc(pb->allocator_data, 1009) == NULL, "beyond the cap", "");
	check(pb->alloc(pb->allocator_data, SIZE_MAX) == NULL, "far beyond the cap", "");
	check(pb->alloc(pb->allocator_data, SIZE_MAX - 7) == NULL, "beyond what can be rounded up", "");
	check(pb->alloc(pb->allocator_data, 900) != NULL, "within the cap, after refusals", "");
	check(pb->alloc(pb->allocator_data, 97) == NULL, "beyond what is left", "");
	check(pb->alloc(pb->allocator_data, 96) != NULL, "exactly what is left", "");
	check(pb->alloc(pb->allocator_data, 1) == NULL, "nothing is left", "");
	arena_reset(a);
	check(pb->alloc(pb->allocator_data, 1000) != NULL, "a reset gives it back", "");
	arena_close(&a);
}

/* arena_alloc itself does not come back: one line, and SIGABRT. */
static void
test_abort(void)
{
	int line[2], status = 0;
	char said[200];
	ssize_t n = 0, more;

	fflush(stdout);
	if (pipe(line) < 0)
		return check(false, "pipe", "");
	pid_t child = fork();
	if (child == 0) {
		arena_t *a = arena_open(100);
		dup2(line[1], STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		arena_alloc(a, 50);
		arena_alloc(a, 50);
		_exit(0);
	}
	close(line[1]);
	while (n < (ssize_t)sizeof(said) - 1 && (more = read(line[0], said + n, sizeof(said) - 1 - (size_t)n)) > 0)
		n += more;
	said[n] = '\0';
	close(line[0]);
	waitpid(child, &status, 0);
	check(child > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "the cap aborts", "");
	check(strcmp(said, "arena: no room for 50 bytes, 64 of 112 are given out\n") == 0, said, "");
}

int
main(void)
{
	test_rounds();
	test_texts();
	test_messages();
	test_cap();
	test_abort();
	return tally_end();
}

#include "put.h"
#include "engine/keyed.h"
#include <string.h>

enum { NAME_BYTES_MAX = 256, PHONE_MIN = 5, PHONE_MAX = 20 };

/* ---- faults */

void
put_fault(struct faults *fs, int status, const char *code, const char *pointer, const char *detail)
{
	if (fs->n < FAULTS_MAX)
		fs->at[fs->n++] = (struct refusal){ status, code, pointer, detail };
	else
		fs->more++;
}

bool
put_refused(struct batch *b, const struct faults *fs)
{
	return batch_refused(b, fs->n ? &fs->at[0] : NULL);
}

bool
put_ok(struct faults *fs, bool good, const char *code, const char *pointer, const char *detail)
{
	if (!good)
		put_fault(fs, 422, code, pointer, detail);
	return good;
}

bool
put_name_ok(struct faults *fs, const char *name, const char *pointer)
{
	return put_ok(fs, name_valid(name, NAME_BYTES_MAX), "field.text", pointer,
	              "A name is one line of 1 to 256 bytes, of which something is seen and nothing unseen.");
}

bool
put_id_ok(struct faults *fs, const char *id, const char *pointer)
{
	return put_ok(fs, id_valid(id), "field.id", pointer, "An id is 1 to 64 of A-Z a-z 0-9 . _ -");
}

/* As people write them: 0818-5102399, +86 138 0000 0000. */
bool
put_phone_ok(struct faults *fs, const char *phone)
{
	size_t len = strlen(phone), digits = 0;

	for (const char *c = phone; *c; c++)
		digits += *c >= '0' && *c <= '9';
	bool good = len <= PHONE_MAX && digits >= PHONE_MIN && strspn(phone, "0123456789+- ") == len;
	return put_ok(fs, good, "field.phone", "/phone",
	              "A phone number is 5 to 20 digits, +, - and spaces, of which at least 5 digits.");
}

bool
put_reference_ok(struct faults *fs, const char *id, const void *row, const char *pointer)
{
	return put_id_ok(fs, id, pointer) &&
	       put_ok(fs, row != NULL, "reference.unknown", pointer, "Nothing in this district has this id.");
}

/* ---- the command */

void
put_want(struct batch *b, const void *m)
{
	((const struct put *)batch_with(b))->want(b, m);
}

const char *
put_id(const void *m)
{
	const ProtobufCMessage *command = m;
	const char *id;

	memcpy(&id, (const char *)m + command->descriptor->fields[0].offset, sizeof(id));
	return id;
}

bool
put_id_valid(struct batch *b, const void *m)
{
	(void)b;
	return id_valid(put_id(m));
}

static const ProtobufCMessage *
answer_to(struct batch *b, const struct put *p, const void *m)
{
	if (!p->answer_of_command)
		return p->answer(b, m);
	void *out = arena_message(batch_arena(b), p->answer_of_command->to);
	copy_run(p->answer_of_command, out, m);
	return out;
}

void
put_run(struct batch *b, const void *m)
{
	const struct put *p = batch_with(b);
	int status = p->now(b, m) ? 200 : 201;
	struct faults fs = { 0 };

	p->check(b, m, &fs);
	if (put_refused(b, &fs))
		return;
	p->make(b, m);
	batch_answer(b, status, answer_to(b, p, m));
}

/* ---- short lists of ids */

struct ids
ids_with(struct batch *b, char *const *ids, size_t n, char *more, const char *less)
{
	struct ids out = { .id = arena_alloc(batch_arena(b), (n + 1) * sizeof(*out.id)) };

	for (size_t i = 0; i < n; i++) {
		if (!less || strcmp(ids[i], less) != 0)
			out.id[out.n++] = ids[i];
		if (more && strcmp(ids[i], more) == 0)
			more = NULL;
	}
	if (more && (!less || strcmp(more, less) != 0))
		out.id[out.n++] = more;
	return out;
}

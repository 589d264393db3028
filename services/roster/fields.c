/* fields - rules of single fields, with the codes clients see.
 *
 * In: values of orders, already of the right JSON type.  Out: the faults found in them, which a PUT answers with and an
 * import lists.  Owns nothing. */
#include "roster.h"
#include <string.h>

void
roster_fault(struct faults *fs, int status, const char *code, const char *pointer, const char *detail)
{
	if (fs->n < FAULTS_MAX)
		fs->at[fs->n++] = (struct fault){ status, code, pointer, detail };
	else
		fs->more++;
}

bool
roster_refused(struct batch *b, const struct faults *fs)
{
	if (fs->n)
		batch_refuse(b, fs->at[0].status, fs->at[0].code, fs->at[0].pointer, fs->at[0].detail);
	return fs->n > 0;
}

static bool
ok(struct faults *fs, bool good, const char *code, const char *pointer, const char *detail)
{
	if (!good)
		roster_fault(fs, 422, code, pointer, detail);
	return good;
}

bool
roster_name_ok(struct faults *fs, const char *name, const char *pointer)
{
	return ok(fs, name_valid(name, NAME_BYTES_MAX), "field.text", pointer,
	          "A name is one line of 1 to 256 bytes, of which something is seen and nothing unseen.");
}

bool
roster_id_ok(struct faults *fs, const char *id, const char *pointer)
{
	return ok(fs, id_valid(id), "field.id", pointer, "An id is 1 to 64 of A-Z a-z 0-9 . _ -");
}

/* As people write them: 0818-5102399, +86 138 0000 0000. */
bool
roster_phone_ok(struct faults *fs, const char *phone)
{
	size_t len = strlen(phone), digits = 0;

	for (const char *c = phone; *c; c++)
		digits += *c >= '0' && *c <= '9';
	return ok(fs, len >= PHONE_MIN && len <= PHONE_MAX && digits >= PHONE_MIN && strspn(phone, "0123456789+- ") == len,
	          "field.phone", "/phone", "A phone number is 5 to 20 digits, +, - and spaces, of which at least 5 digits.");
}

bool
roster_fence_ok(struct faults *fs, const Roster__Fence *f)
{
	return ok(fs, f->lon >= -180 && f->lon <= 180, "field.range", "/fence/lon", "A longitude is -180 to 180 degrees.") &
	       ok(fs, f->lat >= -90 && f->lat <= 90, "field.range", "/fence/lat", "A latitude is -90 to 90 degrees.") &
	       ok(fs, f->radius_m > 0 && f->radius_m <= FENCE_RADIUS_MAX_M, "field.range", "/fence/radius_m",
	          "A radius is more than 0 and at most 100000 metres.");
}

bool
roster_reference_ok(struct faults *fs, const char *id, const void *row, const char *pointer)
{
	return roster_id_ok(fs, id, pointer) &&
	       ok(fs, row != NULL, "reference.unknown", pointer, "Nothing in this district has this id.");
}

bool
roster_path_id_valid(struct batch *b, const void *m)
{
	const ProtobufCMessage *order = m;

	(void)b;
	return id_valid(*(char *const *)((const char *)m + order->descriptor->fields[0].offset));
}

/* ---- short lists of ids */

void
roster_ids_begin(struct batch *b, struct ids *ids, char *const *of, size_t n)
{
	ids->id = arena_alloc(batch_arena(b), (n + 1) * sizeof(*ids->id));
	for (size_t i = 0; i < n; i++)
		ids->id[i] = of[i];
	ids->n = n;
}

void
roster_ids_add(struct ids *ids, char *id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (strcmp(ids->id[i], id) == 0)
			return;
	ids->id[ids->n++] = id;
}

void
roster_ids_drop(struct ids *ids, const char *id)
{
	size_t kept = 0;

	for (size_t i = 0; i < ids->n; i++)
		if (strcmp(ids->id[i], id) != 0)
			ids->id[kept++] = ids->id[i];
	ids->n = kept;
}

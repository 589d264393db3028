/* import - a file of PUTs: every row keeps the rules of one, and all of them are made or none.
 *
 *   in:   ImportRows
 *   out:  the events of the PUTs that its rows are
 *   owns: nothing
 *
 * The file is taken apart once, when what it needs is first asked for; each row becomes the command that a PUT of it
 * would be.  The rows are then made one after the other, in memory, each seeing those before it, and when one is wrong,
 * or the run is a dry one, all of it is taken back. */
#include "csv_policy.h"
#include "json/json_pb.h"
#include "put.h"
#include "roster.h"
#include "store/rows.h"
#include <stdlib.h>
#include <string.h>

enum { ERRORS_MAX = 500, NAME_SHOWN_BYTES = 64 };       /* what is told of one file keeps to an answer's 256 KiB */

struct importable {
	Roster__ImportKind kind;
	const ProtobufCMessageDescriptor *command;      /* the fields of a message in it are columns too */
	const struct put *put;
};
static const struct importable nouns[] = {
	{ ROSTER__IMPORT_KIND__VILLAGES, &roster__put_village__descriptor, &roster_put_village },
	{ ROSTER__IMPORT_KIND__UNITS, &roster__put_unit__descriptor, &roster_put_unit },
	{ ROSTER__IMPORT_KIND__PERSONS, &roster__put_person__descriptor, &roster_put_person },
	{ ROSTER__IMPORT_KIND__POSTINGS, &roster__put_posting__descriptor, &roster_put_posting },
};

/* Where a column's text goes: a field of the command, or of the one message in it (a village's fence). */
struct column { const char *name; const ProtobufCFieldDescriptor *field, *of; };
struct line { size_t number; ProtobufCMessage *command; const struct faults *faults; }; /* faults NULL: none */
struct import {
	const struct importable *noun;
	const struct csv_fault *fault; size_t at;       /* of the file as a whole */
	struct column columns[CSV_FIELDS_MAX]; size_t ncolumns;
	struct line *lines; size_t n;                   /* the header is the first */
};

/* ---- faults of a line */

static bool
is_good(const struct line *l)
{
	return !l->faults;
}

static void
line_keep(arena_t *a, struct line *l, const struct faults *fs)
{
	if (fs->n)
		l->faults = arena_copy(a, fs, sizeof(*fs));
}

static const char *
pointer_to(arena_t *a, const char *name)
{
	return arena_printf(a, "/%s", name);
}

/* ---- the header */

static bool
is_optional(const ProtobufCFieldDescriptor *f)
{
	return f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;
}

static const ProtobufCFieldDescriptor *
message_in(const ProtobufCMessageDescriptor *d)
{
	for (unsigned i = 0; i < d->n_fields; i++)
		if (d->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
			return &d->fields[i];
	return NULL;
}

static struct column
column_named(const ProtobufCMessageDescriptor *d, const char *name)
{
	const ProtobufCFieldDescriptor *of = message_in(d), *f = json_field_named(d, name);

	if (f && f->type != PROTOBUF_C_TYPE_MESSAGE)
		return (struct column){ name, f, NULL };
	return (struct column){ name, of ? json_field_named(of->descriptor, name) : NULL, of };
}

static bool
has_column(const struct import *imp, const ProtobufCFieldDescriptor *f)
{
	for (size_t i = 0; i < imp->ncolumns; i++)
		if (imp->columns[i].field == f)
			return true;
	return false;
}

/* A strange name may be of any length, and hold what separates names in a pointer: it is shown up to there. */
static const char *
shown(arena_t *a, const char *name)
{
	size_t len = strcspn(name, "/~");

	if (len > NAME_SHOWN_BYTES)
		for (len = NAME_SHOWN_BYTES; len && (name[len] & 0xc0) == 0x80; len--)
			;
	return arena_strndup(a, name, len);
}

static void
check_missing(const struct import *imp, const ProtobufCMessageDescriptor *d, arena_t *a, struct faults *fs)
{
	for (unsigned i = 0; i < d->n_fields; i++)
		if (!is_optional(&d->fields[i]) && !has_column(imp, &d->fields[i]))
			put_fault(fs, 422, "csv.missing_column",
			             arena_printf(a, "/%.*s", (int)json_name_len(&d->fields[i]), d->fields[i].name),
			             "The header lacks a field that every row must have.");
}

static void
read_header(struct import *imp, const struct csv_row *row, arena_t *a)
{
	const ProtobufCMessageDescriptor *d = imp->noun->command;
	struct faults fs = { 0 };
	bool any_of = false;

	for (size_t i = 0; i < row->n; i++) {
		struct column c = column_named(d, row->fields[i]);
		if (!c.field)
			put_fault(&fs, 422, "csv.unknown_column", pointer_to(a, shown(a, row->fields[i])),
			          "There is no such field.");
		else if (has_column(imp, c.field))
			put_fault(&fs, 422, "csv.repeated_column", pointer_to(a, c.name),
			          "The header names this field twice.");
		any_of = any_of || c.of;
		imp->columns[imp->ncolumns++] = c;
	}
	check_missing(imp, d, a, &fs);
	if (any_of && message_in(d))
		check_missing(imp, message_in(d)->descriptor, a, &fs);
	if (row->fault)
		put_fault(&fs, 422, row->fault->code, NULL, row->fault->detail);
	line_keep(a, &imp->lines[0], &fs);
}

/* ---- a row */

/* An empty cell says nothing: what may be left out is, and what must be there is missing. */
static void
take_cell(const struct column *c, const char *text, ProtobufCMessage *to, arena_t *a, struct faults *fs)
{
	static const struct json_fault missing = { "json.missing", "A required field is empty." };
	const struct json_fault *fault = is_optional(c->field) ? NULL : &missing;

	if (*text)
		fault = json_field_take(to, c->name, text, a);
	if (fault)
		put_fault(fs, 422, fault->code, pointer_to(a, c->name), fault->detail);
}

/* The message in the command is there when any of its columns says something; then all of them must. */
static ProtobufCMessage *
part_of_row(const struct import *imp, const struct csv_row *row, ProtobufCMessage *command, arena_t *a)
{
	const ProtobufCFieldDescriptor *of = message_in(command->descriptor);
	bool any = false;

	for (size_t i = 0; i < imp->ncolumns; i++)
		any = any || (imp->columns[i].of && *row->fields[i]);
	if (!any)
		return NULL;
	ProtobufCMessage *part = arena_message(a, of->descriptor);
	memcpy((char *)command + of->offset, &part, sizeof(part));
	memcpy((char *)command + of->quantifier_offset, &of->id, sizeof(uint32_t));
	return part;
}

static void
take_row(const struct import *imp, const struct csv_row *row, struct line *l, arena_t *a, struct faults *fs)
{
	l->command = arena_message(a, imp->noun->command);
	ProtobufCMessage *part = part_of_row(imp, row, l->command, a);

	for (size_t i = 0; i < imp->ncolumns; i++)
		if (!imp->columns[i].of || part)
			take_cell(&imp->columns[i], row->fields[i], imp->columns[i].of ? part : l->command, a, fs);
}

static const char *
id_of(const struct line *l)
{
	return put_id(l->command);
}

static void
read_row(const struct import *imp, const struct csv_row *row, struct line *l, arena_t *a)
{
	struct faults fs = { 0 };

	l->number = row->number;
	if (row->fault)
		put_fault(&fs, 422, row->fault->code, NULL, row->fault->detail);
	else if (row->n != imp->ncolumns)
		put_fault(&fs, 422, "csv.field_count", NULL,
		             arena_printf(a, "The row has %zu fields, the header %zu.", row->n, imp->ncolumns));
	else
		take_row(imp, row, l, a, &fs);
	if (!fs.n)
		put_id_ok(&fs, id_of(l), "/id");
	line_keep(a, l, &fs);
}

/* ---- one id in several rows */

static int
by_id(const void *x, const void *y)
{
	const struct line *const *p = x, *const *q = y;
	int c = strcmp(id_of(*p), id_of(*q));

	return c ? c : (*p > *q) - (*p < *q);
}

/* The same row again changes nothing; another one of the same id would undo the first, so it is a mistake. */
static void
check_repeated(struct import *imp, arena_t *a)
{
	struct line **sorted = arena_alloc(a, (imp->n + 1) * sizeof(struct line *));
	size_t n = 0;

	for (size_t i = 1; i < imp->n; i++)
		if (is_good(&imp->lines[i]))
			sorted[n++] = &imp->lines[i];
	qsort(sorted, n, sizeof(struct line *), by_id);
	for (size_t i = 1, first = 0; i < n; i++) {
		struct faults fs = { 0 };
		if (strcmp(id_of(sorted[first]), id_of(sorted[i])) != 0)
			first = i;
		else if (!message_equal(sorted[first]->command, sorted[i]->command))
			put_fault(&fs, 422, "csv.repeated_id", "/id",
			          arena_printf(a, "Row %zu has this id already.", sorted[first]->number));
		line_keep(a, sorted[i], &fs);
	}
}

/* ---- the file */

static const struct importable *
noun_of(Roster__ImportKind kind)
{
	for (size_t i = 0; i < ALEN(nouns); i++)
		if (nouns[i].kind == kind)
			return &nouns[i];
	return &nouns[0];       /* no other can be asked for: json_pb knows the kinds */
}

static enum csv_charset
charset_of(const Roster__ImportRows *in)
{
	return !*in->charset ? CSV_UNSAID : strcmp(in->charset, "utf-8") == 0 ? CSV_UTF8 : CSV_GB18030;
}

static struct import *
read_file(const Roster__ImportRows *in, arena_t *a)
{
	struct import *imp = arena_alloc(a, sizeof(*imp));
	struct csv csv = csv_read(in->csv.data, in->csv.len, charset_of(in), a);

	imp->noun = noun_of(in->kind);
	imp->fault = csv.fault;
	imp->at = csv.at;
	if (csv.fault)
		return imp;
	imp->n = csv.n;
	imp->lines = arena_alloc(a, csv.n * sizeof(imp->lines[0]));
	imp->lines[0].number = csv.rows[0].number;
	read_header(imp, &csv.rows[0], a);
	for (size_t i = 1; i < csv.n && is_good(&imp->lines[0]); i++)
		read_row(imp, &csv.rows[i], &imp->lines[i], a);
	if (is_good(&imp->lines[0]))
		check_repeated(imp, a);
	return imp;
}

static void
import_want(struct batch *b, const void *m)
{
	struct import *imp = batch_kept(b);

	if (!imp) {
		imp = read_file(m, batch_arena(b));
		batch_keep(b, imp);
	}
	for (size_t i = 1; i < imp->n && is_good(&imp->lines[0]); i++)
		if (is_good(&imp->lines[i]))
			imp->noun->put->want(b, imp->lines[i].command);
}

/* ---- making it */

static void
make_row(struct batch *b, const struct importable *noun, struct line *l)
{
	struct faults fs = { 0 };

	noun->put->check(b, l->command, &fs);
	if (!fs.n)
		noun->put->make(b, l->command);
	line_keep(batch_arena(b), l, &fs);
}

static void
make_rows(struct batch *b, struct import *imp)
{
	for (size_t i = 1; i < imp->n && is_good(&imp->lines[0]); i++)
		if (is_good(&imp->lines[i]))
			make_row(b, imp->noun, &imp->lines[i]);
}

/* A column is called by the last name of its pointer. */
static Roster__ImportError *
error_of(arena_t *a, const struct line *l, const struct refusal *f)
{
	Roster__ImportError *e = arena_message(a, &roster__import_error__descriptor);

	e->row = (int64_t)l->number;
	e->code = arena_strdup(a, f->code);
	e->detail = arena_strdup(a, f->detail);
	if (f->pointer) {
		e->maybe_field_case = ROSTER__IMPORT_ERROR__MAYBE_FIELD_FIELD;
		e->field = strrchr(f->pointer, '/') + 1;
	}
	return e;
}

/* What a line has to tell: of more faults than it has kept, one that says how many. */
static size_t
faults_told(const struct line *l)
{
	return l->faults ? l->faults->n + (l->faults->more > 0) : 0;
}

static struct refusal
fault_told(arena_t *a, const struct line *l, size_t k)
{
	struct refusal more = { .code = "import.more_errors" };

	if (k < l->faults->n)
		return l->faults->at[k];
	more.detail = arena_printf(a, "%zu more errors of this row are not listed.", l->faults->more);
	return more;
}

static size_t
count_faults(const struct import *imp)
{
	size_t n = 0;

	for (size_t i = 0; i < imp->n; i++)
		n += faults_told(&imp->lines[i]);
	return n;
}

/* All of them; of more than can be told, the last one says how many more there are and where they begin. */
static void
list_faults(arena_t *a, const struct import *imp, size_t nfaults, Roster__Imported *out)
{
	size_t told = nfaults > ERRORS_MAX ? ERRORS_MAX - 1 : nfaults;

	out->errors = arena_alloc(a, (told + 2) * sizeof(Roster__ImportError *));
	for (size_t i = 0; i < imp->n; i++)
		for (size_t k = 0; k < faults_told(&imp->lines[i]); k++) {
			struct refusal f = { .code = "import.more_errors" };
			bool last = out->n_errors == told;
			if (last)
				f.detail = arena_printf(a, "%zu more errors, from this row on, are not listed.",
				                        nfaults - told);
			else
				f = fault_told(a, &imp->lines[i], k);
			out->errors[out->n_errors++] = error_of(a, &imp->lines[i], &f);
			if (last)
				return;
		}
}

static void
refuse_file(struct batch *b, const struct import *imp)
{
	const char *detail = imp->fault->detail;

	if (imp->at)
		detail = arena_printf(batch_arena(b), "%s It begins in row %zu.", detail, imp->at);
	batch_refuse(b, imp->fault->status, imp->fault->code, NULL, detail);
}

static void
import_rows(struct batch *b, const void *m)
{
	const Roster__ImportRows *in = m;
	struct import *imp = batch_kept(b);
	Roster__Imported out = ROSTER__IMPORTED__INIT;

	if (imp->fault) {
		refuse_file(b, imp);
		return;
	}
	batch_try(b);
	make_rows(b, imp);
	size_t nfaults = count_faults(imp);
	if (nfaults || message_is_dry(&in->base))
		batch_undo(b);
	else
		batch_stand(b);
	out.rows = (int64_t)imp->n - 1;
	out.accepted = nfaults ? 0 : out.rows;
	list_faults(batch_arena(b), imp, nfaults, &out);
	batch_answer(b, 200, &out.base);
}

const struct noun roster_import = {
	.commands = LIST(((const struct command[]){
		{ .message = &roster__import_rows__descriptor, .after = AFTER(SUPERVISION) | AFTER(ACCOUNTABILITY),
		  .want = import_want, .run = import_rows, .heavy = true },
	})),
};

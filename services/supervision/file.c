/* file - what evidence is made of: pictures and papers, known by their digest.
 *
 *   in:   PutFile; ReadFilePiece
 *   out:  nothing: an event has the digest alone
 *   owns: file
 *
 * In pieces, since an answer on the bus is bounded.  Who may have one the gateway decides, by a thing that names it. */
#include "engine/keyed.h"
#include "supervision.h"
#include "supervision_file.sql.h"

typedef SupervisionRows__File File;

enum { PIECE_BYTES = 128 * 1024 };

static const struct table file_table = { "file", &supervision_rows__file__descriptor, 3, true };

static const struct copy
row_of_command = { &supervision_rows__file__descriptor, &supervision__put_file__descriptor,
                   "district piece size data" };

/* ---- PutFile */

/* Of its first piece: where that is, all are. */
static File *
first_of(struct batch *b, const Supervision__PutFile *in)
{
	return batch_row(b, &file_table, in->sha256);
}

static void
put_want(struct batch *b, const void *m)
{
	batch_want(b, &file_table, first_of(b, m), 3);
}

static void
piece_put(struct batch *b, const Supervision__PutFile *in, size_t from)
{
	size_t rest = in->data.len - from;
	File *row = batch_row(b, &file_table, in->sha256);

	copy_run(&row_of_command, row, in);
	row->piece = (int32_t)(from / PIECE_BYTES);
	row->size = (int64_t)in->data.len;
	row->data = (ProtobufCBinaryData){ rest < PIECE_BYTES ? rest : PIECE_BYTES, in->data.data + from };
	batch_put(b, &file_table, row);
}

/* The digest is the gateway's own, of what came. */
static void
put_file(struct batch *b, const void *m)
{
	const Supervision__PutFile *in = m;
	Supervision__StoredFile out = SUPERVISION__STORED_FILE__INIT;
	bool there = batch_get(b, &file_table, first_of(b, in)) != NULL;

	for (size_t from = 0; !there && from < in->data.len; from += PIECE_BYTES)
		piece_put(b, in, from);
	out.sha256 = in->sha256;
	out.bytes = (int64_t)in->data.len;
	batch_answer(b, there ? 200 : 201, &out.base);
}

/* ---- the query */

static void
read_piece(struct reader *r, const void *m)
{
	const Supervision__ReadFilePiece *in = m;
	SupervisionRows__FilePiece *key = reader_key(r, &supervision_rows__file_piece__descriptor, in->sha256);

	key->piece = in->piece;
	reader_one(r, &supervision_file_piece, key, NULL, "No such file.");
}

const struct noun supervision_file = {
	.tables = LIST(((const struct table *const[]){ &file_table })),
	.commands = LIST(((const struct command[]){
		{ .message = &supervision__put_file__descriptor, .want = put_want, .run = put_file },
	})),
	.queries = LIST(((const struct query[]){
		{ .message = &supervision__read_file_piece__descriptor, .run = read_piece },
	})),
	.copies = LIST(((const struct copy *const[]){ &row_of_command })),
	.statements = { supervision_file_sql, SUPERVISION_FILE_SQL_COUNT },
};

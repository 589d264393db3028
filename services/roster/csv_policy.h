/* csv_policy - a file of comma-separated values (RFC 4180), from bytes to rows of UTF-8 text.  Pure: no clock, no I/O
 * but the C library's tables of GB 18030, no allocation but the arena passed in.
 *
 * The encoding is what it is said to be, and nothing else is tried then.  Else it is told apart by itself: with a byte
 * order mark it is UTF-8; without one it is UTF-8 when it can be, and GB 18030 when only that can be, or when as UTF-8
 * it has non-ASCII characters but none from U+0800 on, where Chinese begins. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>

enum { CSV_FIELDS_MAX = 64, CSV_ROWS_MAX = 20000, CSV_BYTES_MAX = 1 << 20 };

/* NULL: nothing is wrong.  status: 400 when the file is malformed, 422 when it is one that is not taken; of a row's
 * fault none. */
struct csv_fault { int status; const char *code, *detail; };
struct csv_row {
	size_t number;                                  /* as a spreadsheet counts: the first is 1, empty ones count */
	size_t n; char **fields;                        /* NUL-ended UTF-8, quotes taken off */
	const struct csv_fault *fault;                  /* of this row alone; its fields cannot be trusted */
};
struct csv {
	const struct csv_fault *fault;                  /* of the file: there are no rows then */
	size_t at;                                      /* … the row where it was found; 0: nowhere in particular */
	size_t n; struct csv_row *rows;                 /* rows[0] is the header; those without text are left out */
};

/* Everything lies in the arena, some six times the file. */
enum csv_charset { CSV_UNSAID, CSV_UTF8, CSV_GB18030 };
struct csv csv_read(const void *bytes, size_t len, enum csv_charset said, arena_t *a);

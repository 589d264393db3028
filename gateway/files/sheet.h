/* sheet - a table that goes to people: rows in, CSV or XLSX out.
 *
 * CSV is for programs as well: UTF-8 with a byte-order mark (so that office programs read it as such), CRLF, a header
 * of field names, RFC 4180.  A text that such a program would take for a formula gets an apostrophe in front.  XLSX has
 * the titles as header, texts as text cells (an id or a phone keeps its zeros), money as numbers.  Both end in a row of
 * sums.
 *
 * Memory stays bounded: CSV in a spool, XLSX in files of libxlsxwriter's.  Packing an XLSX takes seconds for a large
 * table, so a thread does that, while nobody else touches the sheet: sheet_end() starts it, sheet_ended() asks for
 * it. */
#pragma once
#include "http/reply.h"
#include "routes/column.h"
#include <stdbool.h>
#include <stdint.h>

enum sheet_format { SHEET_CSV, SHEET_XLSX, SHEET_FORMATS };
extern const char *const sheet_formats[SHEET_FORMATS + 1];      /* "csv", …; NULL-ended */

struct cell { const char *text; int64_t fen; };                 /* text NULL: an empty one */

enum { SHEET_COLUMNS_MAX = 16 };

typedef struct sheet sheet_t;

/* NULL: the disk did not take it (logged). */
sheet_t *sheet_open(enum sheet_format format, const struct column *columns, int ncolumns);
void sheet_close(sheet_t **sp);                                 /* waits for the thread, if there is one */
void sheet_row(sheet_t *s, const struct cell *cells);
void sheet_end(sheet_t *s);                                     /* writes the sums; no rows after it */
bool sheet_ended(const sheet_t *s);                             /* after sheet_end: whether sheet_give would not wait */
/* Fills body or fd, length and type.  False: the disk did not take it (logged). */
bool sheet_give(sheet_t *s, struct reply *r);

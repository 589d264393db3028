#include "files/sheet.h"
#include "base/log.h"
#include "http/spool.h"
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { PATH_BYTES = 32, NUMBER_MAX = 32, TEXT_WIDTH = 20, MONEY_WIDTH = 14 };
#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define SUM_NAME "total"
#define SUM_TITLE "合计"

const char *const sheet_formats[SHEET_FORMATS + 1] = { [SHEET_CSV] = "csv", [SHEET_XLSX] = "xlsx" };

struct sheet {
	enum sheet_format format;
	struct column columns[SHEET_COLUMNS_MAX];
	int ncolumns;
	int64_t sums[SHEET_COLUMNS_MAX];
	struct spool spool;                     /* CSV */
	lxw_workbook *book;                     /* XLSX; gone once it is packed */
	lxw_worksheet *page;
	lxw_format *yuan, *fen, *bold;
	lxw_row_t nrows;
	int fd;                                 /* what it is packed into: an unlinked file */
	bool packing, failed;
	atomic_bool packed;
	pthread_t packer;
};

/* ---- CSV */

/* Office programs take these for the beginning of a formula, the wide ones too. */
static bool
is_formula(const char *text)
{
	static const char *const starts[] = { "=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(text, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static void
csv_text(struct spool *out, const char *text)
{
	bool formula = is_formula(text), quoted = text[strcspn(text, ",\"\r\n")] != '\0';

	if (quoted)
		spool_append(out, "\"", 1);
	if (formula)
		spool_append(out, "'", 1);
	for (size_t len; *text; text += len + (text[len] == '"')) {
		len = strcspn(text, "\"");
		spool_append(out, text, len);
		if (text[len] == '"')
			spool_append(out, "\"\"", 2);
	}
	if (quoted)
		spool_append(out, "\"", 1);
}

static void
csv_number(struct spool *out, enum cell_kind kind, int64_t fen)
{
	char text[NUMBER_MAX];
	uint64_t size = fen < 0 ? -(uint64_t)fen : (uint64_t)fen;

	if (kind == CELL_FEN)
		snprintf(text, sizeof(text), "%lld", (long long)fen);
	else
		snprintf(text, sizeof(text), "%s%llu.%02u", fen < 0 ? "-" : "", (unsigned long long)(size / 100),
		         (unsigned)(size % 100));
	spool_append(out, text, strlen(text));
}

static void
csv_end_cell(sheet_t *s, int i)
{
	spool_append(&s->spool, i + 1 < s->ncolumns ? "," : "\r\n", i + 1 < s->ncolumns ? 1 : 2);
}

static void
csv_header(sheet_t *s)
{
	spool_append(&s->spool, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK));
	for (int i = 0; i < s->ncolumns; i++) {
		csv_text(&s->spool, s->columns[i].name);
		csv_end_cell(s, i);
	}
}

static void
csv_row(sheet_t *s, const struct cell *cells)
{
	for (int i = 0; i < s->ncolumns; i++) {
		if (s->columns[i].kind != CELL_TEXT)
			csv_number(&s->spool, s->columns[i].kind, cells[i].fen);
		else if (cells[i].text)
			csv_text(&s->spool, cells[i].text);
		csv_end_cell(s, i);
	}
}

/* ---- XLSX */

static void
xlsx_take(sheet_t *s, lxw_error error)
{
	if (error && !s->failed)
		LOG(ERROR, "sheet.failed", NULL, LOG_S("error", lxw_strerror(error)));
	s->failed |= error != LXW_NO_ERROR;
}

/* The packed file has no name of its own: the library opens it by the descriptor's. */
static bool
xlsx_open(sheet_t *s)
{
	char path[PATH_BYTES];
	const char *dir = getenv("TMPDIR");
	lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = (char *)(dir && *dir ? dir : "/tmp") };

	s->fd = spool_file();
	if (s->fd < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->fd);
	s->book = workbook_new_opt(path, &options);
	s->page = s->book ? workbook_add_worksheet(s->book, NULL) : NULL;
	if (!s->page)
		LOG(ERROR, "sheet.failed", NULL, LOG_S("error", "libxlsxwriter could not make its file"));
	return s->page != NULL;
}

static void
xlsx_header(sheet_t *s)
{
	s->yuan = workbook_add_format(s->book);
	s->fen = workbook_add_format(s->book);
	s->bold = workbook_add_format(s->book);
	format_set_num_format(s->yuan, "0.00");
	format_set_num_format(s->fen, "0");
	format_set_bold(s->bold);
	for (int i = 0; i < s->ncolumns; i++) {
		lxw_col_t col = (lxw_col_t)i;
		worksheet_set_column(s->page, col, col, s->columns[i].kind == CELL_TEXT ? TEXT_WIDTH : MONEY_WIDTH,
		                     NULL);
		xlsx_take(s, worksheet_write_string(s->page, 0, col, s->columns[i].title, s->bold));
	}
	worksheet_freeze_panes(s->page, 1, 0);
	s->nrows = 1;
}

/* XML has no U+FFFE and U+FFFF, and a name that was stored before names were looked at may hold them: U+FFFD takes
 * their place. */
static lxw_error
xlsx_text(sheet_t *s, lxw_col_t col, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		abort();
	for (char *at = copy; (at = strstr(at, "\xef\xbf")); at += 2)
		if (at[2] == '\xbe' || at[2] == '\xbf')
			at[2] = '\xbd';
	lxw_error error = worksheet_write_string(s->page, s->nrows, col, copy, NULL);
	free(copy);
	return error;
}

static void
xlsx_row(sheet_t *s, const struct cell *cells)
{
	for (int i = 0; i < s->ncolumns; i++) {
		lxw_col_t col = (lxw_col_t)i;
		if (s->columns[i].kind == CELL_YUAN)
			xlsx_take(s,
			          worksheet_write_number(s->page, s->nrows, col, (double)cells[i].fen / 100, s->yuan));
		else if (s->columns[i].kind == CELL_FEN)
			xlsx_take(s, worksheet_write_number(s->page, s->nrows, col, (double)cells[i].fen, s->fen));
		else if (cells[i].text && *cells[i].text)
			xlsx_take(s, xlsx_text(s, col, cells[i].text));
	}
	s->nrows++;
}

static void *
xlsx_pack(void *ctx)
{
	sheet_t *s = ctx;

	xlsx_take(s, workbook_close(s->book));
	atomic_store(&s->packed, true);
	return NULL;
}

/* Where no thread can be had it takes as long as it takes. */
static void
xlsx_end(sheet_t *s)
{
	s->packing = pthread_create(&s->packer, NULL, xlsx_pack, s) == 0;
	if (!s->packing)
		xlsx_pack(s);
}

static void
xlsx_wait(sheet_t *s)
{
	if (s->packing)
		pthread_join(s->packer, NULL);
	s->packing = false;
}

/* ---- either */

static const struct {
	const char *type;
	void (*header)(sheet_t *s);
	void (*row)(sheet_t *s, const struct cell *cells);
} formats[SHEET_FORMATS] = {
	[SHEET_CSV] = { TYPE_CSV_UTF8, csv_header, csv_row },
	[SHEET_XLSX] = { TYPE_XLSX, xlsx_header, xlsx_row },
};

sheet_t *
sheet_open(enum sheet_format format, const struct column *columns, int ncolumns)
{
	sheet_t *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	assert(ncolumns > 0 && ncolumns <= SHEET_COLUMNS_MAX && columns[0].kind == CELL_TEXT);
	s->format = format;
	s->ncolumns = ncolumns;
	memcpy(s->columns, columns, (size_t)ncolumns * sizeof(*columns));
	s->spool = SPOOL_EMPTY;
	s->fd = -1;
	if (format == SHEET_XLSX && !xlsx_open(s)) {
		sheet_close(&s);
		return NULL;
	}
	formats[format].header(s);
	return s;
}

/* A book that is not packed: the library forgets the file that its rows lie in. */
static void
xlsx_drop(sheet_t *s)
{
	if (s->page && s->page->optimize_tmpfile)
		fclose(s->page->optimize_tmpfile);
	lxw_workbook_free(s->book);
}

void
sheet_close(sheet_t **sp)
{
	sheet_t *s = *sp;

	*sp = NULL;
	if (!s)
		return;
	xlsx_wait(s);
	if (s->book && !atomic_load(&s->packed))
		xlsx_drop(s);
	if (s->fd >= 0)
		close(s->fd);
	spool_free(&s->spool);
	free(s);
}

void
sheet_row(sheet_t *s, const struct cell *cells)
{
	for (int i = 0; i < s->ncolumns; i++)
		s->sums[i] += s->columns[i].kind == CELL_TEXT ? 0 : cells[i].fen;
	formats[s->format].row(s, cells);
}

void
sheet_end(sheet_t *s)
{
	struct cell cells[SHEET_COLUMNS_MAX] = { { .text = s->format == SHEET_CSV ? SUM_NAME : SUM_TITLE } };

	for (int i = 1; i < s->ncolumns; i++)
		cells[i].fen = s->sums[i];
	formats[s->format].row(s, cells);
	if (s->format == SHEET_XLSX)
		xlsx_end(s);
}

bool
sheet_ended(const sheet_t *s)
{
	return s->format == SHEET_CSV || atomic_load(&s->packed);
}

static bool
xlsx_give(sheet_t *s, struct reply *r)
{
	struct stat file;

	xlsx_wait(s);
	if (s->failed || fstat(s->fd, &file))
		return false;
	r->fd = s->fd;
	r->len = (size_t)file.st_size;
	s->fd = -1;
	return true;
}

bool
sheet_give(sheet_t *s, struct reply *r)
{
	r->content_type = formats[s->format].type;
	return s->format == SHEET_CSV ? spool_give(&s->spool, r) : xlsx_give(s, r);
}

/* health - see health.h. */
#include "base/health.h"
#include "base/log.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 512, LINE_BYTES = 256 };

void
health_open(struct health *h, const char *file, int threads, int64_t mono_us)
{
	assert(threads > 0 && threads <= HEALTH_THREADS_MAX);
	*h = (struct health){ .file = file, .threads = threads };
	for (int i = 0; i < threads; i++)
		atomic_store(&h->of[i].turned_us, mono_us);
}

static bool
lines_write(struct health *h, FILE *f)
{
	for (int i = 0; i < h->threads; i++) {
		const char *trouble = atomic_load(&h->of[i].trouble);
		fprintf(f, "%" PRId64 " %s\n", atomic_load(&h->of[i].turned_us), trouble ? trouble : "well");
	}
	bool whole = !ferror(f);
	return !fclose(f) && whole;
}

/* Renamed when whole, so that a reader never sees half of it. */
static void
file_write(struct health *h)
{
	char path[PATH_BYTES];
	FILE *f = NULL;

	if (snprintf(path, sizeof(path), "%s.new", h->file) < (int)sizeof(path))
		f = fopen(path, "we");
	if (f && lines_write(h, f) && !rename(path, h->file))
		return;
	LOG(ERROR, "health.unwritten", NULL, LOG_S("file", h->file), LOG_S("error", strerror(errno)));
	h->file = "";                           /* once is enough; --health sees that it grows old */
}

void
health_turn(struct health *h, int i, int64_t mono_us, const char *trouble)
{
	if (!h || !*h->file)
		return;
	assert(i >= 0 && i < h->threads);
	atomic_store_explicit(&h->of[i].turned_us, mono_us, memory_order_relaxed);
	atomic_store_explicit(&h->of[i].trouble, trouble, memory_order_relaxed);
	if (i || (h->written_us && mono_us - h->written_us < HEALTH_WRITE_US))
		return;
	h->written_us = mono_us;
	file_write(h);
}

/* A line of the file; says what is wrong with it. */
static bool
line_well(const char *program, int i, const char *line, int64_t mono_us)
{
	char trouble[LINE_BYTES];
	int64_t turned_us;

	if (sscanf(line, "%" SCNd64 " %255[^\n]", &turned_us, trouble) != 2 || turned_us > mono_us) {
		printf("%s: thread %d: the file is not one of this start of the machine\n", program, i);
		return false;
	}
	if (mono_us - turned_us > HEALTH_STALE_US) {
		printf("%s: thread %d has not turned for %" PRId64 " s\n", program, i, (mono_us - turned_us) / 1000000);
		return false;
	}
	if (strcmp(trouble, "well") != 0)
		printf("%s: thread %d: %s\n", program, i, trouble);
	return strcmp(trouble, "well") == 0;
}

int
health_report(const char *program, const char *file, int64_t mono_us)
{
	char line[LINE_BYTES + 32];
	bool well = true;
	int n = 0;
	FILE *f = *file ? fopen(file, "re") : NULL;

	if (!f) {
		printf("%s: %s\n", program, *file ? "nothing has been written yet" : "ZHUCUN_HEALTH_FILE is not set");
		return 1;
	}
	for (; fgets(line, sizeof(line), f); n++)
		well &= line_well(program, n, line, mono_us);
	fclose(f);
	if (well && n)
		printf("%s: well\n", program);
	return well && n ? 0 : 1;
}

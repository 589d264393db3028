#include "ops/exposition.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A metric, in the order of first sight. */
struct family { const char *name; size_t len; struct bytes help, type, samples; };
struct families { struct family *at; size_t n, cap; };

static struct family *
family_of(struct families *fs, const char *name, size_t len)
{
	for (size_t i = fs->n; i-- > 0;)
		if (fs->at[i].len == len && memcmp(fs->at[i].name, name, len) == 0)
			return &fs->at[i];
	if (fs->n == fs->cap) {
		fs->cap = fs->cap ? 2 * fs->cap : 256;
		fs->at = realloc(fs->at, fs->cap * sizeof(*fs->at));
		if (!fs->at)
			abort();
	}
	fs->at[fs->n] = (struct family){ .name = name, .len = len };
	return &fs->at[fs->n++];
}

/* A histogram's samples are named after it. */
static struct family *
family_of_sample(struct families *fs, const char *name, size_t len)
{
	static const char *const ends[] = { "_bucket", "_sum", "_count" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t end = strlen(ends[i]);
		if (len <= end || memcmp(name + len - end, ends[i], end) != 0)
			continue;
		for (size_t k = 0; k < fs->n; k++) {
			const struct family *f = &fs->at[k];
			if (f->len == len - end && memcmp(f->name, name, f->len) == 0 && f->type.len > 10 &&
			    memcmp(f->type.p + f->type.len - 10, "histogram\n", 10) == 0)
				return &fs->at[k];
		}
	}
	return family_of(fs, name, len);
}

static void
line_add(struct families *fs, const char *line, size_t len)
{
	bool help = strncmp(line, "# HELP ", 7) == 0, type = strncmp(line, "# TYPE ", 7) == 0;
	const char *name = help || type ? line + 7 : line;
	size_t name_len = strcspn(name, " {\n");

	if (name_len == 0 || *name == '#')
		return;
	struct family *f = help || type ? family_of(fs, name, name_len) : family_of_sample(fs, name, name_len);
	struct bytes *to = help ? &f->help : type ? &f->type : &f->samples;
	if (to == &f->samples || to->len == 0) {
		bytes_append(to, line, len);
		bytes_append(to, "\n", 1);
	}
}

void
exposition_merge(const char *const *texts, size_t n, struct bytes *out)
{
	struct families made = { 0 }, *fs = &made;

	for (size_t i = 0; i < n; i++)
		for (const char *line = texts[i]; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
			line_add(fs, line, strcspn(line, "\n"));
	for (size_t i = 0; i < fs->n; i++) {
		struct family *f = &fs->at[i];
		bytes_append(out, f->help.p, f->help.len);
		bytes_append(out, f->type.p, f->type.len);
		bytes_append(out, f->samples.p, f->samples.len);
		bytes_free(&f->help);
		bytes_free(&f->type);
		bytes_free(&f->samples);
	}
	free(fs->at);
}

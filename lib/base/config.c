/* config - settings from the environment, each declared once with its meaning.
 *
 * In: the environment, a table of settings, the command line.  Out: values that are in their range; or, at start, help,
 * or the answer to --health, or a sentence for every bad setting and the end.  Owns nothing: texts are the
 * environment's or the table's. A variable that is set to nothing counts as not set: that is how compose files pass on
 * what nobody gave them. A fallback has to be in range as well. */
#include "base/config.h"
#include "base/clock.h"
#include "base/health.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_BAD_CONFIG = 2 };

/* One of the two statics that change (log.c has the other): the table of this process, set by config_open before there
 * are threads, only read afterwards. */
static struct { const struct setting *settings; size_t n; } opened;

static const struct word { const char *text; bool value; } words[] = {
	{ "1", true }, { "true", true }, { "yes", true }, { "0", false }, { "false", false }, { "no", false },
};

/* NULL: not set, and there is no fallback. */
static const char *
text_of(const struct setting *s)
{
	const char *set = getenv(s->name);

	return set && *set ? set : s->fallback;
}

/* Decimal digits after at most a minus: no spaces, no plus, no hexadecimal. */
static bool
int_parse(const char *text, int64_t *out)
{
	const char *first = text + (*text == '-');
	char *end;

	if (*first < '0' || *first > '9')
		return false;
	errno = 0;
	*out = strtoll(text, &end, 10);
	return !errno && !*end;
}

static bool
bool_parse(const char *text, bool *out)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		*out = words[i].value;
		if (strcmp(text, words[i].text) == 0)
			return true;
	}
	return false;
}

static bool
in_range(const struct setting *s, const char *text)
{
	int64_t number = (int64_t)strlen(text);
	bool truth;

	switch (s->type) {
	case SETTING_TEXT:
		return !s->max || (number >= s->min && number <= s->max);
	case SETTING_INT:
		return int_parse(text, &number) && number >= s->min && number <= s->max;
	case SETTING_BOOL:
		return bool_parse(text, &truth);
	}
	return false;
}

static void
print_range(FILE *to, const struct setting *s)
{
	if (s->type == SETTING_INT)
		fprintf(to, "a whole number from %" PRId64 " to %" PRId64, s->min, s->max);
	else if (s->type == SETTING_BOOL)
		fputs("1 or 0, true or false, yes or no", to);
	else if (s->max)
		fprintf(to, "a text of %" PRId64 " to %" PRId64 " bytes", s->min, s->max);
	else
		fputs("a text", to);
}

static void
print_help(const char *program, const char *purpose, const struct setting *s, size_t n)
{
	printf("usage: %s [--help | --health]\n%s\n\nSettings, from the environment:\n", program, purpose);
	for (size_t i = 0; i < n; i++) {
		printf("  %s\n      %s; ", s[i].name, s[i].meaning);
		print_range(stdout, &s[i]);
		if (!s[i].fallback)
			puts("; must be set");
		else if (s[i].secret)
			puts("; has a fallback");
		else
			printf("; \"%s\" when not set\n", s[i].fallback);
	}
}

static bool
check(const char *program, const struct setting *s)
{
	const char *text = text_of(s);

	if (text && in_range(s, text))
		return true;
	if (!text)
		fprintf(stderr, "%s: %s must be set: %s, ", program, s->name, s->meaning);
	else if (s->secret)
		fprintf(stderr, "%s: the value of %s is not one it can have: %s, ", program, s->name, s->meaning);
	else
		fprintf(stderr, "%s: %s cannot be \"%s\": %s, ", program, s->name, text, s->meaning);
	print_range(stderr, s);
	fputs(".\n", stderr);
	return false;
}

/* How the process with this environment is that serves; settings are its concern, not ours. */
static int
report(const char *program, const struct setting *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s[i].name, HEALTH_SETTING) == 0)
			return health_report(program, text_of(&s[i]), clock_mono_us());
	return health_report(program, "", clock_mono_us());
}

void
config_open(int argc, char **argv, const char *program, const char *purpose, const struct setting *s, size_t n)
{
	bool good = true;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help(program, purpose, s, n);
			exit(EXIT_SUCCESS);
		}
		if (strcmp(argv[i], "--health") == 0)
			exit(report(program, s, n));
		fprintf(stderr, "%s: \"%s\" is unknown; settings come from the environment, --help lists them.\n",
			program, argv[i]);
		good = false;
	}
	for (size_t i = 0; i < n; i++)
		good &= check(program, &s[i]);
	if (!good)
		exit(EXIT_BAD_CONFIG);
	opened.settings = s;
	opened.n = n;
}

static const char *
declared(const char *name, enum setting_type type)
{
	for (size_t i = 0; i < opened.n; i++)
		if (strcmp(opened.settings[i].name, name) == 0) {
			assert(opened.settings[i].type == type);
			return text_of(&opened.settings[i]);
		}
	assert(!"a setting that was not declared");
	abort();
}

const char *
config_text(const char *name)
{
	return declared(name, SETTING_TEXT);
}

int64_t
config_int(const char *name)
{
	int64_t value = 0;
	bool good = int_parse(declared(name, SETTING_INT), &value);

	assert(good);                   /* config_open has read it, and nobody writes to the environment */
	(void)good;
	return value;
}

bool
config_bool(const char *name)
{
	bool value = false, good = bool_parse(declared(name, SETTING_BOOL), &value);

	assert(good);
	(void)good;
	return value;
}

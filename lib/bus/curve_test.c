/* Files of keys: which are taken for one.  What sockets do with them is tried where there are buses
 * (services/bus/door_test.c). */
#include "bus/curve.h"
#include "base/log.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

/* The pair of RFC 26's implementation, zmq_curve_public(3). */
#define SECRET "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
#define PUBLIC "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define DIGITS "0123456789012345678901234567890123456789"

static const struct { const char *what, *text; int mode; bool secret, open; } cases[] = {
	{ "a key",                       SECRET, 0600, true, true },
	{ "a key and a line's end",      SECRET "\n", 0600, true, true },
	{ "read-only",                   SECRET "\n", 0400, true, true },
	{ "others may read it",          SECRET "\n", 0604, false, true },
	{ "its group may read it",       SECRET "\n", 0640, false, true },
	{ "others may write it",         SECRET "\n", 0602, false, true },
	{ "nothing",                     "", 0600, false, false },
	{ "a line's end",                "\n", 0600, false, false },
	{ "a character too few",         SECRET + 1, 0600, false, false },
	{ "a character too many",        SECRET "7", 0600, false, false },
	{ "two lines' ends",             SECRET "\n\n", 0600, false, false },
	{ "two keys",                    SECRET "\n" PUBLIC "\n", 0600, false, false },
	{ "another system's line's end", SECRET "\r\n", 0600, false, false },
	{ "a character that is none",    "~TKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6", 0600, false, false },
};

static void
reads(const char *file, const char *what, const char *text, int mode, bool secret, bool open)
{
	struct curve_client c = { .name = "" };
	struct curve_pair p = { .secret = "" };
	FILE *f = fopen(file, "w");

	if (!f || fputs(text, f) < 0 || fclose(f) || chmod(file, (mode_t)mode))
		abort();
	bool ok = curve_pair_read(&p, file) == secret &&
	          (!secret || (!strcmp(p.secret, SECRET) && !strcmp(p.public, PUBLIC)));
	/* as the public one, which anybody may read */
	char other[300];
	snprintf(other, sizeof(other), "%s.own", file);
	f = fopen(other, "w");
	if (!f || fputs(SECRET, f) < 0 || fclose(f) || chmod(other, 0600))
		abort();
	ok &= curve_client_read(&c, "roster", other, file) == open &&
	      (!open || (!strcmp(c.bus, SECRET) && !strcmp(c.name, "roster")));
	unlink(other);
	unlink(file);
	ok &= !curve_pair_read(&p, file);
	check(ok, what, "");
}

static void
texts(void)
{
	uint8_t key[CURVE_BYTES];
	char back[CURVE_TEXT + 1];
	bool ok = curve_text_is_key(PUBLIC, CURVE_TEXT, key) &&
	          !strcmp(zmq_z85_encode(back, key, CURVE_BYTES), PUBLIC) &&
	          curve_text_is_key(DIGITS, CURVE_TEXT, NULL) && !curve_text_is_key(DIGITS, CURVE_TEXT - 1, NULL) &&
	          !curve_text_is_key("012345678901234567890123456789\0123456789", CURVE_TEXT, NULL);

	check(ok, "texts", "");
}

int
main(void)
{
	char dir[] = "/tmp/curve-test-XXXXXX", file[64];

	log_open("curve_test", LOG_LEVEL_ERROR + 1);
	umask(0);
	if (!mkdtemp(dir))
		abort();
	snprintf(file, sizeof(file), "%s/key", dir);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		reads(file, cases[i].what, cases[i].text, cases[i].mode, cases[i].secret, cases[i].open);
	texts();
	rmdir(dir);
	return tally_end();
}

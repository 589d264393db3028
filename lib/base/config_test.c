/* config_test - settings as a process would find them at its start.
 *
 * How: each case is a child process with an environment and a command line of its own, which opens the table and prints
 * what it reads; its exit code, its output and its errors are compared. */
#include "base/config.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct setting settings[] = {
	{ "ZT_PORT", SETTING_INT, "8080", 1, 65535, "port that it listens on" },
	{ "ZT_SHIFT", SETTING_INT, "-3", INT64_MIN, INT64_MAX, "any number" },
	{ "ZT_STRICT", SETTING_BOOL, "no", 0, 0, "whether it is strict" },
	{ "ZT_NAME", SETTING_TEXT, "n", 1, 4, "what it is called" },
	{ "ZT_NOTE", SETTING_TEXT, "", 0, 0, "anything" },
	{ "ZT_KEY", SETTING_TEXT, NULL, 8, 64, "what it signs with", .secret = true },
};
static const struct setting wrong_fallback[] = { { "ZT_PORT", SETTING_INT, "0", 1, 65535, "port that it listens on" } };

#define KEY "ZT_KEY=sesame-open"
#define PORT(v) { KEY, "ZT_PORT=" v }
#define BAD_PORT(v) "t: ZT_PORT cannot be \"" v "\": port that it listens on, a whole number from 1 to 65535.\n"
#define STRICT(v) { KEY, "ZT_STRICT=" v }
#define NO_KEY "t: ZT_KEY must be set: what it signs with, a text of 8 to 64 bytes.\n"

static const struct {
	const char *env[4], *argv[3];
	int exit_code;
	const char *out, *err;
} cases[] = {
	{ { KEY }, { 0 }, 0, "8080 -3 0 n [] sesame-open\n", "" },
	{ PORT("1"), { 0 }, 0, "1 -3 0 n [] sesame-open\n", "" },
	{ PORT("65535"), { 0 }, 0, "65535 -3 0 n [] sesame-open\n", "" },
	{ PORT(""), { 0 }, 0, "8080 -3 0 n [] sesame-open\n", "" },
	{ PORT("0"), { 0 }, 2, "", BAD_PORT("0") },
	{ PORT("65536"), { 0 }, 2, "", BAD_PORT("65536") },
	{ PORT("80x"), { 0 }, 2, "", BAD_PORT("80x") },
	{ PORT(" 80"), { 0 }, 2, "", BAD_PORT(" 80") },
	{ PORT("+80"), { 0 }, 2, "", BAD_PORT("+80") },
	{ PORT("-"), { 0 }, 2, "", BAD_PORT("-") },
	{ PORT("0x50"), { 0 }, 2, "", BAD_PORT("0x50") },
	{ PORT("99999999999999999999"), { 0 }, 2, "", BAD_PORT("99999999999999999999") },
	{ { KEY, "ZT_SHIFT=-9223372036854775808" }, { 0 }, 0, "8080 -9223372036854775808 0 n [] sesame-open\n", "" },
	{ STRICT("yes"), { 0 }, 0, "8080 -3 1 n [] sesame-open\n", "" },
	{ STRICT("true"), { 0 }, 0, "8080 -3 1 n [] sesame-open\n", "" },
	{ STRICT("1"), { 0 }, 0, "8080 -3 1 n [] sesame-open\n", "" },
	{ STRICT("false"), { 0 }, 0, "8080 -3 0 n [] sesame-open\n", "" },
	{ STRICT("0"), { 0 }, 0, "8080 -3 0 n [] sesame-open\n", "" },
	{ STRICT("2"), { 0 }, 2, "", "t: ZT_STRICT cannot be \"2\": whether it is strict, 1 or 0, true or false, yes "
	  "or no.\n" },
	{ { KEY, "ZT_NAME=four", "ZT_NOTE=a b" }, { 0 }, 0, "8080 -3 0 four [a b] sesame-open\n", "" },
	{ { KEY, "ZT_NAME=fives" }, { 0 }, 2, "", "t: ZT_NAME cannot be \"fives\": what it is called, a text of 1 to 4 "
	  "bytes.\n" },
	{ { 0 }, { 0 }, 2, "", NO_KEY },
	{ { "ZT_KEY=" }, { 0 }, 2, "", NO_KEY },
	{ { "ZT_KEY=sesame" }, { 0 }, 2, "",
	  "t: the value of ZT_KEY is not one it can have: what it signs with, a text of 8 to 64 bytes.\n" },
	{ { "ZT_PORT=0" }, { 0 }, 2, "", BAD_PORT("0") NO_KEY },
	{ { KEY }, { "--port" }, 2, "", "t: \"--port\" is unknown; settings come from the environment, --help lists "
	  "them.\n" },
};

static void
read_all(FILE *f, char *out, size_t size)
{
	rewind(f);
	out[fread(out, 1, size - 1, f)] = '\0';
}

/* In the child: the environment of the case, the table, and what is read from it. */
static void
open_and_print(const char *const env[4], const char *const args[3], const struct setting *table, size_t n)
{
	char *argv[4] = { (char[]){ "t" } };
	int argc = 1;

	clearenv();
	for (int i = 0; i < 4 && env[i]; i++)
		putenv(strdup(env[i]));
	for (; argc <= 3 && args[argc - 1]; argc++)
		argv[argc] = strdup(args[argc - 1]);
	config_open(argc, argv, "t", "A thing to test.", table, n);
	printf("%lld %lld %d %s [%s] %s\n", (long long)config_int("ZT_PORT"), (long long)config_int("ZT_SHIFT"),
	       config_bool("ZT_STRICT"), config_text("ZT_NAME"), config_text("ZT_NOTE"), config_text("ZT_KEY"));
	fflush(NULL);
	_exit(0);
}

struct outcome { int exit_code; char out[4096], err[4096]; };

static struct outcome
run(const char *const env[4], const char *const args[3], const struct setting *table, size_t n)
{
	FILE *out = tmpfile(), *err = tmpfile();
	struct outcome o = { .exit_code = -1 };
	int status;

	fflush(stdout);
	pid_t child = out && err ? fork() : -1;
	if (child == 0) {
		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(err), STDERR_FILENO);
		open_and_print(env, args, table, n);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return o;
	o.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	read_all(out, o.out, sizeof(o.out));
	read_all(err, o.err, sizeof(o.err));
	fclose(out);
	fclose(err);
	return o;
}

static void
expect(const struct outcome *o, int exit_code, const char *out, const char *err, const char *what)
{
	checkf(o->exit_code == exit_code && strcmp(o->out, out) == 0 && strcmp(o->err, err) == 0, what,
	       "exit %d, want %d\n%s%s", o->exit_code, exit_code, o->out, o->err);
}

static void
test_help(const char *word)
{
	struct outcome o = run((const char *const[4]){ "ZT_PORT=0" }, (const char *const[3]){ word }, settings,
	                       sizeof(settings) / sizeof(settings[0]));

	expect(&o, 0,
	       "usage: t [--help | --health]\nA thing to test.\n\nSettings, from the environment:\n"
	       "  ZT_PORT\n      port that it listens on; a whole number from 1 to 65535; \"8080\" when not set\n"
	       "  ZT_SHIFT\n      any number; a whole number from -9223372036854775808 to 9223372036854775807; \"-3\" "
	       "when not set\n"
	       "  ZT_STRICT\n      whether it is strict; 1 or 0, true or false, yes or no; \"no\" when not set\n"
	       "  ZT_NAME\n      what it is called; a text of 1 to 4 bytes; \"n\" when not set\n"
	       "  ZT_NOTE\n      anything; a text; \"\" when not set\n"
	       "  ZT_KEY\n      what it signs with; a text of 8 to 64 bytes; must be set\n",
	       "", word);
}

/* A secret's fallback is as secret as the secret. */
static void
test_secret_fallback(void)
{
	static const struct setting secret[] = {
		{ "ZT_KEY", SETTING_TEXT, "sesame", 0, 0, "what it signs with", .secret = true },
	};
	struct outcome o = run((const char *const[4]){ 0 }, (const char *const[3]){ "--help" }, secret, 1);

	expect(&o, 0, "usage: t [--help | --health]\nA thing to test.\n\nSettings, from the environment:\n"
	       "  ZT_KEY\n      what it signs with; a text; has a fallback\n", "", "a secret's fallback");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char what[40];
		struct outcome o = run(cases[i].env, cases[i].argv, settings, sizeof(settings) / sizeof(settings[0]));
		snprintf(what, sizeof(what), "case %zu", i);
		expect(&o, cases[i].exit_code, cases[i].out, cases[i].err, what);
	}
	test_help("--help");
	test_help("-h");
	test_secret_fallback();
	struct outcome o = run((const char *const[4]){ 0 }, (const char *const[3]){ 0 }, wrong_fallback, 1);
	expect(&o, 2, "", BAD_PORT("0"), "a fallback out of range");
	return tally_end();
}

/* zhucunctl - the operator's command: one table of commands, from which help, the man page and completion are made too.
 */
#include "ctl.h"
#include "base/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CALL_BYTES_MAX = 256 << 20, PAGE_BYTES_MAX = 512 << 20 };

#define SERVICE { "service", "NAME", "of this service only" }
#define DISTRICT { "district", "ID", "of this district only" }

const struct subcommand commands[] = {
	{
		.name = "status",
		.words = "",
		.help = "Show how things stand: replicas, and who holds what and is how far behind",
		.about = "A row for each replica that lives, then one for each service and partition: epoch, the last "
			 "event's number, owner, how many "
			 "events of others it has not read yet, inputs put aside, timers due, jobs left.",
		.examples = { { "zhucunctl status", "for people" },
			      { "zhucunctl status --json | jq 'select(.behind > 0)'", "who is behind" } },
		.run = status_run,
	},
	{
		.name = "verify",
		.words = "",
		.help = "Check event logs, positions and money; name the first fault of each kind",
		.about = "Each event log of each service and partition is read through: numbers without gaps, hashes "
			 "that follow from one another, bodies "
			 "that can be read as their type and say what their row says. Heads are the last events; who "
			 "has read a log was nowhere beyond its "
			 "end and has read that very event; every transfer of money sums to zero, every reversal is "
			 "the exact opposite, every day says what "
			 "its transfers say. As of one instant, while services run; nothing is changed.",
		.options = { SERVICE },
		.examples = { { "zhucunctl verify", "everything" },
			      { "zhucunctl verify --service funding --json", "one service, for a program" } },
		.run = verify_run,
	},
	{
		.name = "rebuild",
		.words = "",
		.help = "Make every derived table again from the event logs, and compare",
		.about = "The events are run once more, by the services' own code, in the order in which each service "
			 "read and said them, into temporary "
			 "tables; then each of them is compared with the one that is there. The first row and column "
			 "that differ are named, or that all "
			 "are equal. As of one instant for each service, while services run; nothing is changed. Not "
			 "rebuilt, since no event holds them: "
			 "tables that are commented 'own', answers kept by their keys, timers, and jobs still to be "
			 "done. An event that today's code "
			 "would not say so is taken from the log, and counted as otherwise.",
		.options = { { "check", NULL, "compare, and leave everything as it is; must be said" }, SERVICE },
		.examples = { { "zhucunctl rebuild --check", "all services" },
			      { "zhucunctl rebuild --check --service funding", "one of them" } },
		.run = rebuild_run,
	},
	{
		.name = "parked",
		.words = "",
		.help = "List the inputs that were put aside, with the reasons",
		.about = "An event that the database refuses, or that ends the process that runs it, is put aside; "
			 "later ones of its subject wait behind it. "
			 "Ends with 1 when there are any.",
		.options = { SERVICE, DISTRICT },
		.examples = { { "zhucunctl parked", "all" },
			      { "zhucunctl parked --json | jq -r .id", "their ids, for retry" } },
		.run = parked_run,
	},
	{
		.name = "retry",
		.words = "[ID...]",
		.help = "Have inputs that were put aside tried again",
		.about = "Say which: ids as parked shows them, or all of a service, of a district, or of all. The "
			 "service that put them aside runs them, "
			 "within a moment and once, in the order in which they were read; with each goes everything of "
			 "its subject, before and behind it. "
			 "What still cannot be run stays aside with its reason, and what waits behind it waits on. The "
			 "cure comes first, usually a later version.",
		.options = { SERVICE,
			     DISTRICT,
			     { "all", NULL, "everything that is put aside" },
			     { "yes", NULL, "do it without being asked" } },
		.examples = { { "zhucunctl retry --all --yes", "everything" },
			      { "zhucunctl retry funding/17/attendance/4711", "one, and all of its subject" } },
		.nwords_max = -1,
		.run = parked_retry,
	},
	{
		.name = "clock",
		.words = "",
		.help = "Show what time it is for whom; accept a clock, or bring partitions back that are ahead",
		.about = "Without an option: the clocks of the database, of this machine and of each replica; and for "
			 "each service and partition the last instant that it "
			 "has decided at, how many seconds that is ahead of the database's clock, and whether it waits "
			 "for you. Ends with 1 when something waits.\n"
			 "--accept: the clocks are right as they are. Whoever waits since a start, or has stepped, "
			 "goes on; a partition that is ahead stands still "
			 "until the clock has come as far.\n"
			 "--bring-back: partitions that are ahead get the database's time. What they have dated "
			 "wrongly stays in the logs and is put on record, with who "
			 "brought them back; sessions, failed logins, kept answers and jobs of that time are mended, "
			 "timers only told of.\n"
			 "Both want a reason, and the clocks of this machine and of the database within a minute of "
			 "each other.",
		.options = { { "accept", NULL, "the clocks are right; go on" },
			     { "bring-back", NULL, "give partitions that are ahead the right time" },
			     { "record", NULL, "tell what was accepted and brought back, and what was dated wrongly" },
			     { "reason", "TEXT", "why, for the record" },
			     { "yes", NULL, "do it without being asked" } },
		.examples = { { "zhucunctl clock", "who waits, and why" },
			      { "zhucunctl clock --accept --reason 'the machine was off for two years'",
				"a start goes on" },
			      { "zhucunctl clock --bring-back --reason 'set to 2086 by mistake'",
				"after a clock that was wrong" },
			      { "zhucunctl clock --record --json | jq 'select(.type)'", "what was dated wrongly" } },
		.run = clock_run,
	},
	{
		.name = "help",
		.words = "[COMMAND]",
		.help = "Tell what the commands do",
		.about = "",
		.options = { { "man", NULL, "the manual page, as roff" },
			     { "completion", NULL, "completion for bash" } },
		.examples = { { "zhucunctl help --man | man -l -", "read the manual page" },
			      { "source <(zhucunctl help --completion)",
				"complete commands and options in this shell" } },
		.nwords_max = 1,
		.run = help_run,
	},
};
const size_t ncommands = sizeof commands / sizeof commands[0];

const struct option_row common_options[] = {
	{ "json", NULL, "one JSON object a line instead of columns" },
	{ "db", "CONNINFO", "the database (libpq), instead of that of the stack in ZHUCUN_VAR" },
	{ "help", NULL, "tell what the command does" },
	{ NULL, NULL, NULL },
};

/* ---- what commands ask of their call */

const struct subcommand *
command_of(const char *name)
{
	for (size_t i = 0; i < ncommands; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

const struct service *
service_named(const char *name)
{
	for (size_t i = 0; i < SERVICES; i++)
		if (!strcmp(service_list[i]->name, name))
			return service_list[i];
	return NULL;
}

const char *
call_option(const struct call *c, const char *name)
{
	for (int i = 0; i < OPTIONS_MAX && c->command->options[i].name; i++)
		if (!strcmp(c->command->options[i].name, name))
			return c->value[i];
	return NULL;
}

void
say(const char *format, ...)
{
	va_list args;

	fputs("zhucunctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int
call_misused(const struct call *c, const char *why, const char *what)
{
	say("%s: %s", why, what);
	help_usage(c->command);
	return CTL_USAGE;
}

bool
call_confirmed(const char *question)
{
	char answer[16];

	if (!isatty(STDIN_FILENO))
		return false;
	fprintf(stderr, "%s [y/N] ", question);
	return fgets(answer, sizeof answer, stdin) && (*answer == 'y' || *answer == 'Y');
}

/* ---- the command line */

/* Where the value of an option of this name goes; NULL: there is none such. */
static const char **
place_of(struct call *c, const char *name, bool *takes_value)
{
	static const char *json, *help;

	for (int i = 0; i < OPTIONS_MAX && c->command->options[i].name; i++)
		if (!strcmp(c->command->options[i].name, name)) {
			*takes_value = c->command->options[i].value != NULL;
			return &c->value[i];
		}
	*takes_value = !strcmp(name, "db");
	return !strcmp(name, "db") ? &c->db : !strcmp(name, "json") ? &json : !strcmp(name, "help") ? &help : NULL;
}

/* --name, --name VALUE, --name=VALUE.  How many arguments it took; 0: said what is wrong. */
static int
take_option(struct call *c, char *const *argv)
{
	char name[32];
	const char *equals = strchr(argv[0], '=');
	bool takes_value;

	snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - argv[0]) - 2 : 30, argv[0] + 2);
	const char **place = place_of(c, name, &takes_value);
	if (!place || takes_value != (equals || (takes_value && argv[1]))) {
		call_misused(c,
			     !place        ? "no such option"
			     : takes_value ? "this option wants a value"
					   : "this option takes no value",
			     argv[0]);
		return 0;
	}
	*place = equals ? equals + 1 : takes_value ? argv[1] : "";
	c->json = c->json || !strcmp(name, "json");
	return takes_value && !equals ? 2 : 1;
}

static bool
wants_help(char *const *argv)
{
	for (; *argv && strcmp(*argv, "--"); argv++)
		if (!strcmp(*argv, "--help") || !strcmp(*argv, "-h"))
			return true;
	return false;
}

/* Words move to the front of argv, over what has been read.  False: said what is wrong. */
static bool
read_line(struct call *c, char **argv)
{
	char **words = argv;
	bool only_words = false;

	while (*argv) {
		if (!only_words && !strcmp(*argv, "--")) {
			only_words = true;
			argv++;
		} else if (!only_words && (*argv)[0] == '-' && (*argv)[1] == '-') {
			int taken = take_option(c, argv);
			if (!taken)
				return false;
			argv += taken;
		} else if (!only_words && (*argv)[0] == '-') {
			call_misused(c, "no such option", *argv);
			return false;
		} else {
			words[c->nwords++] = *argv++;
		}
	}
	c->words = (const char *const *)words;
	if (c->command->nwords_max >= 0 && c->nwords > c->command->nwords_max)
		call_misused(c, "too many words", words[c->command->nwords_max]);
	return c->command->nwords_max < 0 || c->nwords <= c->command->nwords_max;
}

/* Output that could not be written is no success. */
static int
finish(struct call *c, int code)
{
	store_close(&c->store);
	arena_close(&c->arena);
	arena_close(&c->page);
	if (fflush(stdout) || ferror(stdout)) {
		say("standard output: cannot be written");
		return code ? code : CTL_AWAY;
	}
	return code;
}

int
main(int argc, char **argv)
{
	const struct subcommand *k = argc > 1 ? command_of(argv[1]) : NULL;
	struct call c = { .command = k };

	log_open("zhucunctl", LOG_LEVEL_ERROR);
	if (argc > 1 && !k && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		help_all();
		return CTL_FINE;
	}
	if (!k) {
		say(argc > 1 ? "no such command: %s" : "which command?%s", argc > 1 ? argv[1] : "");
		fprintf(stderr, "`zhucunctl --help` lists them.\n");
		return CTL_USAGE;
	}
	if (wants_help(argv + 2)) {
		help_command(k);
		return CTL_FINE;
	}
	if (!read_line(&c, argv + 2))
		return CTL_USAGE;
	c.arena = arena_open(CALL_BYTES_MAX);
	c.page = arena_open(PAGE_BYTES_MAX);
	return finish(&c, k->run(&c));
}

/* help - --help, the man page and bash completion, all from the command table. */
#include "ctl.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define PROGRAM "zhucunctl"
enum { HELP_COLUMNS = 80 };
static const char purpose[] = "look after an installation of zhucun";

static const struct { int code; const char *meaning; } codes[] = {
	{ CTL_FINE, "fine" },
	{ CTL_WRONG, "something is wrong with the data: what was found stands on standard output" },
	{ CTL_USAGE, "the command line is wrong" },
	{ CTL_AWAY, "the database cannot be reached, refuses, or is of another version" },
};

static const struct { const char *name, *meaning;
} variables[] = {
	{ "ZHUCUN_VAR", "directory of the stack whose database is meant, as of make run (var)" },
	{ "ZHUCUN_DB_OPERATOR", "libpq conninfo of that database, logging in as the role operator; comes before "
				"ZHUCUN_VAR, --db before both" },
};

#define ALL(i, list) (size_t i = 0; i < sizeof list / sizeof list[0]; i++)

/* ---- --help */

static void
print_usage(FILE *to, const struct subcommand *k)
{
	fprintf(to, "usage: %s %s%s%s [options]\n", PROGRAM, k->name, *k->words ? " " : "", k->words);
}

void
help_usage(const struct subcommand *k)
{
	print_usage(stderr, k);
	fprintf(stderr, "`%s %s --help` tells more.\n", PROGRAM, k->name);
}

static void
print_options(const struct option_row *o)
{
	for (; o->name; o++) {
		char name[64];
		snprintf(name, sizeof name, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
		printf("  %-22s %s\n", name, o->help);
	}
}

/* Broken between words; a newline begins a paragraph. */
static void
print_wrapped(const char *s)
{
	for (int at = 0; *s; s += strspn(s, " ")) {
		int len = (int)strcspn(s, " \n");
		if (at && at + 1 + len > HELP_COLUMNS) {
			putchar('\n');
			at = 0;
		}
		at += printf("%s%.*s", at ? " " : "", len, s);
		s += len;
		for (; *s == '\n'; s++, at = 0)
			putchar('\n');
	}
	putchar('\n');
}

void
help_command(const struct subcommand *k)
{
	print_usage(stdout, k);
	printf("\n%s.\n", k->help);
	if (*k->about) {
		putchar('\n');
		print_wrapped(k->about);
	}
	puts("\nOptions:");
	print_options(k->options);
	print_options(common_options);
	if (k->examples[0].line)
		puts("\nExamples:");
	for (const struct example *e = k->examples; e->line; e++)
		printf("  %s\n      %s\n", e->line, e->what);
}

void
help_all(void)
{
	printf("%s - %s\n\nusage: %s COMMAND [options]\n\nCommands:\n", PROGRAM, purpose, PROGRAM);
	for (size_t i = 0; i < ncommands; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].help);
	puts("\nOptions of all commands:");
	print_options(common_options);
	puts("\nExit codes:");
	for ALL(i, codes)
		printf("  %d  %s\n", codes[i].code, codes[i].meaning);
	puts("\nEnvironment:");
	for ALL(i, variables)
		printf("  %s\n      %s\n", variables[i].name, variables[i].meaning);
	printf("\n`%s COMMAND --help` tells of one command, with examples.\n", PROGRAM);
}

/* ---- the man page: roff, in which a leading dot or quote and every backslash and hyphen mean something */

static void
roff(const char *s)
{
	for (bool start = true; *s; start = *s++ == '\n') {
		if (start && (*s == '.' || *s == '\''))
			fputs("\\&", stdout);
		if (*s == '\\')
			fputs("\\e", stdout);
		else if (*s == '-')
			fputs("\\-", stdout);
		else if (*s == '\n' && s[1])
			fputs("\n.PP\n", stdout);
		else
			putchar(*s);
	}
}

static void
roff_entry(const char *term, const char *value, const char *what)
{
	fputs(".TP\n.B ", stdout);
	roff(term);
	if (value) {
		fputs(" \\fI", stdout);
		roff(value);
		fputs("\\fR", stdout);
	}
	putchar('\n');
	roff(what);
	putchar('\n');
}

static void
man_options(const struct option_row *o)
{
	for (; o->name; o++) {
		char term[40];
		snprintf(term, sizeof term, "--%s", o->name);
		roff_entry(term, o->value, o->help);
	}
}

static void
man_command(const struct subcommand *k)
{
	fputs(".SS ", stdout);
	roff(k->name);
	fputs(*k->words ? " " : "", stdout);
	roff(k->words);
	putchar('\n');
	roff(k->help);
	fputs(".\n", stdout);
	if (*k->about) {
		puts(".PP");
		roff(k->about);
	}
	man_options(k->options);
	for (const struct example *e = k->examples; e->line; e++) {
		fputs(".PP\n", stdout);
		roff(e->what);
		fputs(":\n.PP\n.RS 4\n.nf\n", stdout);
		roff(e->line);
		fputs("\n.fi\n.RE\n", stdout);
	}
}

static void
man_page(void)
{
	puts(".TH ZHUCUNCTL 1 \"\" zhucun \"User Commands\"\n.SH NAME");
	printf("%s \\- %s\n", PROGRAM, purpose);
	printf(".SH SYNOPSIS\n.B %s\n.I command\n[\\fIoptions\\fR]\n.SH COMMANDS\n", PROGRAM);
	for (size_t i = 0; i < ncommands; i++)
		man_command(&commands[i]);
	puts(".SH OPTIONS\nOf all commands:");
	man_options(common_options);
	puts(".SH EXIT STATUS");
	for ALL(i, codes) {
		char code[12];
		snprintf(code, sizeof code, "%d", codes[i].code);
		roff_entry(code, NULL, codes[i].meaning);
	}
	puts(".SH ENVIRONMENT");
	for ALL(i, variables)
		roff_entry(variables[i].name, NULL, variables[i].meaning);
}

/* ---- completion, for bash */

static void
words_of(const struct option_row *o)
{
	for (; o->name; o++)
		printf(" --%s", o->name);
}

static void
completion(void)
{
	printf("# bash completion of %s; made from its command table.  source <(%s help --completion)\n_%s() {\n",
	       PROGRAM, PROGRAM, PROGRAM);
	puts("\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words");
	fputs("\tif [ \"$before\" = --service ]; then words=\"", stdout);
	for (size_t i = 0; i < SERVICES; i++)
		printf("%s%s", i ? " " : "", service_list[i]->name);
	puts("\"\n\telif [ \"$COMP_CWORD\" = 1 ]; then words=\"--help");
	for (size_t i = 0; i < ncommands; i++)
		printf("%s\n", commands[i].name);
	puts("\"\n\telse\n\t\tcase ${COMP_WORDS[1]} in");
	for (size_t i = 0; i < ncommands; i++) {
		printf("\t\t%s) words=\"", commands[i].name);
		words_of(commands[i].options);
		words_of(common_options);
		puts("\" ;;");
	}
	printf("\t\tesac\n\tfi\n\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n}\ncomplete -F _%s "
	       "%s\n",
	       PROGRAM, PROGRAM);
}

int
help_run(struct call *c)
{
	if (call_option(c, "man"))
		man_page();
	else if (call_option(c, "completion"))
		completion();
	else if (!c->nwords)
		help_all();
	else if (command_of(c->words[0]))
		help_command(command_of(c->words[0]));
	else
		return call_misused(c, "no such command", c->words[0]);
	return CTL_FINE;
}

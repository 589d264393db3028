/* ctl - zhucunctl, the operator's command: what its files share.
 *
 *   main.c     the command table, its options read        help.c    --help, the man page, completion: of that table
 *   rows.c     rows to standard output                    connect.c the database, and what is asked of it
 *   verify.c   logs, positions, money                     status.c  how things stand
 *   rebuild.c  derived tables, from the logs alone        parked.c  what was put aside, and trying it again
 *   clock.c    time that was wrong
 *
 * Data go to standard output, talk to standard error.  A row is a message of ctl_rows.proto: in columns for people, or
 * as one JSON object a line with --json. */
#pragma once
#include "service_list.h"
#include "base/arena.h"
#include "ctl.sql.h"
#include "ctl_rows.pb-c.h"
#include "engine/service.h"
#include "store/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit codes; the man page tells them. */
enum { CTL_FINE = 0, CTL_WRONG = 1, CTL_USAGE = 2, CTL_AWAY = 3 };

struct call;

struct option_row { const char *name, *value, *help; };   /* --name, or --name VALUE */
struct example { const char *line, *what; };
enum { OPTIONS_MAX = 6, EXAMPLES_MAX = 4 };

struct subcommand {
	const char *name, *words, *help;                /* words: what may follow, as usage shows it; help: one line */
	const char *about;                              /* more of it: paragraphs, a newline between them */
	struct option_row options[OPTIONS_MAX];         /* its own; those of all commands stand in main.c */
	struct example examples[EXAMPLES_MAX];
	int nwords_max;                                 /* -1: any number */
	int (*run)(struct call *c);                     /* an exit code */
};

extern const struct subcommand commands[];
extern const size_t ncommands;
extern const struct option_row common_options[];        /* ended by a row without name */

/* One run of a command. */
struct call {
	const struct subcommand *command;
	const char *value[OPTIONS_MAX]; /* of the command's options; NULL: not given; "" of one without value */
	const char *const *words; int nwords;
	bool json;
	const char *db;                                 /* conninfo; NULL: of the stack in ZHUCUN_VAR */
	store_t *store;                                 /* from call_connect on */
	arena_t *arena;                                 /* of the call: small things */
	arena_t *page;                                  /* of one page of rows */
	const ProtobufCMessageDescriptor *shown;
};

const struct subcommand *command_of(const char *name);
/* Of the command's option of that name; NULL: not given. */
const char *call_option(const struct call *c, const char *name);
/* Says so on standard error, with the command's usage; CTL_USAGE. */
int call_misused(const struct call *c, const char *why, const char *what);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));        /* on standard error */
/* Asks on standard error, reads from standard input; false too when that is no terminal. */
bool call_confirmed(const char *question);

/* ---- rows.c */
void show(struct call *c, const ProtobufCMessage *row);
void show_rows(struct call *c, void *const *rows, size_t n);

/* ---- connect.c */
const char *call_conninfo(struct call *c);              /* NULL: not known (said) */
/* False: cannot be reached, or is of another version (said). */
bool call_connect(struct call *c);
/* Of one statement outside of any page; rows live as long as the call.  False: said. */
bool call_ask(struct call *c, const struct store_stmt *s, const void *args, void ***rows, size_t *n);
/* The schema in which unqualified names are looked for, to the end of the transaction. */
void call_search(struct call *c, const char *schema);
/* One transaction that sees one instant and writes nothing. */
bool call_snapshot(struct call *c);

/* ---- help.c */
void help_usage(const struct subcommand *k);               /* on standard error, one line */
void help_all(void);
void help_command(const struct subcommand *k);
int help_run(struct call *c);

/* ---- the rest */
int verify_run(struct call *c);
int status_run(struct call *c);
int parked_run(struct call *c);
int parked_retry(struct call *c);
int clock_run(struct call *c);
int rebuild_run(struct call *c);

const struct service *service_named(const char *name);

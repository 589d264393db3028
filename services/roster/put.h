/* put - what is the same in every PUT: what may be wrong with one, and who answers it. */
#pragma once
#include "base/refusal.h"
#include "engine/service.h"

/* What is wrong with a command.  Rules note faults; a PUT is refused for the first, an import lists them all.  Texts of
 * a fault are constants or in the batch's arena. */
enum { FAULTS_MAX = 8 };
struct faults { size_t n, more; struct refusal at[FAULTS_MAX]; };       /* more: that found no room */

void put_fault(struct faults *fs, int status, const char *code, const char *pointer, const char *detail);
bool put_refused(struct batch *b, const struct faults *fs);             /* false: there is no fault */

/* False: noted, with the pointer. */
bool put_ok(struct faults *fs, bool good, const char *code, const char *pointer, const char *detail);
bool put_name_ok(struct faults *fs, const char *name, const char *pointer);
bool put_id_ok(struct faults *fs, const char *id, const char *pointer);
bool put_phone_ok(struct faults *fs, const char *phone);
bool put_reference_ok(struct faults *fs, const char *id, const void *row, const char *pointer); /* NULL: unknown */

/* A thing that is put by its id, the first field of the command.  The command, and every row of an import, is this. */
struct put {
	void (*want)(struct batch *b, const void *m);
	const void *(*now)(struct batch *b, const void *m);     /* as it stands: 200; NULL, there is none: 201 */
	void (*check)(struct batch *b, const void *m, struct faults *fs);       /* notes what is wrong */
	void (*make)(struct batch *b, const void *m);           /* changes it once nothing is; as it stands: nothing */
	const struct copy *answer_of_command;                   /* the thing as it is then; NULL: more than was put */
	const ProtobufCMessage *(*answer)(struct batch *b, const void *m);
};

/* In the row of a command: all that it does. */
#define PUT(put) .with = (put), .want = put_want, .exists = put_id_valid, .run = put_run
void put_want(struct batch *b, const void *m);
bool put_id_valid(struct batch *b, const void *m);                      /* 404 otherwise: a path names it */
void put_run(struct batch *b, const void *m);
const char *put_id(const void *m);

/* Some ids and one more, unless it is among them, and without another; either may be NULL.  In the batch's arena. */
struct ids { char **id; size_t n; };
struct ids ids_with(struct batch *b, char *const *ids, size_t n, char *more, const char *less);

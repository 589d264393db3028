/* scenario - scripts of calls and the answers they must get, run against one process or against real ones.
 *
 * A command begins in the first column; indented lines continue it; # begins a comment line.
 *
 *   use base                                   runs base.inc of the same directory first
 *   clock 2017-09-20T08:00:00+08:00            POST /api/v1/clock
 *   settle                                     until lag is 0
 *   crash accountability                       the process ends without notice and is started again
 *   lose accountability                        the answer to its next command is lost on its way (not over HTTP)
 *   login adm 13900000001 correct-horse        POST /sessions in $D; keeps the token as adm
 *   as adm GET /persons/p1 -> 200              a call with that token; as nobody: without one
 *   POST /findings key=k1 {"kind": …} -> 201 {"state": "noted"} save f1=id
 *
 * Paths are below /api/v1/districts/$D, or below /api/v1 with a leading @.  $name is replaced by what was saved.  What
 * is expected must be contained in the answer: members of objects by name, arrays whole and in order, or with "..." as
 * first element any place; "*" stands for anything.  Bodies of …:batch are written as an array, its answer is compared
 * as one. A file is written as a JSON string after the word csv (it goes as UTF-8) or gb18030.
 *
 * ZHUCUN_TEST_NAMES: a file by which what one script has saved, the next one knows. */
#pragma once
#include "harness.h"

struct world {
	void *ctx;
	struct answered (*call)(void *ctx, const char *method, const char *path, const char *key, const char *type,
				const char *body);
	bool (*settle)(void *ctx, const char *district);
	bool (*crash)(void *ctx, const char *service);
	bool (*lose)(void *ctx, const char *service);
	void (*as)(void *ctx, const char *token);               /* whose calls come next; NULL: the operator's */
};

/* All in this process. */
struct world scenario_world(harness_t *s);
/* True when all went as written; else one line on standard output says where and why. */
bool scenario_run(const char *file, const struct world *w, const char *district);

/* trial - dry runs: commands that are decided as ever and of which nothing stays, beside the thread that writes.
 *
 * A node that owns nothing (node.h), on a connection of its own: the same load, of what is committed as of one
 * instant, and the same fold as the writer's, so a dry run answers what the real run would; there is no commit.  An
 * answer with a key is kept under it.  So who wants to know what 19,000 rows would do waits for himself, and
 * commands go on being answered.
 *
 *   in:   COMMANDS in the TRIAL lane, of any partition; what is no dry run is no command here
 *   out:  Answers
 *   owns: nothing */
#pragma once
#include "engine/node.h"

/* Whether it has commands that may be dry: a service that has some has a thread for them. */
bool trial_serves(const struct service *s);

/* `steady` is read, not written: the writer of the process judges the clock.  NULL: the database cannot be reached
 * or does not fit (logged). */
node_t *trial_open(const struct service *s, const struct node_settings *settings);
void trial_close(node_t **np);          /* who waits is told to ask again */
void trial_receive(node_t *n, const struct message *m);
/* Tries at most one request.  When to be called again at the latest; sooner when a message came. */
int64_t trial_step(node_t *n, int64_t mono_us);

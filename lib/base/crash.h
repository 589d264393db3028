/* crash - points at which a process can be made to end without notice, to try what is left of it.
 *
 * Only in a build with CRASH=1 (build-crash/); in any other a point is nothing at all.  A process reaches points one
 * after the other; CRASH_AT in its environment says at which it ends by SIGKILL to itself, so that nothing is flushed:
 *
 *   CRASH_AT=17                 the 17th that it reaches, whichever that is
 *   CRASH_AT=commit.queued      the first of that name
 *   CRASH_AT=commit.queued:3    the third of that name
 *   CRASH_LOG=FILE              to which a line is appended first: program, name, how many were reached
 *
 * Points lie on both sides of whatever can be seen from outside.  What only time brings (a look around, an idle
 * question) has none, so that the n-th point is about the same in each run. */
#pragma once

#ifdef CRASH
void crash_point(const char *name);
#define CRASH_POINT(name) crash_point(name)
#else
#define CRASH_POINT(name) ((void)0)
#endif

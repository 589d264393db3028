/* health - is this process alive?  Each of its threads says so at every turn of its loop; the first of them writes down
 * once a second what all have said; `PROGRAM --health`, a process of its own, reads that and judges.
 *
 * So a loop that hangs is seen, which neither the process table nor an open port would show.  In: turns.  Out: a file
 * of one line a thread, replaced as a whole.  Not asked of the process itself: no socket, no thread, nothing that could
 * fail in it. */
#pragma once
#include <stdatomic.h>
#include <stdint.h>

#define HEALTH_SETTING "ZHUCUN_HEALTH_FILE"
#define HEALTH_MEANING "file that is kept fresh while this process is well, for --health to read; none when empty"

enum {
	HEALTH_THREADS_MAX = 16,
	HEALTH_WRITE_US = 1000 * 1000,
	HEALTH_STALE_US = 15 * 1000 * 1000,     /* a batch may wait for the database for ten seconds */
};

struct health {
	const char *file;                       /* "": nobody asks */
	int threads;
	int64_t written_us;
	struct {
		_Atomic int64_t turned_us;
		_Atomic(const char *) trouble;
	} of[HEALTH_THREADS_MAX];
};

/* Before there are other threads.  The file's directory must be there; text outlives h. */
void health_open(struct health *h, const char *file, int threads, int64_t mono_us);
/* Thread i has turned at mono_us.  trouble: a literal saying what it lacks, or NULL.  h may be NULL. */
void health_turn(struct health *h, int i, int64_t mono_us, const char *trouble);
/* What `--health` does: says on standard output how the process that writes the file is.  0: well.  1: not, or unknown.
 */
int health_report(const char *program, const char *file, int64_t mono_us);

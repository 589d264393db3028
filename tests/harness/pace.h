/* pace - how patient tests are on this machine (pace.sh says why and how it is found).
 *
 * A deadline in a test tells a hang from work; it is written as on a quiet machine. */
#ifndef PACE_H
#define PACE_H

#include <stdint.h>
#include <stdlib.h>

/* How much longer than on a quiet machine things may take here. */
static inline int
pace_times(void)
{
	const char *times = getenv("ZHUCUN_TEST_PATIENCE");

	return times && atoi(times) > 1 ? atoi(times) : 1;
}

/* The time to wait for what takes so long at most on a quiet machine. */
static inline int64_t
pace_us(int64_t quiet_us)
{
	return quiet_us * pace_times();
}

#endif

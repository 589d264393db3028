/* clock - the one module that reads the time. */
#include "clock.h"
#include <time.h>

static int64_t
now_us(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);       /* fails only for a clock or a pointer that does not exist */
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_real_us(void)
{
	return now_us(CLOCK_REALTIME);
}

int64_t
clock_mono_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

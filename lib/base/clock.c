/* clock - the one module that reads the time. */
#include "base/clock.h"
#include <time.h>

static int64_t
now_us(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);       /* fails only for a clock or a pointer that does not exist */
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

#ifdef CRASH
#include <stdio.h>
#include <stdlib.h>

/* In the build with crash points a clock can be stepped: the file CLOCK_STEP holds by how many seconds. */
static int64_t
step_us(void)
{
	const char *path = getenv("CLOCK_STEP");
	FILE *f = path && *path ? fopen(path, "re") : NULL;
	long long seconds = 0;

	if (f && fscanf(f, "%lld", &seconds) != 1)
		seconds = 0;
	if (f)
		fclose(f);
	return seconds * 1000000;
}
#else
static int64_t step_us(void) { return 0; }
#endif

int64_t
clock_real_us(void)
{
	return now_us(CLOCK_REALTIME) + step_us();
}

int64_t
clock_mono_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

int64_t
clock_boot_us(void)
{
	return now_us(CLOCK_BOOTTIME);
}

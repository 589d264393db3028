/* clock - the one module that reads the time. */
#pragma once
#include <stdint.h>

int64_t clock_real_us(void);            /* since 1970, UTC */
int64_t clock_mono_us(void);            /* for deadlines and durations only */

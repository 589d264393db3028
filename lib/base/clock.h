/* clock - the one module that reads the time. */
#pragma once
#include <stdint.h>

int64_t clock_real_us(void);            /* since 1970, UTC; whether it can be believed is lib/base/steady's affair */
int64_t clock_mono_us(void);            /* for deadlines and durations only */
int64_t
clock_boot_us(void); /* as clock_mono_us, but it goes on while the machine sleeps: what clock_real_us is held against */

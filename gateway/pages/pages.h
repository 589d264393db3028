/* pages - which paths are the console's, and what stands there.  For everybody, before anybody is asked who he is. */
#pragma once
#include "call/call.h"

/* Decoded segments of a path, n of them: /, /{district}…, /assets/NAME, /sw.js, /manifest.webmanifest, /p/…  Whether
 * something stands there or not. */
bool pages_own(char *const *segments, int n);
call_fn pages_run;

/* exposition - many Prometheus texts (format 0.0.4) as one: each metric's HELP and TYPE once, its samples together.
 * Pure. */
#pragma once
#include "http/bytes.h"

/* texts[i] NULL: skipped.  Lines that are no sample, HELP or TYPE are left out. */
void exposition_merge(const char *const *texts, size_t n, struct bytes *out);

/* http - the same calls over HTTP, to real processes: ZHUCUN_URL, ZHUCUN_BOOTSTRAP_TOKEN, ZHUCUN_VAR.
 *
 * 503 and 504, and a connection that breaks, are asked again with the same key for up to 30 s, as api.md tells clients
 * to. ZHUCUN_TEST_ANSWERS: a file to which every answer is added, for tests/openapi/answers.mjs. */
#pragma once
#include "scenario.h"

struct world http_world_open(void);
void http_world_close(struct world *w);

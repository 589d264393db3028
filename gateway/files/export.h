/* export - a list as a file. */
#pragma once
#include "call/call.h"

call_fn export_run;
/* Answers whose file has been packed meanwhile; when to look again (INT64_MAX: none is being packed). */
int64_t export_tick(api_t *api, int64_t mono_us);
void export_give_up(api_t *api);                                        /* waits for those being packed */

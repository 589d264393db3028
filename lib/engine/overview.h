/* overview - what any reader can say of all services. */
#pragma once
#include "engine/reader.h"

void overview_progress(struct reader *r, int32_t partition);    /* how far a partition has come */
void overview_status(struct reader *r);                         /* how the installation is */

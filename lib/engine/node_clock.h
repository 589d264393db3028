/* node_clock - what time it is for a node, and whether that can be believed. */
#pragma once
#include "bus/message.h"
#include "engine/node.h"

int64_t node_clock_us(const node_t *n);
/* Reads the clock and judges it; says so when it is believed no more, or again; of a trial the writer has done so.
 * False: nothing may be decided now. */
bool node_clock_believed(node_t *n);
/* why nothing is decided, there or (-1) at all; NULL: it would be */
const struct steady_text *node_clock_doubt(const node_t *n, int32_t partition);
bool node_clock_sender_doubted(node_t *n, const struct message *m);                     /* its clock is not ours */

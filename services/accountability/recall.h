/* recall - the cases of people who are to be recalled; recall.c says what comes in and goes out. */
#pragma once
#include "accountability.h"

/* A recall measure has been imposed, amended or revoked; called by the handler of the event that says so. */
void recall_follow(struct batch *b, Accountability__Change change, const AccountabilityRows__Measure *m);

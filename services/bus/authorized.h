/* authorized - the list of keys that may connect, and whom each stands for: text in, names out, without I/O.
 *
 *   # a line for each key; one name may have several, while keys are changed
 *   roster  rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7
 */
#pragma once
#include "bus/curve.h"

enum { AUTHORIZED_MAX = 64, AUTHORIZED_TEXT_MAX = 16 * 1024 };

struct authorized {
	int n;
	struct { char name[SERVICE_NAME_MAX]; uint8_t key[CURVE_BYTES]; } of[AUTHORIZED_MAX];
};

/* 0: taken.  Else the number of the first line that is none, or stands for somebody else already, or is one too many.
 */
int authorized_parse(struct authorized *out, const char *text);
/* NULL: nobody. */
const char *authorized_name(const struct authorized *a, const uint8_t key[CURVE_BYTES]);

/* status - how things stand: who holds what, how far each is behind, what was put aside; the replicas that live. */
#include "ctl.h"

int
status_run(struct call *c)
{
	static const struct store_stmt *const asked[] = { &ctl_replicas, &ctl_standing };

	if (!call_connect(c) || !call_snapshot(c))
		return CTL_AWAY;
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		void **rows;
		size_t n;
		if (!call_ask(c, asked[i], NULL, &rows, &n))
			return CTL_AWAY;
		show_rows(c, rows, n);
	}
	return CTL_FINE;
}

/* parked - what services have put aside, and asking them to try it again.
 *
 * Nothing is run here: retry marks rows, and the owner of the partition finds them when it looks around next, runs them
 * in the order in which they were read, and takes each row away in the transaction of what it did (lib/engine/retry).
 */
#include "ctl.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SERVICE/PARTITION/PRODUCER/NUMBER, as `parked` shows it. */
static bool
read_id(const char *id, CtlRows__RetryArgs *out, arena_t *a)
{
	char service[32], producer[32];
	int partition, end = 0;
	long long seq;

	if (sscanf(id, "%31[a-z]/%d/%31[a-z]/%lld%n", service, &partition, producer, &seq, &end) != 4 || id[end])
		return false;
	out->service = arena_strdup(a, service);
	out->partition = partition;
	out->producer = arena_strdup(a, producer);
	out->seq = seq;
	return partition >= 0 && seq > 0;
}

static CtlRows__RetryArgs
any_of(const struct call *c)
{
	CtlRows__RetryArgs k = CTL_ROWS__RETRY_ARGS__INIT;
	const char *service = call_option(c, "service"), *district = call_option(c, "district");

	k.partition = -1;
	k.seq = -1;
	k.service = (char *)(service ? service : "");
	k.district = (char *)(district ? district : "");
	return k;
}

int
parked_run(struct call *c)
{
	CtlRows__RetryArgs which = any_of(c);
	void **rows;
	size_t n;

	if (*which.service && !service_named(which.service))
		return call_misused(c, "no such service", which.service);
	if (!call_connect(c) || !call_ask(c, &ctl_parked, &which, &rows, &n))
		return CTL_AWAY;
	show_rows(c, rows, n);
	if (!n)
		say("nothing is put aside");
	return n ? CTL_WRONG : CTL_FINE;
}

/* Asks for one selection; adds how many rows were marked. */
static bool
want(struct call *c, const CtlRows__RetryArgs *which, size_t *marked)
{
	void **rows;
	size_t n;

	if (!call_ask(c, &ctl_retry, which, &rows, &n))
		return false;
	show_rows(c, rows, n);
	*marked += n;
	return true;
}

static bool
narrowed(const struct call *c)
{
	return c->nwords || call_option(c, "service") || call_option(c, "district") || call_option(c, "all");
}

int
parked_retry(struct call *c)
{
	CtlRows__RetryArgs *ids = arena_alloc(c->arena, ((size_t)c->nwords + 1) * sizeof *ids);
	size_t marked = 0, nids = (size_t)c->nwords;

	if (!narrowed(c))
		return call_misused(c, "say which", "ID…, --service, --district or --all");
	if (c->nwords && call_option(c, "all"))
		return call_misused(c, "all, or these", c->words[0]);
	for (int i = 0; i < c->nwords; i++) {
		ids[i] = any_of(c);
		if (!read_id(c->words[i], &ids[i], c->arena))
			return call_misused(c, "no id of a parked input, as parked shows them", c->words[i]);
	}
	if (!nids)
		ids[nids++] = any_of(c);
	if (*ids[0].service && !service_named(ids[0].service))
		return call_misused(c, "no such service", ids[0].service);
	if (!call_option(c, "yes") && !call_confirmed("Try again what was put aside, with all that waits behind it?")) {
		say("nothing was done; --yes does it without being asked");
		return CTL_USAGE;
	}
	if (!call_connect(c))
		return CTL_AWAY;
	for (size_t i = 0; i < nids; i++)
		if (!want(c, &ids[i], &marked))
			return CTL_AWAY;
	say(marked ? "%zu inputs will be tried again; `parked` shows what is left"
		   : "nothing like that is put aside (%zu)",
	    marked);
	return marked ? CTL_FINE : CTL_WRONG;
}

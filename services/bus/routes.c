/* routes - see routes.h. */
#include "routes.h"
#include <string.h>

_Static_assert(PARTITIONS <= 64, "one bit for each");

static bool
stale(const struct replica *p, int64_t now_us)
{
	return now_us - p->said_us >= ROUTES_EXPIRY_US;
}

static struct served *
served_by_name(struct routes *r, const char *name)
{
	for (int i = 0; i < ROUTES_SERVICES_MAX; i++)
		if (r->service[i].n && !strcmp(r->service[i].name, name))
			return &r->service[i];
	return NULL;
}

static struct replica *
replica_by_id(struct routes *r, const uint8_t *id, size_t id_len, struct served **in)
{
	for (int i = 0; i < ROUTES_SERVICES_MAX; i++)
		for (int k = 0; k < r->service[i].n; k++) {
			struct replica *p = &r->service[i].replica[k];
			if (p->id_len == id_len && !memcmp(p->id, id, id_len)) {
				*in = &r->service[i];
				return p;
			}
		}
	return NULL;
}

static void
take_out(struct served *s, struct replica *p)
{
	*p = s->replica[--s->n];
}

bool
routes_forget(struct routes *r, const uint8_t *id, size_t id_len)
{
	struct served *s;
	struct replica *p = replica_by_id(r, id, id_len, &s);

	if (p)
		take_out(s, p);
	return p != NULL;
}

/* A place for one more replica of this service; NULL: full. */
static struct replica *
place(struct routes *r, const char *name)
{
	struct served *s = served_by_name(r, name);

	for (int i = 0; !s && i < ROUTES_SERVICES_MAX; i++)
		if (!r->service[i].n)
			s = &r->service[i];
	if (!s || s->n == ROUTES_REPLICAS_MAX)
		return NULL;
	if (!s->n)
		strcpy(s->name, name);          /* its length was checked in routes_hello */
	return &s->replica[s->n++];
}

static bool
plausible(const Wire__Hello *h, size_t id_len)
{
	if (!id_len || id_len > PEER_ID_MAX || strlen(h->service) >= SERVICE_NAME_MAX ||
	    strlen(h->instance) >= INSTANCE_MAX || !frames_is_lane(h->lane))
		return false;
	for (size_t i = 0; i < h->n_partitions; i++)
		if (h->partitions[i] < 0 || h->partitions[i] >= PARTITIONS)
			return false;
	return true;
}

enum routes_heard
routes_hello(struct routes *r, const uint8_t *id, size_t id_len, const Wire__Hello *hello, int64_t now_us)
{
	struct served *s;
	struct replica *p = replica_by_id(r, id, id_len, &s);
	bool knew = p != NULL, good = plausible(hello, id_len);

	if (p && (!good || p->lane != hello->lane || strcmp(s->name, hello->service))) {
		take_out(s, p);
		p = NULL;
	}
	if (!good)
		return ROUTES_BAD;
	if (!*hello->service)
		return knew ? ROUTES_LEFT : ROUTES_KNOWN;
	if (!p && !(p = place(r, hello->service)))
		return ROUTES_FULL;
	*p = (struct replica){ .id_len = (uint8_t)id_len, .lane = hello->lane, .word = ++r->words, .said_us = now_us };
	memcpy(p->id, id, id_len);
	strcpy(p->instance, hello->instance);   /* its length was checked: plausible() */
	for (size_t i = 0; i < hello->n_partitions; i++)
		p->owns |= UINT64_C(1) << hello->partitions[i];
	return knew ? ROUTES_KNOWN : ROUTES_JOINED;
}

static const struct replica *
owner(const struct served *s, int32_t partition, int64_t now_us)
{
	const struct replica *latest = NULL;

	for (int i = 0; i < s->n; i++) {
		const struct replica *p = &s->replica[i];
		if (p->lane == WIRE__LANE__WRITER && (p->owns >> partition & 1) && !stale(p, now_us) &&
		    (!latest || p->word > latest->word))
			latest = p;
	}
	return latest;
}

/* Whose turn it is among those who spoke within a time. */
static const struct replica *
next_in_turn(struct served *s, Wire__Lane lane, int64_t since_us)
{
	for (int i = 0; i < s->n; i++) {
		int at = (s->turn[lane] + i) % s->n;
		if (s->replica[at].lane == lane && s->replica[at].said_us > since_us) {
			s->turn[lane] = at + 1;
			return &s->replica[at];
		}
	}
	return NULL;
}

/* One that has missed a word or two may be frozen: only when there is no other. */
static const struct replica *
anyone(struct served *s, Wire__Lane lane, int64_t now_us)
{
	const struct replica *p = next_in_turn(s, lane, now_us - ROUTES_LATE_US);
	return p ? p : next_in_turn(s, lane, now_us - ROUTES_EXPIRY_US);
}

static const struct replica *
in_lane(struct served *s, int32_t partition, Wire__Lane lane, int64_t now_us)
{
	const struct replica *p = NULL;

	if (lane == WIRE__LANE__WRITER && partition >= 0 && partition < PARTITIONS)
		p = owner(s, partition, now_us);
	return p ? p : anyone(s, lane, now_us);
}

/* Where nobody serves the lane of what takes long, whoever else can do it: in the moment of an upgrade. */
const struct replica *
routes_find(struct routes *r, const char *service, int32_t partition, Wire__Lane lane, int64_t now_us)
{
	struct served *s = served_by_name(r, service);
	const struct replica *p = s ? in_lane(s, partition, lane, now_us) : NULL;

	if (p || !s || lane == WIRE__LANE__WRITER || lane == WIRE__LANE__READER)
		return p;
	return in_lane(s, partition, lane == WIRE__LANE__PASSWORD ? WIRE__LANE__READER : WIRE__LANE__WRITER, now_us);
}

const struct replica *
routes_find_replica(struct routes *r, const char *service, const char *instance, Wire__Lane lane, int64_t now_us)
{
	const struct served *s = served_by_name(r, service);

	for (int i = 0; s && i < s->n; i++)
		if (s->replica[i].lane == lane && !stale(&s->replica[i], now_us) &&
		    !strcmp(s->replica[i].instance, instance))
			return &s->replica[i];
	return NULL;
}

const char *
routes_expire(struct routes *r, int64_t now_us)
{
	for (int i = 0; i < ROUTES_SERVICES_MAX; i++)
		for (int k = 0; k < r->service[i].n; k++)
			if (stale(&r->service[i].replica[k], now_us)) {
				take_out(&r->service[i], &r->service[i].replica[k]);
				return r->service[i].name;
			}
	return NULL;
}

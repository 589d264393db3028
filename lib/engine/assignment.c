/* assignment - see assignment.h. */
#include "engine/assignment.h"
#include <assert.h>
#include <string.h>

struct scale {
	const struct assignment_view *v;
	size_t n, me;                                   /* me == n: not among them */
	size_t held[ASSIGNMENT_REPLICAS_MAX], due[ASSIGNMENT_REPLICAS_MAX], coming[ASSIGNMENT_REPLICAS_MAX];
};

static size_t
place_of(const struct assignment_view *v, const char *instance)
{
	for (size_t i = 0; i < v->nreplicas; i++)
		if (!strcmp(v->replicas[i].instance, instance))
			return i;
	return v->nreplicas;
}

/* How many others hold more than it, or as many and come before it by name. */
static size_t
rank_of(const struct scale *s, size_t i)
{
	size_t rank = 0;

	for (size_t k = 0; k < s->n; k++)
		rank += s->held[k] > s->held[i] || (s->held[k] == s->held[i] && k < i);
	return rank;
}

/* What is left over when all have the same goes to those who hold most: so least moves. */
static struct scale
weigh(const struct assignment_view *v)
{
	struct scale s = { .v = v, .n = v->nreplicas, .me = place_of(v, v->me) };

	for (size_t i = 0; i < v->npartitions; i++) {
		size_t owner = place_of(v, v->partitions[i].owner);
		if (owner < s.n)
			s.held[owner]++;
	}
	for (size_t i = 0; i < s.n; i++)
		s.due[i] = v->npartitions / s.n + (rank_of(&s, i) < v->npartitions % s.n);
	return s;
}

static size_t
lacking(const struct scale *s, size_t i)
{
	size_t has = s->held[i] + s->coming[i];
	return has < s->due[i] ? s->due[i] - has : 0;
}

static size_t
neediest(const struct scale *s)
{
	size_t best = 0;

	for (size_t i = 1; i < s->n; i++)
		if (lacking(s, i) > lacking(s, best))
			best = i;
	return best;
}

/* The free ones, each to somebody who lacks one.  At home first, so a pass for each. */
static uint64_t
take(struct scale *s)
{
	uint64_t mine = 0, assigned = 0;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < s->v->npartitions; i++) {
			const struct assignment_partition *p = &s->v->partitions[i];
			uint64_t bit = UINT64_C(1) << p->partition;
			size_t to = pass ? neediest(s) : place_of(s->v, p->home);
			if (place_of(s->v, p->owner) < s->n || (assigned & bit) || to == s->n || !lacking(s, to))
				continue;
			assigned |= bit;
			s->coming[to]++;
			if (to == s->me || p->free_looks >= ASSIGNMENT_FREE_LOOKS)
				mine |= bit;
		}
	return mine;
}

/* How much of what the prompt ones lack, beyond what is free, is mine to give; those before me by name give first. */
static size_t
allowance(const struct scale *s)
{
	size_t wanted = 0;

	for (size_t i = 0; i < s->n; i++)
		wanted += s->v->replicas[i].prompt ? lacking(s, i) : 0;
	for (size_t i = 0; i <= s->me; i++) {
		size_t surplus = s->held[i] > s->due[i] ? s->held[i] - s->due[i] : 0;
		if (i == s->me)
			return surplus < wanted ? surplus : wanted;
		wanted -= surplus < wanted ? surplus : wanted;
	}
	return 0;
}

/* First what has its home where something lacks, then other strangers', then what is mine. */
static bool
goes_in(const struct scale *s, const struct assignment_partition *p, int pass)
{
	size_t home = place_of(s->v, p->home);

	return pass == 2 || (pass == 1 ? home != s->me : home < s->n && home != s->me && lacking(s, home));
}

static uint64_t
give(const struct scale *s)
{
	size_t left = allowance(s);
	uint64_t given = 0;

	for (int pass = 0; pass < 3; pass++)
		for (size_t i = s->v->npartitions; i-- > 0 && left;) {
			const struct assignment_partition *p = &s->v->partitions[i];
			uint64_t bit = UINT64_C(1) << p->partition;
			if (place_of(s->v, p->owner) != s->me || (given & bit) || !goes_in(s, p, pass))
				continue;
			given |= bit;
			left--;
		}
	return given;
}

struct assignment
assignment_decide(const struct assignment_view *v)
{
	struct assignment out = { 0, 0 };

	assert(v->nreplicas <= ASSIGNMENT_REPLICAS_MAX);
	if (place_of(v, v->me) == v->nreplicas)
		return out;
	struct scale s = weigh(v);
	out.take = take(&s);
	out.give = give(&s);
	return out;
}

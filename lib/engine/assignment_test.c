/* Who is to hold what: on views drawn at random, and on worlds in which replicas come, go and hold old views for a
 * while.
 *
 * A world has one truth and lets each replica decide on what it saw some looks ago; a lock decides between two who take
 * the same.  What must hold of it is asked after it has been left alone for a few looks. */
#include "engine/assignment.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES = 8, PARTITIONS_MAX = 64, WORLDS = 1000, LOOKS_TO_REST = 24, GIVE_AFTER = 4 };

static const char *const names[NAMES] = { "a", "b", "c", "d", "e", "f", "g", "h" };

static void
holds(bool ok, const char *what, unsigned long long seed)
{
	checkf(ok, what, "seed %llu", seed);
}

static uint64_t
draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static size_t below(uint64_t *state, size_t n) { return draw(state) % n; }

/* ---- a world */

struct world {
	uint64_t random;
	size_t n;
	const char *owner[PARTITIONS_MAX], *home[PARTITIONS_MAX];
	int free_looks[NAMES][PARTITIONS_MAX], surplus_looks[NAMES];
	bool lives[NAMES], late;                        /* late: some act on what they saw before others acted */
	size_t moves;
};

static void
world_see(const struct world *w, int me, struct assignment_partition *p, struct assignment_view *v)
{
	*v = (struct assignment_view){ .me = names[me], .partitions = p, .npartitions = w->n };
	for (int i = 0; i < NAMES; i++)
		if (w->lives[i])
			v->replicas[v->nreplicas++] = (struct assignment_replica){ names[i], true };
	for (size_t i = 0; i < w->n; i++)
		p[i] = (struct assignment_partition){ (int32_t)i, w->owner[i], w->home[i], w->free_looks[me][i] };
}

/* Of an older view: what it would take may be taken, what it would give is given only when it is still its own. */
static void
world_act(struct world *w, int me, struct assignment s)
{
	w->surplus_looks[me] = s.give ? w->surplus_looks[me] + 1 : 0;
	for (size_t i = 0; i < w->n; i++)
		if ((s.take >> i & 1) && !*w->owner[i]) {
			w->owner[i] = names[me];
			w->home[i] = *w->home[i] ? w->home[i] : names[me];
			w->moves++;
		}
	if (w->surplus_looks[me] < GIVE_AFTER)
		return;
	w->surplus_looks[me] = 0;
	for (size_t i = 0; i < w->n; i++)
		if ((s.give >> i & 1) && w->owner[i] == names[me])
			w->home[i] = w->home[i] == names[me] ? "" : w->home[i], w->owner[i] = "";
}

/* Everybody looks once, in any order. */
static void
world_turn(struct world *w)
{
	struct assignment late = { 0, 0 };
	int who = -1, order[NAMES];

	for (int k = 0; k < NAMES; k++) {
		int at = (int)below(&w->random, (size_t)k + 1);
		order[k] = order[at];
		order[at] = k;
	}
	for (int k = 0; k < NAMES; k++) {
		int me = order[k];
		struct assignment_partition p[PARTITIONS_MAX];
		struct assignment_view v;
		if (!w->lives[me])
			continue;
		for (size_t i = 0; i < w->n; i++)
			w->free_looks[me][i] = *w->owner[i] ? 0 : w->free_looks[me][i] + 1;
		world_see(w, me, p, &v);
		struct assignment s = assignment_decide(&v);
		if (w->late && who < 0 && !below(&w->random, 3)) {
			who = me;
			late = s;
		} else
			world_act(w, me, s);
	}
	if (who >= 0 && w->lives[who])
		world_act(w, who, late);
}

static void
world_rest(struct world *w)
{
	for (int i = 0; i < LOOKS_TO_REST; i++)
		world_turn(w);
}

static size_t
held_by(const struct world *w, const char *name)
{
	size_t n = 0;
	for (size_t i = 0; i < w->n; i++)
		n += w->owner[i] == name;
	return n;
}

static bool
balanced(const struct world *w)
{
	size_t least = PARTITIONS_MAX, most = 0, all = 0;

	for (int i = 0; i < NAMES; i++) {
		size_t n = held_by(w, names[i]);
		if (!w->lives[i])
			continue;
		least = n < least ? n : least;
		most = n > most ? n : most;
		all += n;
	}
	return all == w->n && most - least <= 1;
}

static void
world_kill(struct world *w, int i)
{
	w->lives[i] = false;
	for (size_t p = 0; p < w->n; p++)
		if (w->owner[p] == names[i])
			w->owner[p] = "";
}

static struct world
world_draw(uint64_t seed)
{
	struct world w = { .random = seed };

	w.n = 1 + below(&w.random, PARTITIONS_MAX);
	for (size_t i = 0; i < w.n; i++)
		w.owner[i] = w.home[i] = "";
	for (int i = 0; i < NAMES; i++)
		w.lives[i] = i == 0 || below(&w.random, 2);
	return w;
}

static int
one_of(struct world *w, bool lives)
{
	for (int i = (int)below(&w->random, NAMES), k = 0; k < NAMES; k++)
		if (w->lives[(i + k) % NAMES] == lives)
			return (i + k) % NAMES;
	return -1;
}

/* ---- what must hold */

static void
test_worlds(void)
{
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct world w = world_draw(seed);
		w.late = true;
		world_rest(&w);
		holds(balanced(&w), "left alone, all is held and in equal shares, also when views are old", seed);

		w.late = false;
		w.moves = 0;
		world_rest(&w);
		holds(w.moves == 0, "what is balanced stays as it is", seed);

		int comer = one_of(&w, false);
		if (comer >= 0) {
			w.lives[comer] = true;
			world_rest(&w);
			holds(balanced(&w) && w.moves == held_by(&w, names[comer]),
			      "who joins gets its share, and nothing else moves", seed);
		}
		int goer = one_of(&w, true);
		w.lives[goer] = false;
		bool alone = one_of(&w, true) < 0;
		w.lives[goer] = true;
		if (alone)
			continue;
		size_t orphans = held_by(&w, names[goer]);
		w.moves = 0;
		world_kill(&w, goer);
		world_rest(&w);
		holds(balanced(&w) && w.moves == orphans, "when one dies, only what it held moves", seed);
	}
}

/* Started one after the other, then all at once ended and started again in another order: each has what it had. */
static void
test_homes(void)
{
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct world w = world_draw(seed);
		const char *before[PARTITIONS_MAX];
		bool lived[NAMES];
		world_rest(&w);
		for (size_t i = 0; i < w.n; i++)
			w.home[i] = before[i] = w.owner[i];
		memcpy(lived, w.lives, sizeof lived);
		for (int i = 0; i < NAMES; i++)
			world_kill(&w, i);
		for (int i = NAMES; i-- > 0;) {
			w.lives[i] = lived[i];
			world_rest(&w);
		}
		size_t same = 0;
		for (size_t i = 0; i < w.n; i++)
			same += w.owner[i] == before[i];
		holds(balanced(&w), "after a restart of all, shares are equal", seed);
		holds(w.n < 2 * NAMES || 2 * same >= w.n,
		      "and most of it is where it was, where there is enough for all", seed);
	}
}

struct view_case {
	/* a letter a replica (capital: not prompt), a partition's owner, its home */
	const char *what, *me, *replicas, *owners, *homes;
	int free_looks;
	const char *take, *give;                                /* digits: partitions */
};
static const struct view_case cases[] = {
	{ "alone takes all", "a", "a", "...", "...", 0, "012", "" },
	{ "nothing before it is counted on", "b", "a", "..", "..", 0, "", "" },
	{ "two districts, two replicas", "a", "ab", "..", "..", 0, "0", "" },
	{ "the other takes the other", "b", "ab", "..", "..", 0, "1", "" },
	{ "two districts, three replicas: the third has none", "c", "abc", "ab", "..", 0, "", "" },
	{ "a new one: half is given", "a", "ab", "aaaa", "....", 0, "", "23" },
	{ "what is at home there first", "a", "ab", "aaaa", "baab", 0, "", "03" },
	{ "one too many is no surplus", "a", "ab", "aab", "...", 0, "", "" },
	{ "while others have free ones to take, nothing is given", "a", "ab", "aa..", "....", 0, "", "" },
	{ "nothing is given to who does not turn", "a", "aB", "aaaa", "....", 0, "", "" },
	{ "of two who hold too much, each gives its part", "a", "abc", "aaabbb", "......", 0, "", "2" },
	{ "the other too", "b", "abc", "aaabbb", "......", 0, "", "5" },
	{ "a dead one's go to those who have least", "b", "ab", "aa...", ".....", 0, "24", "" },
	{ "home comes first", "a", "ab", "..", "ba", 0, "1", "" },
	{ "long free: whoever comes", "a", "aB", "a.", "..", ASSIGNMENT_FREE_LOOKS, "1", "" },
	{ "not long: its turn", "a", "aB", "a.", "..", ASSIGNMENT_FREE_LOOKS - 1, "", "" },
};

static uint64_t
bits(const char *digits)
{
	uint64_t out = 0;
	for (; *digits; digits++)
		out |= UINT64_C(1) << (*digits - '0');
	return out;
}

static const char *
name_of(char letter)
{
	return letter == '.' ? "" : letter < 'a' ? names[letter - 'A'] : names[letter - 'a'];
}

static void
test_cases(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct view_case *k = &cases[i];
		struct assignment_partition p[10];
		struct assignment_view v = { .me = k->me, .partitions = p, .npartitions = strlen(k->owners) };
		for (const char *r = k->replicas; *r; r++)
			v.replicas[v.nreplicas++] = (struct assignment_replica){ name_of(*r), *r >= 'a' };
		for (size_t n = 0; n < v.npartitions; n++)
			p[n] = (struct assignment_partition){
				(int32_t)n, name_of(k->owners[n]), name_of(k->homes[n]), k->free_looks,
			};
		struct assignment s = assignment_decide(&v);
		holds(s.take == bits(k->take) && s.give == bits(k->give), k->what, i);
	}
}

int
main(void)
{

	test_cases();
	test_worlds();
	test_homes();
	return tally_end();
}

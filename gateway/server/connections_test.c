/* connections_test - who makes room for whom.
 *
 * How: scripts over connections whose sockets are pairs; of each is asked whether it was shut down.  A word of a script
 * is one of
 *
 *   a1 b2 …   a connection of address a, called a1, comes; a proxy's begins with p
 *   +a1       somebody has shown a session on it          !a1   a request on it is under way, and waits for us
 *   ~a1       a request has begun, and still comes        -a1   it is over
 *
 * and the wish names those that have been shut down, in the order in which they came; those for health alone in
 * parentheses. */
#include "server/connections.h"
#include "harness/tally.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OPEN_MAX = 128, WORD_MAX = 8, TEXT_MAX = 512 };

/* Six places, five of them for everybody; three of one address; a share of one. */
static const struct { const char *name, *script, *shut; } cases[] = {
	{ "there is room",                              "a1 b1 c1 d1 e1",                             "" },
	{ "the first of the address that has most",     "a1 a2 b1 b2 c1 d1",                          "a1" },
	{ "… again and again",                          "a1 a2 a3 b1 b2 c1 d1 e1",                    "a1 a2 b1" },
	{ "not who has a session",                      "a1 +a1 a2 b1 b2 c1 d1",                      "b1" },
	{ "an address with a session keeps its others", "a1 +a1 a2 a3 b1 b2 c1",                      "b1" },
	{ "… while there are others'",                  "a1 +a1 a2 b1 c1 d1 e1",                      "a2" },
	{ "not who waits for us",                       "a1 !a1 a2 !a2 b1 c1 d1 e1",                  "b1" },
	{ "idle before half a request",                 "a1 ~a1 a2 ~a2 b1 c1 d1 e1",                  "b1" },
	{ "half a request before a session",            "a1 +a1 b1 +b1 c1 ~c1 d1 +d1 e1 +e1 f1",      "c1" },
	{ "half a request of a session",                "a1 +a1 ~a1 b1 +b1 ~b1 c1 +c1 d1 +d1 e1 +e1 f1", "c1" },
	{ "an idle session before nobody",              "a1 +a1 !a1 b1 +b1 !b1 c1 +c1 !c1 d1 +d1 !d1 e1 +e1 f1", "e1" },
	{ "all at work: the last is for health",        "a1 +a1 !a1 b1 +b1 !b1 c1 +c1 !c1 d1 +d1 !d1 e1 +e1 !e1 f1",
	  "(f1)" },
	{ "… and makes room for the next",              "a1 +a1 !a1 b1 +b1 !b1 c1 +c1 !c1 d1 +d1 !d1 e1 +e1 !e1 f1 g1",
	  "f1 (f1)" },
	{ "… unless it is at work: nobody else comes",  "a1 +a1 !a1 b1 +b1 !b1 c1 +c1 !c1 d1 +d1 !d1 e1 +e1 !e1 f1 !f1 "
	  "g1", "(f1) g1 (g1)" },
	{ "so many of an address: its first goes",      "a1 a2 a3 a4",                                "a1" },
	{ "… or the new one, when they are at work",    "a1 !a1 a2 !a2 a3 !a3 a4",                    "a4" },
	{ "a proxy speaks for many",                    "p1 p2 p3 p4 p5",                             "" },
	{ "… and is idle as one with a session",        "p1 p2 p3 p4 a1 b1",                          "a1" },
	{ "who has gone makes room",                    "a1 a2 b1 -a1 c1 d1 e1",                      "" },
	{ "who was shut down counts no more",           "a1 a2 b1 b2 c1 d1 -a1 e1",                   "b1" },
	{ "also while he is still there",               "a1 a2 b1 b2 c1 d1 e1",                       "a1 b1" },
};

struct stage {
	struct connections all;
	struct { char name[WORD_MAX]; struct connection *c; int far; } at[OPEN_MAX];
	size_t n, shut;
};

static size_t
named(const struct stage *s, const char *name)
{
	size_t i = 0;

	while (i < s->n && strcmp(s->at[i].name, name) != 0)
		i++;
	return i;
}

static void
come(struct stage *s, const char *name)
{
	uint8_t address[NETWORK_BYTES] = { [NETWORK_BYTES - 1] = (uint8_t)*name };
	int pair[2] = { -1, -1 };

	check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "a pair of sockets", name);
	strcpy(s->at[s->n].name, name);
	s->at[s->n].far = pair[1];
	s->at[s->n++].c = connections_add(&s->all, pair[0], address, *name == 'p', 0, &s->shut);
}

static void
word(struct stage *s, const char *w)
{
	static char request;

	if (*w >= 'a' && *w <= 'z') {
		come(s, w);
		return;
	}
	struct connection **c = &s->at[named(s, w + 1)].c;
	if (*w == '+')
		connection_known(*c);
	if (*w == '!')
		connection_held(*c);
	if (*w == '!' || *w == '~')
		(*c)->request = &request;
	if (*w != '-')
		return;
	close((*c)->fd);
	connections_remove(&s->all, *c);
	*c = NULL;
}

static bool
is_shut(int far)
{
	char byte;

	return recv(far, &byte, 1, MSG_DONTWAIT) == 0;
}

static void
tell(const struct stage *s, size_t i, const char *before, const char *after, char out[TEXT_MAX])
{
	size_t len = strlen(out);

	snprintf(out + len, TEXT_MAX - len, "%s%s%s%s", len ? " " : "", before, s->at[i].name, after);
}

static void
play(const char *name, const char *script, const char *wish)
{
	struct stage s = { .all = { .max = 6, .of_address = 3 } };
	char w[WORD_MAX], got[TEXT_MAX] = "";
	int used;

	for (; sscanf(script, "%7s%n", w, &used) == 1; script += used)
		word(&s, w);
	for (size_t i = 0; i < s.n; i++) {
		if (s.at[i].c && is_shut(s.at[i].far))
			tell(&s, i, "", "", got);
		if (s.at[i].c && s.at[i].c->reserved)
			tell(&s, i, "(", ")", got);
	}
	check(strcmp(got, wish) == 0, name, got);
	for (size_t i = 0; i < s.n; i++) {
		close(s.at[i].far);
		if (!s.at[i].c)
			continue;
		close(s.at[i].c->fd);
		connections_remove(&s.all, s.at[i].c);
	}
	check(s.all.n == 0 && s.all.ngone == 0 && !s.all.first, "nobody is left", name);
	size_t places = 0;
	for (size_t i = 0; i < ORIGINS; i++)
		places += s.all.origins[i] != NULL;
	check(places == 0, "nor his address", name);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		play(cases[i].name, cases[i].script, cases[i].shut);
	return tally_end();
}

/* The routing table, by scripts.  A word of a script is one of
 *
 *   a=pay/W:1,2   peer a says it serves pay in the WRITER lane and owns partitions 1 and 2
 *   a=            a says it serves nothing
 *   -a            peer a is gone
 *   +500          500 ms pass
 *   x             the silent are taken out; says how many
 *   ?pay/W:1      who gets a request for partition 1 of pay, WRITER lane?  Says the peer, or . for nobody
 *
 * and what the words say, one after the other, is compared. */
#include "routes.h"
#include "harness/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAID_MAX = 64, HELLO_PARTITIONS_MAX = 70 };

static const struct { const char *name, *script, *want;
} cases[] = {
	{ "nobody at all", "?pay/W:1 ?pay/W:-1 ?pay/R:1", "..." },
	{ "the owner gets it", "a=pay/W:1,2 b=pay/W:3 ?pay/W:1 ?pay/W:3 ?pay/W:2", "aba" },
	{ "every partition there is", "a=pay/W:0,63 b=pay/W:62 ?pay/W:0 ?pay/W:63 ?pay/W:62", "aab" },
	{ "another service's owner does not", "a=pay/W:1 ?log/W:1", "." },
	{ "services are told apart", "a=pay/W:1 b=log/W:1 ?log/W:1 ?pay/W:1", "ba" },
	{ "a name that begins the same is another", "a=payroll/W:1 ?pay/W:1", "." },
	{ "unowned: any writer, in turn", "a=pay/W:1 b=pay/W:2 c=pay/W: ?pay/W:9 ?pay/W:9 ?pay/W:9 ?pay/W:9", "abca" },
	{ "no partition: any writer, in turn", "a=pay/W:1 b=pay/W:2 ?pay/W:-1 ?pay/W:-1 ?pay/W:-1", "aba" },
	{ "readers in turn, whatever the partition", "a=pay/R: b=pay/R: ?pay/R:1 ?pay/R:1 ?pay/R:-1", "aba" },
	{ "a reader owns nothing", "a=pay/R:1 b=pay/W: ?pay/W:1", "b" },
	{ "a writer answers no reader's request", "a=pay/W:1 ?pay/R:1", "." },
	{ "a reader takes no order", "a=pay/R: ?pay/W:-1", "." },
	{ "lanes have turns of their own",
	  "a=pay/W: b=pay/R: c=pay/W: d=pay/R: ?pay/W:-1 ?pay/R:-1 ?pay/W:-1 ?pay/R:-1", "abcd" },
	{ "of two owners the later word wins", "a=pay/W:1 b=pay/W:1 ?pay/W:1", "b" },
	{ "also when the earlier speaks again", "a=pay/W:1 b=pay/W:1 a=pay/W:1 ?pay/W:1", "a" },
	{ "who lets go leaves it to who claims it", "a=pay/W:1 b=pay/W:1 b=pay/W:2 ?pay/W:1", "a" },
	{ "what is no longer said is no longer so", "a=pay/W:1 b=pay/W: a=pay/W:2 ?pay/W:1 ?pay/W:1", "ab" },
	{ "an owner gone: another replica", "a=pay/W:1 b=pay/W:2 -a ?pay/W:1", "b" },
	{ "the last one gone", "a=pay/W:1 -a ?pay/W:1 ?pay/W:-1", ".." },
	{ "gone twice, or never there", "a=pay/W:1 -b -b ?pay/W:1 -a -a ?pay/W:1", "a." },
	{ "back again", "a=pay/W:1 -a a=pay/W:1 ?pay/W:1", "a" },
	{ "silent for just under 3 s", "a=pay/W:1 +2999 ?pay/W:1 x", "a0" },
	{ "silent for 3 s: not asked any more", "a=pay/W:1 +3000 ?pay/W:1 ?pay/W:-1", ".." },
	{ "silent for 3 s: taken out once", "a=pay/W:1 b=pay/R: c=log/W: +3000 x x", "30" },
	{ "a word keeps it in", "a=pay/W:1 +2000 a=pay/W:1 +2000 ?pay/W:1 x", "a0" },
	{ "a silent owner gives way to a claim", "b=pay/W:1 +100 a=pay/W:1 b=pay/W:1 +2950 a=pay/W: +100 ?pay/W:1",
	  "a" },
	{ "a silent latest word yields to the other", "a=pay/W:1 b=pay/W:1 +2999 a=pay/W:1 +1 ?pay/W:1 ?pay/W:-1",
	  "aa" },
	{ "silent ones are skipped in turn", "a=pay/R: +2000 b=pay/R: c=pay/R: +1000 ?pay/R:1 ?pay/R:1 ?pay/R:1",
	  "bcb" },
	{ "late ones are spared while there are others",
	  "a=pay/R: +500 b=pay/R: +700 ?pay/R:1 ?pay/R:1 +499 ?pay/R:1 +1 ?pay/R:1", "bbba" },
	{ "late ones are better than none", "a=pay/W:1 +2000 ?pay/W:-1 ?pay/W:1", "aa" },
	{ "a peer that serves something else now", "a=pay/W:1 a=log/W:1 ?pay/W:1 ?log/W:1", ".a" },
	{ "a peer that changed its lane", "a=pay/W:1 a=pay/R: ?pay/W:1 ?pay/R:1", ".a" },
	{ "a farewell", "a=pay/W:1 a= ?pay/W:1", "." },
	{ "a farewell of a stranger", "a= a=pay/W:1 ?pay/W:1", "a" },
	{ "a partition that is none: the word is bad", "a=pay/W:64 ?pay/W:-1 b=pay/W:-2 ?pay/W:-1", "!.!." },
	{ "a bad word takes out what stood", "a=pay/W:1 a=pay/W:1,99 ?pay/W:1", "!." },
	{ "passwords go to who hashes them", "a=pay/R: b=pay/P: c=pay/P: ?pay/P:1 ?pay/P:1 ?pay/P:1 ?pay/R:1 ?pay/R:1",
	  "bcbaa" },
	{ "… else to a reader, never a writer", "a=pay/R: b=pay/W:1 ?pay/P:1 c=pay/P: ?pay/P:1 -c ?pay/P:1 -a ?pay/P:1",
	  "aca." },
	{ "dry runs go to who tries", "a=pay/W:1 b=pay/T: c=pay/T: ?pay/T:1 ?pay/T:1 ?pay/T:1 ?pay/W:1", "bcba" },
	{ "… else to the owner, never a reader",
	  "a=pay/W:2 b=pay/W:1 r=pay/R: ?pay/T:1 ?pay/T:1 t=pay/T: ?pay/T:1 -t ?pay/T:2 -a -b ?pay/T:1", "bbta." },
	{ "a lane that is none", "a=pay/X:1 ?pay/W:1 ?pay/R:1", "!.." },
	{ "a name too long", "a=abcdefghijklmnopqrstuvwxyz012345/W:1", "!" },
	{ "a name just short enough", "a=abcdefghijklmnopqrstuvwxyz01234/W:1 ?abcdefghijklmnopqrstuvwxyz01234/W:1",
	  "a" },
	{ "the turn survives who leaves", "a=pay/R: b=pay/R: c=pay/R: ?pay/R:1 ?pay/R:1 -a ?pay/R:1 ?pay/R:1", "abcb" },
};

struct target { char service[40]; Wire__Lane lane; int32_t partition[HELLO_PARTITIONS_MAX]; size_t n; };

/* pay/W:1,2 */
static struct target
read_target(const char *text)
{
	struct target t = { 0 };
	size_t len = strcspn(text, "/");

	snprintf(t.service, sizeof(t.service), "%.*s", (int)len, text);
	if (!text[len])
		return t;
	static const char lanes[] = "WRPT";
	const char *lane = strchr(lanes, text[len + 1]);
	t.lane = lane ? (Wire__Lane)(lane - lanes) : (Wire__Lane)7;
	for (const char *at = text + len + 3; *at; at += *at == ',') {
		char *end;
		t.partition[t.n++] = (int32_t)strtol(at, &end, 10);
		at = end;
	}
	return t;
}

static enum routes_heard
say(struct routes *r, const char *id, size_t id_len, struct target *t, int64_t now_us)
{
	Wire__Hello hello = WIRE__HELLO__INIT;

	hello.service = t->service;
	hello.lane = t->lane;
	hello.partitions = t->partition;
	hello.n_partitions = t->n;
	return routes_hello(r, (const uint8_t *)id, id_len, &hello, now_us);
}

static void
word(struct routes *r, const char *w, int64_t *now_us, char *said)
{
	struct target t;
	const struct replica *p;
	int n = 0;

	said += strlen(said);
	switch (*w) {
	case '+':
		*now_us += atoll(w + 1) * 1000;
		break;
	case '-':
		routes_forget(r, (const uint8_t *)w + 1, 1);
		break;
	case 'x':
		while (routes_expire(r, *now_us))
			n++;
		sprintf(said, "%d", n);
		break;
	case '?':
		t = read_target(w + 1);
		p = routes_find(r, t.service, t.partition[0], t.lane, *now_us);
		*said = p ? (char)p->id[0] : '.';
		break;
	default:
		t = read_target(w + 2);
		if (say(r, w, 1, &t, *now_us) == ROUTES_BAD)
			*said = '!';
	}
}

static void
test_script(const char *name, const char *script, const char *want)
{
	struct routes *r = calloc(1, sizeof(*r));
	char copy[256], said[SAID_MAX] = "", *rest = copy;
	int64_t now_us = 5000000000;
	const char *w;

	snprintf(copy, sizeof(copy), "%s", script);
	while ((w = strsep(&rest, " ")))
		word(r, w, &now_us, said);
	free(r);
	check_text(said, want, name);
}

/* One service takes ROUTES_REPLICAS_MAX replicas and the table ROUTES_SERVICES_MAX services; a place that is left is
 * free again. */
static void
test_room(void)
{
	struct routes *r = calloc(1, sizeof(*r));
	struct target t = { .service = "pay" };
	char id[3] = "";
	bool ok = true;

	for (int i = 0; i < ROUTES_REPLICAS_MAX; i++) {
		id[0] = (char)i;
		ok &= say(r, id, 2, &t, 0) == ROUTES_JOINED;
	}
	ok &= say(r, "zz", 2, &t, 0) == ROUTES_FULL && say(r, id, 2, &t, 0) == ROUTES_KNOWN;
	for (int i = 1; i < ROUTES_SERVICES_MAX; i++) {
		snprintf(t.service, sizeof(t.service), "s%d", i);
		ok &= say(r, t.service, 3, &t, 0) == ROUTES_JOINED;
	}
	strcpy(t.service, "more");
	ok &= say(r, "zz", 2, &t, 0) == ROUTES_FULL;
	ok &= routes_forget(r, (const uint8_t *)"s3", 3) && say(r, "zz", 2, &t, 0) == ROUTES_JOINED;
	ok &= routes_find(r, "more", -1, WIRE__LANE__WRITER, 0) && !routes_find(r, "s3", -1, WIRE__LANE__WRITER, 0);
	free(r);
	check(ok, "the table fills up and frees its places", "");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_script(cases[i].name, cases[i].script, cases[i].want);
	test_room();
	return tally_end();
}

/* networks_test - address ranges: which texts are some, which addresses they hold.
 *
 * How: two tables. */
#include "networks.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static int passed, failed;

static void
check(bool right, const char *what, const char *which)
{
	if (right) {
		passed++;
		return;
	}
	failed++;
	printf("FAIL %s: %s\n", what, which);
}

static const struct { const char *text; bool fine; size_t n; } texts[] = {
	{ "", true, 0 }, { "127.0.0.0/8", true, 1 }, { " 127.0.0.0/8  ::1/128 ", true, 2 }, { "0.0.0.0/0 ::/0", true, 2 },
	{ "127.0.0.1", false, 0 }, { "127.0.0.0/33", false, 0 }, { "127.0.0.0/", false, 0 }, { "127.0.0.0/8x", false, 0 },
	{ "::1/129", false, 0 }, { "/8", false, 0 }, { "localhost/8", false, 0 }, { "127.0.0.0/-1", false, 0 },
	{ "127.0.0.0/99999999999", false, 0 },
};

static const struct { const char *networks, *address; bool held; } cases[] = {
	{ "127.0.0.0/8", "127.9.9.9", true }, { "127.0.0.0/8", "128.0.0.1", false }, { "127.0.0.0/8", "::ffff:127.0.0.1", true },
	{ "127.0.0.0/8", "::1", false }, { "::1/128", "::1", true }, { "::1/128", "::2", false }, { "", "127.0.0.1", false },
	{ "172.16.0.0/12", "172.31.255.255", true }, { "172.16.0.0/12", "172.32.0.0", false }, { "10.0.0.0/8 ::1/128", "::1", true },
	{ "0.0.0.0/0", "8.8.8.8", true }, { "0.0.0.0/0", "2001:db8::1", false }, { "::/0", "8.8.8.8", true },
};

static bool
held(const char *networks, const char *address)
{
	struct networks ns;
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (!networks_parse(networks, &ns))
		return false;
	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		return networks_hold(&ns, (const struct sockaddr *)&v4);
	return inet_pton(AF_INET6, address, &v6.sin6_addr) == 1 && networks_hold(&ns, (const struct sockaddr *)&v6);
}

int
main(void)
{
	struct networks ns;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check(networks_parse(texts[i].text, &ns) == texts[i].fine && (!texts[i].fine || ns.n == texts[i].n), "a list", texts[i].text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(held(cases[i].networks, cases[i].address) == cases[i].held, cases[i].networks, cases[i].address);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}

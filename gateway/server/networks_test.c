/* networks_test - address ranges: which texts are some, which addresses they hold, and whose a request is.
 *
 * How: tables. */
#include "server/networks.h"
#include "harness/tally.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* As the kernel of a container has it: by eth1 to 172.18.0.1. */
#define ROUTES "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n" \
	"eth0\t000013AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n" \
	"eth1\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"

static const struct { const char *text; bool fine; size_t n; } texts[] = {
	{ "router", true, 1 }, { "127.0.0.0/8 router ::1/128", true, 3 }, { "routers", false, 0 },
	{ "Router", false, 0 }, { "router/8", false, 0 },
	{ "", true, 0 }, { "127.0.0.0/8", true, 1 }, { " 127.0.0.0/8  ::1/128 ", true, 2 },
	{ "0.0.0.0/0 ::/0", true, 2 },
	{ "127.0.0.1", false, 0 }, { "127.0.0.0/33", false, 0 }, { "127.0.0.0/", false, 0 },
	{ "127.0.0.0/8x", false, 0 },
	{ "::1/129", false, 0 }, { "/8", false, 0 }, { "localhost/8", false, 0 }, { "127.0.0.0/-1", false, 0 },
	{ "127.0.0.0/99999999999", false, 0 },
};

static const struct { const char *networks, *address; bool held; } cases[] = {
	{ "127.0.0.0/8", "127.9.9.9", true }, { "127.0.0.0/8", "128.0.0.1", false },
	{ "127.0.0.0/8", "::ffff:127.0.0.1", true },
	{ "127.0.0.0/8", "::1", false }, { "::1/128", "::1", true }, { "::1/128", "::2", false },
	{ "", "127.0.0.1", false },
	{ "172.16.0.0/12", "172.31.255.255", true }, { "172.16.0.0/12", "172.32.0.0", false },
	{ "10.0.0.0/8 ::1/128", "::1", true },
	{ "router", "172.18.0.1", true }, { "router", "172.18.0.2", false }, { "router", "172.19.0.1", false },
	{ "router", "0.0.0.0", false },
	{ "0.0.0.0/0", "8.8.8.8", true }, { "0.0.0.0/0", "2001:db8::1", false }, { "::/0", "8.8.8.8", true },
};

static void
address_of(const char *text, uint8_t out[NETWORK_BYTES])
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		network_address((const struct sockaddr *)&v4, out);
	else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
		network_address((const struct sockaddr *)&v6, out);
}

static bool
held(const char *networks, const char *address)
{
	struct networks ns;
	uint8_t bytes[NETWORK_BYTES];

	address_of(address, bytes);
	return networks_parse(networks, ROUTES, &ns) && networks_hold(&ns, bytes);
}

/* Behind proxies 10.0.0.0/8: the nearest address that is none of them, and no word of anybody else. */
static const struct { const char *peer, *forwarded, *client; } clients[] = {
	{ "192.0.2.1", NULL, "192.0.2.1" }, { "192.0.2.1", "203.0.113.9", "192.0.2.1" },
	{ "10.0.0.1", NULL, "10.0.0.1" },
	{ "10.0.0.1", "", "10.0.0.1" }, { "10.0.0.1", "203.0.113.9", "203.0.113.9" },
	{ "10.0.0.1", " 203.0.113.9 ", "203.0.113.9" },
	{ "10.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9" },
	{ "10.0.0.1", "203.0.113.9,10.0.0.2", "203.0.113.9" },
	{ "10.0.0.1", "1.1.1.1, 203.0.113.9 , 10.0.0.3,10.0.0.2", "203.0.113.9" },
	{ "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3" },
	{ "10.0.0.1", "2001:db8::7", "2001:db8::7" }, { "10.0.0.1", "unknown", "10.0.0.1" },
	{ "10.0.0.1", "203.0.113.9, what, 10.0.0.2", "10.0.0.2" },
	{ "10.0.0.1", ",", "10.0.0.1" }, { "10.0.0.1", "203.0.113.9,", "10.0.0.1" },
	{ "10.0.0.1", "0123456789012345678901234567890123456789012345678901234567890123", "10.0.0.1" },
};

static void
test_clients(void)
{
	struct networks proxies;
	uint8_t peer[NETWORK_BYTES], want[NETWORK_BYTES], got[NETWORK_BYTES], other[NETWORK_BYTES];

	check(networks_parse("10.0.0.0/8", "", &proxies), "proxies", "");
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		address_of(clients[i].peer, peer);
		address_of(clients[i].client, want);
		networks_client(&proxies, peer, clients[i].forwarded, got);
		check(memcmp(got, want, sizeof(got)) == 0, "who asks",
		      clients[i].forwarded ? clients[i].forwarded : clients[i].peer);
	}
	address_of("2001:db8:0:1::7", got);
	address_of("2001:db8:0:1:ffff::8", other);
	network_of_one(got);
	network_of_one(other);
	check(memcmp(got, other, sizeof(got)) == 0, "a /64 is one", "");
	address_of("192.0.2.1", got);
	address_of("192.0.2.2", other);
	network_of_one(got);
	network_of_one(other);
	check(memcmp(got, other, sizeof(got)) != 0, "each IPv4 address is one", "");
}

int
main(void)
{
	struct networks ns;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check(networks_parse(texts[i].text, ROUTES, &ns) == texts[i].fine &&
		              (!texts[i].fine || ns.n == texts[i].n),
		      "a list", texts[i].text);
	check(networks_parse("router 127.0.0.0/8", "", &ns) && ns.n == 1, "a list", "no router");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(held(cases[i].networks, cases[i].address) == cases[i].held, cases[i].networks, cases[i].address);
	test_clients();
	return tally_end();
}

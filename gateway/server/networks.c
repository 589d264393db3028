#include "server/networks.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { V4_BITS_BEFORE = 96 };

static void
v4_mapped(const void *v4, uint8_t out[16])
{
	memset(out, 0, 10);
	memset(out + 10, 0xff, 2);
	memcpy(out + 12, v4, 4);
}

static bool
network_parse(const char *text, size_t len, struct network *out)
{
	char address[INET6_ADDRSTRLEN], *end;
	uint8_t v4[4];
	size_t address_len = strcspn(text, "/ ");

	if (address_len >= sizeof(address) || address_len + 1 >= len)
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)address_len, text);
	long bits = strtol(text + address_len + 1, &end, 10);
	if (end != text + len || bits < 0)
		return false;
	if (inet_pton(AF_INET, address, v4) == 1) {
		v4_mapped(v4, out->address);
		out->bits = (int)bits + V4_BITS_BEFORE;
	} else if (inet_pton(AF_INET6, address, out->address) == 1) {
		out->bits = (int)bits;
	} else {
		return false;
	}
	return bits <= 128 && out->bits <= 128;
}

/* The way to everywhere, a line of the kernel's table: interface, destination and gateway as numbers of this machine's
 * order. */
static bool
router_find(const char *routes, struct network *out)
{
	unsigned long destination, gateway;

	for (const char *line = routes; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (sscanf(line, "%*s %lx %lx", &destination, &gateway) != 2 || destination != 0 || gateway == 0)
			continue;
		uint32_t v4 = (uint32_t)gateway;
		v4_mapped(&v4, out->address);
		out->bits = 8 * NETWORK_BYTES;
		return true;
	}
	return false;
}

bool
networks_parse(const char *text, const char *routes, struct networks *out)
{
	static const char router[] = "router";

	out->n = 0;
	for (;;) {
		text += strspn(text, " ");
		size_t len = strcspn(text, " ");
		if (len == 0)
			return true;
		if (out->n == NETWORKS_MAX)
			return false;
		if (len == sizeof(router) - 1 && memcmp(text, router, len) == 0)
			out->n += router_find(routes, &out->at[out->n]);
		else if (network_parse(text, len, &out->at[out->n]))
			out->n++;
		else
			return false;
		text += len;
	}
}

static bool
holds(const struct network *n, const uint8_t address[16])
{
	int whole = n->bits / 8, rest = n->bits % 8;

	return memcmp(n->address, address, (size_t)whole) == 0 &&
	       (rest == 0 || (n->address[whole] ^ address[whole]) >> (8 - rest) == 0);
}

void
network_address(const struct sockaddr *from, uint8_t out[NETWORK_BYTES])
{
	memset(out, 0, NETWORK_BYTES);
	if (from->sa_family == AF_INET)
		v4_mapped(&((const struct sockaddr_in *)(const void *)from)->sin_addr, out);
	else if (from->sa_family == AF_INET6)
		memcpy(out, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, NETWORK_BYTES);
}

bool
networks_hold(const struct networks *ns, const uint8_t address[NETWORK_BYTES])
{
	for (size_t i = 0; i < ns->n; i++)
		if (holds(&ns->at[i], address))
			return true;
	return false;
}

/* The address that ends at `end`, and where the one before it ends. */
static bool
address_before(const char *text, size_t *end, uint8_t out[NETWORK_BYTES])
{
	char address[INET6_ADDRSTRLEN];
	size_t first, last = *end;
	uint8_t v4[4];

	while (last > 0 && (text[last - 1] == ' ' || text[last - 1] == '\t'))
		last--;
	for (first = last; first > 0 && !strchr(", \t", text[first - 1]); first--)
		;
	if (first == last || last - first >= sizeof(address))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)(last - first), text + first);
	while (first > 0 && text[first - 1] != ',')
		first--;
	*end = first ? first - 1 : 0;
	if (inet_pton(AF_INET, address, v4) != 1)
		return inet_pton(AF_INET6, address, out) == 1;
	v4_mapped(v4, out);
	return true;
}

void
networks_client(const struct networks *proxies, const uint8_t peer[NETWORK_BYTES], const char *forwarded,
                uint8_t out[NETWORK_BYTES])
{
	uint8_t next[NETWORK_BYTES];
	size_t end = forwarded ? strlen(forwarded) : 0;

	memcpy(out, peer, NETWORK_BYTES);
	while (end > 0 && networks_hold(proxies, out) && address_before(forwarded, &end, next))
		memcpy(out, next, NETWORK_BYTES);
}

void
network_of_one(uint8_t address[NETWORK_BYTES])
{
	static const uint8_t v4[12] = { [10] = 0xff, [11] = 0xff };

	if (memcmp(address, v4, sizeof(v4)) != 0)
		memset(address + 8, 0, 8);
}

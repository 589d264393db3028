#include "networks.h"
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

bool
networks_parse(const char *text, struct networks *out)
{
	out->n = 0;
	for (;;) {
		text += strspn(text, " ");
		size_t len = strcspn(text, " ");
		if (len == 0)
			return true;
		if (out->n == NETWORKS_MAX || !network_parse(text, len, &out->at[out->n]))
			return false;
		out->n++;
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

bool
networks_hold(const struct networks *ns, const struct sockaddr *address)
{
	uint8_t bytes[16];

	if (address->sa_family == AF_INET)
		v4_mapped(&((const struct sockaddr_in *)(const void *)address)->sin_addr, bytes);
	else if (address->sa_family == AF_INET6)
		memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
	else
		return false;
	for (size_t i = 0; i < ns->n; i++)
		if (holds(&ns->at[i], bytes))
			return true;
	return false;
}

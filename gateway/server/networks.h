/* networks - a list of address ranges, like "127.0.0.0/8 ::1/128", and whose a request is.  Pure.
 *
 * An address is 16 bytes, IPv4 as ::ffff:a.b.c.d.  The word "router" is the one address by which this machine reaches
 * others: for a process in a container that is the engine, through whom everybody comes to a port that it publishes. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { NETWORKS_MAX = 16, NETWORK_BYTES = 16 };

struct network { uint8_t address[NETWORK_BYTES]; int bits; };
struct networks { struct network at[NETWORKS_MAX]; size_t n; };

/* routes: what /proc/net/route says, for "router"; that word is nobody where there is none. */
bool networks_parse(const char *text, const char *routes, struct networks *out) __attribute__((warn_unused_result));
bool networks_hold(const struct networks *ns, const uint8_t address[NETWORK_BYTES]);
/* all 0: neither IPv4 nor IPv6 */
void network_address(const struct sockaddr *from, uint8_t out[NETWORK_BYTES]);
/* Who asks over a connection: its peer; or, where that is a proxy we trust, who the proxy says it was (X-Forwarded-For,
 * or NULL), and so on through proxies.  What others write into that header is nothing. */
void networks_client(const struct networks *proxies, const uint8_t peer[NETWORK_BYTES], const char *forwarded,
                     uint8_t out[NETWORK_BYTES]);
/* What counts as one when somebody is counted: an IPv4 address, a /64 of IPv6, which is what one household gets. */
void network_of_one(uint8_t address[NETWORK_BYTES]);

/* networks - a list of address ranges, like "127.0.0.0/8 ::1/128".  Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { NETWORKS_MAX = 16 };

struct network { uint8_t address[16]; int bits; };      /* IPv4 as ::ffff:a.b.c.d */
struct networks { struct network at[NETWORKS_MAX]; size_t n; };

bool networks_parse(const char *text, struct networks *out) __attribute__((warn_unused_result));
bool networks_hold(const struct networks *ns, const struct sockaddr *address);

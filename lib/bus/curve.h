/* curve - keys of the bus: who a process is to it, and that it is the bus that one talks to.
 *
 * Every connection is CURVE (ZeroMQ's own, over curve25519): the buses are the servers and share one key pair, each
 * service and the gateway has one of its own and knows the buses' public key.  What a key stands for is the bus's to
 * know (services/bus/zap.h). Keys are text, Z85, 40 characters; a file holds one and at most a line's end after it.
 * deploy/keys.sh makes them. */
#pragma once
#include "bus/frames.h"
#include <stdbool.h>
#include <stddef.h>

enum { CURVE_TEXT = 40, CURVE_BYTES = 32 };

#define CURVE_KEY_SETTING "ZHUCUN_KEY_FILE"
#define CURVE_KEY_MEANING "file of this process's secret key on the buses; nobody but its owner may read it"
#define CURVE_BUS_SETTING "ZHUCUN_BUS_KEY_FILE"
#define CURVE_BUS_MEANING "file of the buses' public key"

struct curve_pair { char secret[CURVE_TEXT + 1], public[CURVE_TEXT + 1]; };
/* What a client's socket needs; name is what its answers say whom they are from. */
struct curve_client { char name[SERVICE_NAME_MAX]; struct curve_pair own; char bus[CURVE_TEXT + 1]; };

/* False: logged, with the file. */
bool curve_pair_read(struct curve_pair *out, const char *file) __attribute__((warn_unused_result));
bool curve_client_read(struct curve_client *out, const char *name, const char *key_file, const char *bus_key_file)
	__attribute__((warn_unused_result));

/* Whether text[0…len) is a key; its bytes to out, unless out is NULL. */
bool curve_text_is_key(const char *text, size_t len, uint8_t out[CURVE_BYTES]);

/* False: errno says why. */
bool curve_client_options(void *socket, const struct curve_client *me);
/* Who connects is let in by the ZAP handler of the socket's context and by nobody else: without one nobody is. */
bool curve_server_options(void *socket, const struct curve_pair *own);

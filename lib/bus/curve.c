/* curve - see curve.h.
 *
 *   in:   files of keys
 *   out:  options of sockets
 *   owns: nothing; whoever holds a struct forgets the secret in it */
#include "bus/curve.h"
#include "base/log.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

/* Hidden in zmq.h 4.3.4 behind the macro of drafts, but in the library: a domain without a handler is a refusal. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

#define ZAP_DOMAIN "zhucun"

bool
curve_text_is_key(const char *text, size_t len, uint8_t out[CURVE_BYTES])
{
	char copy[CURVE_TEXT + 1];
	uint8_t bytes[CURVE_BYTES];

	if (len != CURVE_TEXT || memchr(text, '\0', len))
		return false;
	memcpy(copy, text, CURVE_TEXT);
	copy[CURVE_TEXT] = '\0';
	bool is = zmq_z85_decode(out ? out : bytes, copy) != NULL;
	explicit_bzero(copy, sizeof(copy));
	explicit_bzero(bytes, sizeof(bytes));
	return is;
}

static bool
refuse(const char *file, const char *why)
{
	LOG(ERROR, "key.refused", NULL, LOG_S("file", file), LOG_S("error", why));
	return false;
}

/* As libpq asks of passfiles: a secret that others may read is none. */
static bool
is_private(FILE *f)
{
	struct stat st;

	return fstat(fileno(f), &st) == 0 && !(st.st_mode & (S_IRWXG | S_IRWXO));
}

static bool
key_read(char out[CURVE_TEXT + 1], const char *file, bool secret)
{
	char text[CURVE_TEXT + 3];
	FILE *f = fopen(file, "re");

	if (!f)
		return refuse(file, strerror(errno));
	bool private = !secret || is_private(f);
	setvbuf(f, NULL, _IONBF, 0);            /* no second copy of a secret */
	size_t n = fread(text, 1, sizeof(text), f);
	fclose(f);
	if (n && text[n - 1] == '\n')
		n--;
	bool is = curve_text_is_key(text, n, NULL);
	if (is && private) {
		memcpy(out, text, CURVE_TEXT);
		out[CURVE_TEXT] = '\0';
	}
	explicit_bzero(text, sizeof(text));
	if (!private)
		return refuse(file, "others than its owner may read or write it");
	return is || refuse(file, "it is not one key of 40 characters");
}

bool
curve_pair_read(struct curve_pair *out, const char *file)
{
	if (!key_read(out->secret, file, true))
		return false;
	return zmq_curve_public(out->public, out->secret) == 0 || refuse(file, zmq_strerror(errno));
}

bool
curve_client_read(struct curve_client *out, const char *name, const char *key_file, const char *bus_key_file)
{
	snprintf(out->name, sizeof(out->name), "%s", name);
	return curve_pair_read(&out->own, key_file) && key_read(out->bus, bus_key_file, false);
}

static bool
set_key(void *socket, int option, const char *key)
{
	return zmq_setsockopt(socket, option, key, CURVE_TEXT + 1) == 0;
}

bool
curve_client_options(void *socket, const struct curve_client *me)
{
	return set_key(socket, ZMQ_CURVE_SERVERKEY, me->bus) && set_key(socket, ZMQ_CURVE_PUBLICKEY, me->own.public) &&
	       set_key(socket, ZMQ_CURVE_SECRETKEY, me->own.secret);
}

bool
curve_server_options(void *socket, const struct curve_pair *own)
{
	const int on = 1;

	return !zmq_setsockopt(socket, ZMQ_ZAP_ENFORCE_DOMAIN, &on, sizeof(on)) &&
	       !zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN)) &&
	       !zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &on, sizeof(on)) &&
	       set_key(socket, ZMQ_CURVE_SECRETKEY, own->secret);
}

/* digest - SHA-256 (FIPS 180-4, by OpenSSL) and its text forms. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32, SHA256_HEX_MAX = 65 };

struct span_of_bytes { const void *data; size_t len; };
void sha256(const struct span_of_bytes *parts, size_t n, uint8_t out[SHA256_SIZE]);
void hex_text(const uint8_t *p, size_t n, char *out);           /* 2n+1 bytes, lower case */
/* First 16 characters of the digest of the parts, each ended by a NUL, in lower-case base 32 (RFC 4648 alphabet):
 * 80 bits, for ids that are a function of what they name. */
enum { SHORT_ID_MAX = 17 };
void short_id(const char *const *parts, size_t n, char out[SHORT_ID_MAX]);
/* The same of HMAC-SHA-256 (RFC 2104) with a key: who does not have it cannot tell which id a thing has. */
void short_id_keyed(const uint8_t key[SHA256_SIZE], const char *const *parts, size_t n, char out[SHORT_ID_MAX]);
void hmac_sha256(const uint8_t key[SHA256_SIZE], const struct span_of_bytes *parts, size_t n, uint8_t out[SHA256_SIZE]);

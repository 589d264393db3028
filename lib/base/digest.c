/* digest - SHA-256 (FIPS 180-4, by OpenSSL) and its text forms.
 *
 * In: bytes.  Out: digests and texts, in the caller's memory.  Owns nothing.  That OpenSSL cannot hash is no answer
 * anybody could act on (no memory, a broken library): the process ends. */
#include "base/digest.h"
#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
need(int ok)
{
	if (ok)
		return;
	fputs("digest: OpenSSL cannot do SHA-256\n", stderr);
	abort();
}

/* Given by its name alone it would be looked up among all providers for each digest, which takes longer than a short
 * one. */
static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static EVP_MD *algorithm;                      /* for as long as the process lives */

static void
algorithm_fetch(void)
{
	algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	need(algorithm != NULL);
}

static EVP_MD_CTX *
begin(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	pthread_once(&fetched, algorithm_fetch);
	need(ctx && EVP_DigestInit_ex(ctx, algorithm, NULL) == 1);
	return ctx;
}

static void
end(EVP_MD_CTX *ctx, uint8_t out[SHA256_SIZE])
{
	need(EVP_DigestFinal_ex(ctx, out, NULL) == 1);
	EVP_MD_CTX_free(ctx);
}

void
sha256(const struct span_of_bytes *parts, size_t n, uint8_t out[SHA256_SIZE])
{
	EVP_MD_CTX *ctx = begin();

	for (size_t i = 0; i < n; i++)
		need(!parts[i].len || EVP_DigestUpdate(ctx, parts[i].data, parts[i].len) == 1);
	end(ctx, out);
}

void
hex_text(const uint8_t *p, size_t n, char *out)
{
	static const char sixteen[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = sixteen[p[i] >> 4];
		*out++ = sixteen[p[i] & 15];
	}
	*out = '\0';
}

/* A key as long as a digest is shorter than a block, so it is taken as it is. */
void
hmac_sha256(const uint8_t key[SHA256_SIZE], const struct span_of_bytes *parts, size_t n, uint8_t out[SHA256_SIZE])
{
	enum { BLOCK = 64 };
	uint8_t inner[BLOCK], outer[BLOCK];
	EVP_MD_CTX *ctx = begin();

	for (size_t i = 0; i < BLOCK; i++) {
		inner[i] = (i < SHA256_SIZE ? key[i] : 0) ^ 0x36;
		outer[i] = (i < SHA256_SIZE ? key[i] : 0) ^ 0x5c;
	}
	need(EVP_DigestUpdate(ctx, inner, BLOCK) == 1);
	for (size_t i = 0; i < n; i++)
		need(!parts[i].len || EVP_DigestUpdate(ctx, parts[i].data, parts[i].len) == 1);
	end(ctx, out);
	sha256((const struct span_of_bytes[]){ { outer, BLOCK }, { out, SHA256_SIZE } }, 2, out);
}

/* Five bits a character, from the highest of the first byte on; 16 characters are 10 bytes to the bit. */
static void
short_text(const uint8_t digest[SHA256_SIZE], char out[SHORT_ID_MAX])
{
	static const char thirty_two[] = "abcdefghijklmnopqrstuvwxyz234567";

	for (size_t i = 0; i < SHORT_ID_MAX - 1; i++) {
		size_t byte = i * 5 / 8, shift = i * 5 % 8;
		unsigned pair = (unsigned)digest[byte] << 8 | digest[byte + 1];
		out[i] = thirty_two[pair >> (11 - shift) & 31];
	}
	out[SHORT_ID_MAX - 1] = '\0';
}

void
short_id(const char *const *parts, size_t n, char out[SHORT_ID_MAX])
{
	uint8_t digest[SHA256_SIZE];
	EVP_MD_CTX *ctx = begin();

	for (size_t i = 0; i < n; i++)
		need(EVP_DigestUpdate(ctx, parts[i], strlen(parts[i]) + 1) == 1);
	end(ctx, digest);
	short_text(digest, out);
}

void
short_id_keyed(const uint8_t key[SHA256_SIZE], const char *const *parts, size_t n, char out[SHORT_ID_MAX])
{
	enum { PARTS_MAX = 8 };
	struct span_of_bytes spans[PARTS_MAX];
	uint8_t digest[SHA256_SIZE];

	assert(n <= PARTS_MAX);
	for (size_t i = 0; i < n; i++)
		spans[i] = (struct span_of_bytes){ parts[i], strlen(parts[i]) + 1 };
	hmac_sha256(key, spans, n, digest);
	short_text(digest, out);
}

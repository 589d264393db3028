/* digest_test - SHA-256 by the vectors of its standard; short ids by another implementation.
 *
 * How: tables; a message in one part and in many has one digest. */
#include "base/digest.h"
#include "harness/tally.h"
#include <stdio.h>
#include <string.h>

static void
hash_text(const struct span_of_bytes *parts, size_t n, char out[SHA256_HEX_MAX])
{
	uint8_t digest[SHA256_SIZE];

	sha256(parts, n, digest);
	hex_text(digest, sizeof(digest), out);
}

#define TWO_BLOCKS "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

static void
test_vectors(void)
{
	static const struct { const char *text, *want; } cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ TWO_BLOCKS, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char got[SHA256_HEX_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span_of_bytes whole = { cases[i].text, strlen(cases[i].text) };
		hash_text(&whole, 1, got);
		check_text(got, cases[i].want, cases[i].text);
	}
	hash_text(NULL, 0, got);
	check_text(got, cases[0].want, "no parts");
}

/* The standard's million times "a", in parts; and a text cut at every place, with an empty part between. */
static void
test_parts(void)
{
	static struct span_of_bytes thousand[1000];
	static char as[1000];
	char got[SHA256_HEX_MAX];

	memset(as, 'a', sizeof(as));
	for (size_t i = 0; i < 1000; i++)
		thousand[i] = (struct span_of_bytes){ as, sizeof(as) };
	hash_text(thousand, 1000, got);
	check_text(got, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "a million");
	for (size_t i = 0; i <= strlen(TWO_BLOCKS); i++) {
		struct span_of_bytes cut[] = {
			{ TWO_BLOCKS, i }, { NULL, 0 }, { TWO_BLOCKS + i, strlen(TWO_BLOCKS) - i },
		};
		hash_text(cut, 3, got);
		check_text(got, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "two blocks, cut");
	}
}

static void
test_hex(void)
{
	static const uint8_t bytes[] = { 0x00, 0x0f, 0xf0, 0xff, 0x7a };
	char got[2 * sizeof(bytes) + 1];

	hex_text(bytes, sizeof(bytes), got);
	check_text(got, "000ff0ff7a", "hex_text");
	hex_text(bytes, 0, got);
	check_text(got, "", "hex_text of nothing");
}

/* Wanted: python3, base64.b32encode(sha256(b"".join(p + b"\0"))).lower()[:16] */
static void
test_short_ids(void)
{
	static const struct { const char *parts[3]; size_t n; const char *want; } cases[] = {
		{ { NULL }, 0, "4oymiquy7qobjgx3" },
		{ { "a" }, 1, "77u2v2vculkqjalu" },
		{ { "a", "b" }, 2, "r6za55r45vaul7bo" },
		{ { "ab", "" }, 2, "32bhstbalz5zrdva" },
		{ { "421127", "P1", "2017-09-08" }, 3, "vhwjqkgd2uxcjevs" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char got[SHORT_ID_MAX];
		short_id(cases[i].parts, cases[i].n, got);
		check_text(got, cases[i].want, "short_id");
	}
}

/* Wanted: python3, hmac.new(bytes(range(32)), …, hashlib.sha256), and as above. */
static void
test_keyed(void)
{
	static const struct { const char *text, *want; } macs[] = {
		{ "what is hashed", "8943dbd0542116498c855bb0c3c71f2ab8067e909fa396a9eedee47f728d5273" },
		{ "", "d38b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb" },
	};
	uint8_t key[SHA256_SIZE], mac[SHA256_SIZE];
	char hex[SHA256_HEX_MAX], id[SHORT_ID_MAX];

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(macs) / sizeof(macs[0]); i++) {
		hmac_sha256(key, (struct span_of_bytes[]){ { macs[i].text, strlen(macs[i].text) } }, 1, mac);
		hex_text(mac, sizeof(mac), hex);
		check_text(hex, macs[i].want, "hmac_sha256");
	}
	short_id_keyed(key, (const char *[]){ "511703", "person/p1" }, 2, id);
	check_text(id, "nppgec2lknagyj75", "short_id_keyed");
	key[31] = 0;
	short_id_keyed(key, (const char *[]){ "511703", "person/p1" }, 2, id);
	if (strcmp(id, "nppgec2lknagyj75") == 0)
		check_text(id, "another", "short_id_keyed by another key");
}

int
main(void)
{
	test_vectors();
	test_keyed();
	test_parts();
	test_hex();
	test_short_ids();
	return tally_end();
}

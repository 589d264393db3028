/* secret - see secret.h. */
#include "secret.h"
#include "accountability_rows.pb-c.h"
#include "base/digest.h"
#include <stdlib.h>
#include <sys/random.h>

typedef AccountabilityRows__Secret Secret;

const struct table secret_table = { "secret", &accountability_rows__secret__descriptor, 1, true };

static Secret
secret_key(const struct batch *b)
{
	Secret key = ACCOUNTABILITY_ROWS__SECRET__INIT;

	key.district = (char *)batch_district(b);
	return key;
}

void
secret_want(struct batch *b)
{
	Secret key = secret_key(b);

	batch_want(b, &secret_table, &key, 1);
}

static const uint8_t *
secret_make(struct batch *b)
{
	Secret row = secret_key(b);

	row.secret.len = SHA256_SIZE;
	row.secret.data = arena_alloc(batch_arena(b), SHA256_SIZE);
	if (getrandom(row.secret.data, SHA256_SIZE, 0) != SHA256_SIZE)
		abort();
	batch_put(b, &secret_table, &row);
	return row.secret.data;
}

const uint8_t *
secret_of_district(struct batch *b)
{
	Secret key = secret_key(b);
	const Secret *row = batch_get(b, &secret_table, &key);

	return row && row->secret.len == SHA256_SIZE ? row->secret.data : secret_make(b);
}

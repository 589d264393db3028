/* secret - see secret.h. */
#include "secret.h"
#include "accountability.h"
#include "base/digest.h"
#include "engine/keyed.h"
#include <stdlib.h>
#include <sys/random.h>

typedef AccountabilityRows__Secret Secret;

static const struct table secret_table = { "secret", &accountability_rows__secret__descriptor, 1, true };

void
secret_want(struct batch *b)
{
	batch_want(b, &secret_table, batch_message(b, secret_table.row), 1);
}

static const uint8_t *
secret_make(struct batch *b, Secret *row)
{
	row->secret.len = SHA256_SIZE;
	row->secret.data = arena_alloc(batch_arena(b), SHA256_SIZE);
	if (getrandom(row->secret.data, SHA256_SIZE, 0) != SHA256_SIZE)
		abort();
	batch_put(b, &secret_table, row);
	return row->secret.data;
}

const uint8_t *
secret_of_district(struct batch *b)
{
	Secret *key = batch_message(b, secret_table.row);
	const Secret *row = batch_get(b, &secret_table, key);

	return row && row->secret.len == SHA256_SIZE ? row->secret.data : secret_make(b, key);
}

const struct noun accountability_secret = {
	.tables = LIST(((const struct table *const[]){ &secret_table })),
};

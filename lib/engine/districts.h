/* districts - those that are known to exist; never forgotten, since they never cease to. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct districts { char (*at)[8]; size_t n, cap; };     /* sorted */

bool district_known(const struct districts *d, const char *district);
void district_learn(struct districts *d, const char *district);
void districts_free(struct districts *d);

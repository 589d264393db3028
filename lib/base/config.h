/* config - settings from the environment, each declared once with its meaning.
 *
 *   static const struct setting settings[] = {
 *           { "ZHUCUN_PORT", SETTING_INT, "8080", 1, 65535, "port that the gateway listens on" },
 *   };
 * --help lists them; a value out of range stops the process at start with a sentence on standard error, exit code 2. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

enum setting_type { SETTING_TEXT, SETTING_INT, SETTING_BOOL };
struct setting {
	const char *name;               /* environment variable */
	enum setting_type type;
	const char *fallback;           /* NULL: must be set */
	int64_t min, max;               /* of an int; of a text, its length (max 0: any) */
	const char *meaning;
	bool secret;                    /* never shown */
};

/* Checks all of them; prints help and exits 0 on --help or -h, tells on --health how the process is that runs
 * (health.h), exits with 2 on anything unknown or bad. */
void config_open(int argc, char **argv, const char *program, const char *purpose, const struct setting *s, size_t n);
/* The setting of that name in the table given to config_open; asserts that it is declared. */
const char *config_text(const char *name);
int64_t config_int(const char *name);
bool config_bool(const char *name);             /* 1/0, true/false, yes/no */

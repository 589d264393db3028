/* ids - names that clients may choose, and the partition a district lives in. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef ZHUCUN_SMALL                     /* the simulation's */
enum { PARTITIONS = 3 };
#else
enum { PARTITIONS = 64 };
#endif
enum { ID_MAX = 64, KEY_MAX = 128, ROWID_MAX = 24 };

bool id_valid(const char *s);                   /* [A-Za-z0-9._-]{1,64}, but "." and "..": a path cannot name those */
bool district_valid(const char *s);             /* six digits (GB/T 2260) */
bool key_valid(const char *s);                  /* 1–128 printable ASCII characters: an Idempotency-Key */
bool text_valid(const char *s, int max_bytes);  /* 1–max bytes of what people read, lines of it (utf8_shown) */
bool name_valid(const char *s, int max_bytes);  /* 1–max bytes of a name (utf8_name) */
uint64_t name_hash(const char *name);           /* FNV-1a, 64 bit */
/* The hash folded to 0–63.  Kept for ever with the district, so this may change for new ones only. */
int32_t partition_of(const char *district);
/* A letter and twelve digits of a sequence: F000000000017.  Sorts as it counts. */
void row_id(char letter, int64_t seq, char out[ROWID_MAX]);

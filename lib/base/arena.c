/* arena - memory for one batch or one query; freed all at once, never piecemeal.
 *
 * In: sizes.  Out: zeroed memory that lives until the reset.  Owns the chunks it is cut from: the first of 64 KiB (less
 * when the cap is), taken at the first use, later ones doubling to 1 MiB, or as long as the piece that asks for one.
 * The cap is on bytes given out, not on memory held, so that the same input meets it always; what a chunk's end wastes
 * is less than the piece that did not fit there, so memory held stays under twice the cap and a chunk.
 * Pure: decisions link it. */
#include "base/arena.h"
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SANITIZE_ADDRESS__             /* what is not given out is forbidden ground, when somebody looks */
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum { ALIGN = 16, CHUNK_FIRST = 64 << 10, CHUNK_MAX = 1 << 20 };

struct chunk { struct chunk *next; size_t used, size; _Alignas(ALIGN) char bytes[]; };

struct arena {
	ProtobufCAllocator pb;
	struct chunk *top;              /* the newest; the first is last in the list */
	size_t cap, used, next_size;
	bool secret;                    /* what has been given out is wiped before it goes */
};

static size_t
lesser(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool
chunk_add(arena_t *a, size_t at_least)
{
	size_t size = at_least > a->next_size ? at_least : a->next_size;
	struct chunk *c = malloc(sizeof(*c) + size);

	if (!c)
		return false;
	*c = (struct chunk){ .next = a->top, .size = size };
	ASAN_POISON_MEMORY_REGION(c->bytes, size);
	a->top = c;
	a->next_size = lesser(2 * a->next_size, CHUNK_MAX);
	return true;
}

/* NULL: beyond the cap, or the machine has no more.  The cap is a multiple of ALIGN, so rounding up cannot cross it. */
static void *
piece(arena_t *a, size_t bytes)
{
	if (bytes > a->cap - a->used)
		return NULL;
	size_t n = bytes ? (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
	if (n > a->cap - a->used)
		return NULL;
	if ((!a->top || a->top->size - a->top->used < n) && !chunk_add(a, n))
		return NULL;
	void *p = a->top->bytes + a->top->used;
	a->top->used += n;
	a->used += n;
	ASAN_UNPOISON_MEMORY_REGION(p, bytes);
	return memset(p, 0, bytes);
}

static void *
pb_alloc(void *ctx, size_t bytes)
{
	return piece(ctx, bytes);
}

static void
pb_free(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

arena_t *
arena_open(size_t cap_bytes)
{
	arena_t *a = calloc(1, sizeof(*a));

	assert(cap_bytes <= SIZE_MAX / 4);
	if (!a) {
		fputs("arena: out of memory\n", stderr);
		abort();
	}
	a->pb = (ProtobufCAllocator){ .alloc = pb_alloc, .free = pb_free, .allocator_data = a };
	a->cap = (cap_bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	a->next_size = lesser(a->cap, CHUNK_FIRST);
	return a;
}

static void
chunk_wipe(const arena_t *a, struct chunk *c)
{
	ASAN_UNPOISON_MEMORY_REGION(c->bytes, c->size);
	if (a->secret)
		explicit_bzero(c->bytes, c->used);
}

static void
chunk_drop(arena_t *a)
{
	struct chunk *c = a->top;

	a->top = c->next;
	chunk_wipe(a, c);
	free(c);
}

void
arena_close(arena_t **ap)
{
	if (!*ap)
		return;
	while ((*ap)->top)
		chunk_drop(*ap);
	free(*ap);
	*ap = NULL;
}

void
arena_reset(arena_t *a)
{
	a->used = 0;
	if (!a->top)
		return;
	while (a->top->next)
		chunk_drop(a);
	chunk_wipe(a, a->top);
	a->secret = false;
	a->top->used = 0;
	a->next_size = lesser(2 * a->top->size, CHUNK_MAX);
	ASAN_POISON_MEMORY_REGION(a->top->bytes, a->top->size);
}

void
arena_secret(arena_t *a)
{
	a->secret = true;
}

size_t
arena_used(const arena_t *a)
{
	return a->used;
}

void *
arena_alloc(arena_t *a, size_t bytes)
{
	void *p = piece(a, bytes);

	if (p)
		return p;
	fprintf(stderr, "arena: no room for %zu bytes, %zu of %zu are given out\n", bytes, a->used, a->cap);
	abort();
}

void *
arena_copy(arena_t *a, const void *p, size_t bytes)
{
	void *copy = arena_alloc(a, bytes);

	return bytes ? memcpy(copy, p, bytes) : copy;
}

char *
arena_strdup(arena_t *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

/* Exactly len bytes, and a NUL after them. */
char *
arena_strndup(arena_t *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	return len ? memcpy(copy, s, len) : copy;
}

char *
arena_printf(arena_t *a, const char *fmt, ...)
{
	va_list args, again;

	assert(fmt);
	va_start(args, fmt);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, fmt, args);
	assert(len >= 0);               /* a format of ours that libc cannot print is a bug */
	char *s = arena_alloc(a, (size_t)len + 1);
	vsnprintf(s, (size_t)len + 1, fmt, again);
	va_end(again);
	va_end(args);
	return s;
}

ProtobufCAllocator *
arena_pb(arena_t *a)
{
	return &a->pb;
}

void *
arena_message(arena_t *a, const ProtobufCMessageDescriptor *d)
{
	ProtobufCMessage *m = arena_alloc(a, d->sizeof_message);

	protobuf_c_message_init(d, m);
	return m;
}

/* tries - what is remembered of those who tried to log in: by whom a phone has been tried, and from where it was let
 * in.  Marks: of a phone's digits, of a client's address; compared, never read. */
#pragma once
#include "engine/reader.h"

char *tries_mark_of_phone(const char *phone, arena_t *a);

void tries_want(struct batch *b, const char *phone_mark);
/* True: who tries must wait, and has been told. */
bool tries_must_wait(struct batch *b, const char *phone_mark, const char *address_mark);
bool tries_refused(struct reader *r, const char *phone_mark, const char *address_mark);
/* luck: no account has this phone, and these hex digits, which nobody knows, say whose place it takes; NULL: one
 * has. */
void tries_failed(struct batch *b, const char *phone_mark, const char *address_mark, const char *luck);
void tries_want_room(struct batch *b, const char *luck);        /* … wanted before, whoever's it is */
void tries_succeeded(struct batch *b, const char *phone_mark, const char *address_mark);
void tries_clear(struct batch *b, const char *phone_mark);

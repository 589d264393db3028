/* fairness - what one may take of a room that all share: no more than he leaves to others.
 *
 * So alone one has half, however many come each newcomer finds something, and nobody's part need be known before. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* n more, to what he has of what is taken. */
static inline bool
fairness_has_room(size_t has, size_t taken, size_t room, size_t n)
{
	return taken <= room && has + n <= room - taken;
}

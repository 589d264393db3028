/* copy - from one message to another, by the names of their fields: from a command to a row, from a row to an event
 * or an answer.
 *
 * A pair is declared once, and checked at start (copy_fault): every field of `to` has one of the same name and type
 * in `from`, or is named in `own`, because it is set otherwise or stays as it is.  So a field that is added is copied
 * or thought of.
 *
 * Pointers are shared, nothing is duplicated.  Optional to optional keeps whether it is there.  Plain to optional:
 * zero, "" and the enum's zero are "not there".  Optional to plain: what is not there is zero or "".  An optional
 * string that is not there is NULL and not "": nobody but this file need know. */
#pragma once
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

struct copy {
	const ProtobufCMessageDescriptor *to, *from;
	const char *own;                        /* names of fields of `to` between blanks: "id state"; NULL: none */
	struct copy_plan *plan;                 /* where a microsecond counts; NULL: names are looked up as it runs */
};

/* What copy_fault has found, for copy_run: zero at first. */
enum { COPY_PLAN_MAX = 32 };
struct copy_plan {
	unsigned n;
	struct { const ProtobufCFieldDescriptor *to, *from; } pair[COPY_PLAN_MAX];
};

void copy_run(const struct copy *c, void *to, const void *from);
/* The name of what is wrong with a pair: of a field of `to` that is neither copied nor own, or of an own one that
 * `to` does not have.  NULL: nothing. */
const char *copy_fault(const struct copy *c);

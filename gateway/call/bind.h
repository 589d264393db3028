/* bind - from a path, a query and a body to the message that an owner is asked.  Pure; all in the caller's arena.
 *
 * Whatever is refused here for its content (422) is refused by the owner in our name, since only the owner knows
 * whether the thing that the path names exists, and 404 comes first.  So there is always a message, holding at least
 * the path's ids. */
#pragma once
#include "common.pb-c.h"
#include "http/problem.h"
#include "json/json_pb.h"
#include "routes/routes.h"

/* JSON text to a value.  REFUSED_NOT: *out is there, for the caller to free; else *out is NULL. */
enum refusal bind_parse(const char *text, size_t len, json_t **out);
/* The same at the beginning of a body, which may carry a byte order mark (RFC 8259 §8.1). */
enum refusal bind_body(const char *text, size_t len, json_t **out);
size_t bind_mark(const char *text, size_t len);             /* bytes of the mark, 0: there is none */

/* The message of a part with the ids of the path, and nothing else. */
ProtobufCMessage *bind_blank(const struct route_match *m, const ProtobufCMessageDescriptor *d, arena_t *a);

/* The message of a command from its JSON.  Takes member `key` out of the object where the route has it there: *key (""
 * when there is none) is in the arena.  Not NULL: the refusal; *out is then a blank one.  What is put may be what was
 * got, changed: members of the answer that are not the body's to give are in `known` (m NULL: there are none), for the
 * owner to judge; those that the path gives are judged here.  known may be NULL. */
Wire__Problem *bind_command(const struct route_match *m, json_t *body, arena_t *a, ProtobufCMessage **out, char **key,
                              struct json_known *known);

/* The messages of a read's parts from the query; each parameter goes to every part that has such a member, and to
 * `beside`, if that is not NULL: what any such read may ask for. */
Wire__Problem *bind_queries(const struct route_match *m, const char *query, arena_t *a, Common__Beside *beside,
                            ProtobufCMessage *out[ROUTE_PARTS_MAX]);
/* The message of a command that brings a file, from the query and the file's bytes, which are not copied.  The route
 * hides two members that it fills: the bytes, and the charset in which they are said to be written, "" none. */
Wire__Problem *bind_file(const struct route_match *m, const char *query, const void *bytes, size_t len,
                         const char *charset, arena_t *a, ProtobufCMessage **out);
/* The one parameter that a query may have is one of these values (NULL-ended); the first of them when it is not
 * given. */
Wire__Problem *bind_choice(const char *query, const char *name, const char *const *values, arena_t *a, int *chosen);
/* A command takes no parameters. */
Wire__Problem *bind_no_query(const char *query, arena_t *a);

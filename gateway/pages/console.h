/* console - the files of the browser's console, as its build made them, and the answers that they are.
 *
 * Read once, by the list that the build writes last (`files`: path, type, sha256, length, a line each): no path of a
 * client ever reaches a file system.  NAME.br and NAME.gz beside NAME are the same, packed. */
#pragma once
#include "http/reply.h"

enum { CONSOLE_BYTES_MAX = 2 << 20 };

struct console;

/* https: whoever was here once comes by https only.  NULL: not what its list says, or too much (logged).  Without a
 * list, or a directory (""), there is none, and its pages say so. */
struct console *console_open(const char *directory, bool https);
void console_close(struct console **cp);

/* What stands at a path of the list; false: nothing.  c NULL: it was not built. */
bool console_file(const struct console *c, const char *path, const char *if_none_match, const char *accept_encoding,
                  struct reply *r);

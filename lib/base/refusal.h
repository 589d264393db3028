/* refusal - why something is not done, as a client is told: a status, a stable code, where in the body (NULL: nowhere),
 * a sentence. Texts without end, so a pure rule can give one back. */
#pragma once

struct refusal { int status; const char *code, *pointer, *detail; };

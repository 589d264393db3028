/* pages - libmicrohttpd's own error pages, said as every other error is.
 *
 * What is no HTTP never reaches our handler: the library answers it with a page of HTML, and has no option to change that.
 * It queues the page by its public function, though, through the dynamic linker, so a function of that name in the program
 * goes before its own.  Were that to change one day the pages would be HTML again, and nothing worse; http_test sees it.
 *
 * Of an answer queued while it judges the headers (no Host, a Content-Length that is none) it sends the head twice: that answer is
 * written to the connection from here and the library told that nothing could be queued, so that it closes.  Told so of a request
 * line that is too long (thousands of parameters) it goes on with the connection that it has closed, and dies: there the answer is
 * queued. */
#pragma once
#include <microhttpd.h>

typedef enum MHD_Result pages_queue_fn(struct MHD_Connection *c, unsigned status, struct MHD_Response *r);
/* The library's own function, for answers that are meant.  Never NULL. */
pages_queue_fn *pages_library_queue(void);

/* Never returns, and never calls the host: before a response is set, or after
 * it with /after. */
#include "guest.h"

static volatile unsigned turns;

void
handle(int32_t request, int32_t outparam)
{
    if (path_is(request, "/after")) {
        http_reply reply = reply_text(outparam, 200);
        reply_write(&reply, "looping\n", 8);
    }
    for (;;)
        turns++;
}

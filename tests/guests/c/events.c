/* /N/MS: N server-sent events, MS milliseconds before each but the first. */
#include "guest.h"
#include "wasi_more.h"

#include <stdio.h>

void
handle(int32_t request, int32_t outparam)
{
    uint64_t count = path_number(request, 0, 1);
    uint64_t pause = path_number(request, 1, 0) * 1000000;
    http_reply reply = reply_begin(
        outparam, 200, fields_with("content-type", "text/event-stream"));
    for (uint64_t i = 0; i < count; i++) {
        char event[64];
        int size = snprintf(event, sizeof(event), "data: %llu\n\n",
                            (unsigned long long) i);
        if (i != 0)
            wait_for(monotonic_subscribe_duration(pause));
        reply_write(&reply, event, (size_t) size);
    }
    reply_end(&reply);
    request_drop(request);
}

/* /N: Content-Length N, and N bytes of the pattern of big-response. */
#include <stdio.h>

#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    uint64_t size = path_number(request, 0, 0);
    char length[24];
    http_reply reply;

    snprintf(length, sizeof(length), "%llu", (unsigned long long) size);
    reply = reply_begin(outparam, 200, fields_with("content-length", length));
    write_pattern(reply.stream, size);
    reply_end(&reply);
    request_drop(request);
}

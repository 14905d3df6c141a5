/* Writes as much as check-write allows, or one byte more with /over, which
 * traps. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    stream_result_void result;
    http_reply reply = reply_text(outparam, 200);
    size_t size =
        (size_t) wait_for_budget(reply.stream) + path_is(request, "/over");
    char *bytes = malloc(size);
    MUST(bytes != NULL);
    memset(bytes, 'x', size);
    output_write(reply.stream, bytes, size, &result);
    MUST(!result.is_err);
    output_blocking_flush(reply.stream, &result);
    MUST(!result.is_err);
    reply_end(&reply);
    request_drop(request);
}

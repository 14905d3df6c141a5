/* /N: one blocking-write-and-flush of N bytes (default: 4097); above 4096 it
 * traps. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    size_t size = (size_t) path_number(request, 0, 4097);
    stream_result_void result;
    char *bytes = malloc(size);
    MUST(bytes != NULL);
    memset(bytes, 'x', size);
    http_reply reply = reply_text(outparam, 200);
    output_blocking_write_and_flush(reply.stream, bytes, size, &result);
    MUST(!result.is_err);
    reply_end(&reply);
    request_drop(request);
}

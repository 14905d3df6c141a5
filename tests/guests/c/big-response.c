/* /N: N bytes of a pattern (byte i is "0123456789abcdef"[i % 16]), each write
 * as large as check-write allows, at most 64 KiB. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    stream_result_void result;
    http_reply reply = reply_text(outparam, 200);
    write_pattern(reply.stream, path_number(request, 0, 0));
    output_blocking_flush(reply.stream, &result);
    MUST(!result.is_err);
    reply_end(&reply);
    request_drop(request);
}

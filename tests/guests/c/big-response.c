/* /N: N bytes of a pattern (byte i is "0123456789abcdef"[i % 16]), each write
 * as large as check-write allows, at most 64 KiB.
 * /N/1: of all values of a byte (byte i is i * 167 + 13). */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    stream_result_void result;
    http_reply reply = reply_text(outparam, 200);
    uint64_t size = path_number(request, 0, 0);
    if (path_number(request, 1, 0))
        write_all_bytes(reply.stream, size);
    else
        write_pattern(reply.stream, size);
    output_blocking_flush(reply.stream, &result);
    MUST(!result.is_err);
    reply_end(&reply);
    request_drop(request);
}

/* /N: N bytes of a pattern (byte i is "0123456789abcdef"[i % 16]), each write
 * as large as check-write allows, at most 64 KiB. */
#include "guest.h"

enum {
    MAX_WRITE = 65536
};

/* 16 bytes more than a write takes, because a write may start anywhere in the
 * first 16. */
static char pattern[MAX_WRITE + 16];

void
handle(int32_t request, int32_t outparam)
{
    uint64_t size = path_number(request, 0, 0);
    stream_result_void result;
    for (size_t filled = 0; filled < sizeof(pattern); filled += 16)
        memcpy(pattern + filled, "0123456789abcdef", 16);

    http_reply reply = reply_text(outparam, 200);
    for (uint64_t sent = 0; sent < size;) {
        uint64_t piece = wait_for_budget(reply.stream);
        if (piece > MAX_WRITE)
            piece = MAX_WRITE;
        if (piece > size - sent)
            piece = size - sent;
        output_write(reply.stream, pattern + sent % 16, (size_t) piece,
                     &result);
        MUST(!result.is_err);
        sent += piece;
    }
    output_blocking_flush(reply.stream, &result);
    MUST(!result.is_err);
    reply_end(&reply);
    request_drop(request);
}

/* /MS: asks a timer of MS milliseconds whether it is ready until it is, without
 * ever waiting, then answers `spun`. With /MS/write it asks check-write of a
 * full response body instead, until there is room. */
#include "guest.h"
#include "wasi_more.h"

enum {
    PIECE = 4096
};

static char zeroes[PIECE];

static void
spin_for_room(int32_t outparam)
{
    stream_result_u64 budget;
    stream_result_void written;
    http_reply reply = reply_text(outparam, 200);
    for (bool was_full = false;;) {
        output_check_write(reply.stream, &budget);
        MUST(!budget.is_err);
        if (budget.ok == 0) {
            was_full = true;
            continue;
        }
        if (was_full)
            break;
        output_write(reply.stream, zeroes,
                     budget.ok < PIECE ? (size_t) budget.ok : PIECE, &written);
        MUST(!written.is_err);
    }
    reply_end(&reply);
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    int32_t timer =
        monotonic_subscribe_duration(path_number(request, 0, 0) * 1000000);
    request_drop(request);
    if (strstr(path, "/write") != NULL) {
        spin_for_room(outparam);
        return;
    }
    while (!pollable_ready(timer))
        ;
    answer_with(outparam, "spun\n");
}

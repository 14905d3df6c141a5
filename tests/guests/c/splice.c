/* Moves the request body to the response body inside the host: with splice, or
 * with blocking-splice where the path is /blocking. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    int32_t body, input;
    stream_result_u64 moved;
    stream_result_void flushed;
    bool blocking = path_is(request, "/blocking");
    http_reply reply = reply_text(outparam, 200);
    request_open(request, &body, &input);
    for (;;) {
        (blocking ? output_blocking_splice : output_splice)(reply.stream, input,
                                                            65536, &moved);
        if (moved.is_err) {
            MUST(moved.err.tag == STREAM_CLOSED);
            break;
        }
        if (moved.ok == 0) {
            wait_for(input_subscribe(input));
            wait_for(output_subscribe(reply.stream));
        }
    }
    output_blocking_flush(reply.stream, &flushed);
    MUST(!flushed.is_err);
    input_drop(input);
    incoming_body_drop(body);
    reply_end(&reply);
    request_drop(request);
}

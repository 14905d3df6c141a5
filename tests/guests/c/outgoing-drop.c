/* Posts a body that stays open, drops what the path names, and waits an hour
 * in the middle of its answer: /future (/at-once: before it has waited for
 * anything), /response, /body, /stream, /trailers, /request-body. /pollable
 * drops a future whose pollable lives, which traps. Then tries to write to the
 * body, and prints how that ends. */
#include "sending.h"

static void
try_to_write(int32_t stream)
{
    stream_result_u64 budget;
    output_check_write(stream, &budget);
    print("room: ");
    if (budget.is_err)
        print_stream_error(&budget.err);
    else
        print("%llu", (unsigned long long) budget.ok);
    print("\n");
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t body, stream, answered, from;
    int32_t asked = request_to_peer(METHOD_POST, fields_new());
    sending_open(asked, &body, &stream);
    int32_t future = sent(asked);
    if (!path_is(request, "/at-once"))
        wait_for_test(request);
    if (path_is(request, "/pollable")) {
        future_response_subscribe(future);
        future_incoming_response_drop(future);
    } else if (path_is(request, "/future") || path_is(request, "/at-once")) {
        future_incoming_response_drop(future);
    } else if (path_is(request, "/request-body")) {
        output_drop(stream);
        outgoing_body_drop(body);
        stream = 0;
    } else {
        int32_t response = response_of(future);
        if (path_is(request, "/response")) {
            incoming_response_drop(response);
        } else {
            response_open(response, &answered, &from);
            incoming_response_drop(response);
            input_drop(from);
            if (path_is(request, "/body"))
                incoming_body_drop(answered);
            if (path_is(request, "/trailers"))
                future_trailers_drop(incoming_body_finish(answered));
        }
    }
    if (stream != 0)
        try_to_write(stream);
    else
        print("dropped\n");
    http_reply reply = reply_text(outparam, 200);
    print_to_stream(reply.stream);
    wait_long();
}

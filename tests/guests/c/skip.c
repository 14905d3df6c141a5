/* Counts the request body by blocking-skip, at most 1000 bytes at a time;
 * /poll: by skip and poll. Answers the number of bytes. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    int32_t body, input;
    uint64_t total = 0;
    bool polls = path_is(request, "/poll");
    request_open(request, &body, &input);
    for (;;) {
        stream_result_u64 skipped;
        (polls ? input_skip : input_blocking_skip)(input, 1000, &skipped);
        if (skipped.is_err) {
            MUST(skipped.err.tag == STREAM_CLOSED);
            break;
        }
        MUST(skipped.ok <= 1000 && (polls || skipped.ok != 0));
        total += skipped.ok;
        if (skipped.ok == 0)
            wait_for(input_subscribe(input));
    }
    input_drop(input);
    incoming_body_drop(body);
    request_drop(request);
    print("%llu\n", (unsigned long long) total);
    answer(outparam, 200);
}

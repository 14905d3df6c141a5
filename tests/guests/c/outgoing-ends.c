/* Sends a GET and a POST whose body stays open, and then: /trap traps, /return
 * answers and returns, /wait waits for an answer, /loop never ends, /exit has
 * its head sent and then traps. */
#include "sending.h"

void
handle(int32_t request, int32_t outparam)
{
    int32_t body, stream;
    int32_t asked = request_to_peer(METHOD_POST, fields_new());
    int32_t future = sent(request_to_peer(METHOD_GET, fields_new()));
    sending_open(asked, &body, &stream);
    sent(asked);
    MUST(write_all(stream, "part", 4));
    wait_for_test(request);
    if (path_is(request, "/trap"))
        __builtin_trap();
    if (path_is(request, "/return")) {
        answer_with(outparam, "done\n");
        return;
    }
    if (path_is(request, "/loop"))
        for (volatile int forever = 1; forever;)
            ;
    wait_for(future_response_subscribe(future));
    __builtin_trap();
}

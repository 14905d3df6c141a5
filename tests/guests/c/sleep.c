/* /sleep/MS: waits that long on the monotonic clock, then answers. */
#include "guest.h"
#include "wasi_more.h"

void
handle(int32_t request, int32_t outparam)
{
    int32_t timer =
        monotonic_subscribe_duration(path_number(request, 1, 0) * 1000000);
    pollable_block(timer);
    pollable_drop(timer);
    answer_with(outparam, "slept\n");
    request_drop(request);
}

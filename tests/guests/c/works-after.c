/* Finishes the response, works on for 200 ms, then prints a line to stderr. */
#include "guest.h"
#include "wasi_more.h"

void
handle(int32_t request, int32_t outparam)
{
    answer_with(outparam, "answered\n");
    wait_for(monotonic_subscribe_duration(200 * 1000000));
    print("worked after the answer\n");
    print_to_stderr();
    request_drop(request);
}

/* /N/N/...: prints `0` on stderr, waits N milliseconds, prints `1`, and so on,
 * then answers `rested`. */
#include "guest.h"
#include "wasi_more.h"

static void
say(int number)
{
    print("%d\n", number);
    print_to_stderr();
}

void
handle(int32_t request, int32_t outparam)
{
    uint64_t rest;
    say(0);
    for (int i = 0; (rest = path_number(request, i, 0)) != 0; i++) {
        wait_for(monotonic_subscribe_duration(rest * 1000000));
        say(i + 1);
    }
    answer_with(outparam, "rested\n");
    request_drop(request);
}

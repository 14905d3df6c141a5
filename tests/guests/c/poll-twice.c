/* Polls lists of two: the same pollable twice, and different ones; prints the
 * ready indexes. */
#include "guest.h"
#include "wasi_more.h"

static void
poll_two(const char *name, int32_t first, int32_t second)
{
    const int32_t pollables[] = { first, second };
    wasi_u32_list ready;
    poll_list(pollables, 2, &ready);
    print("%s:", name);
    for (size_t i = 0; i < ready.len; i++)
        print(" %lu", (unsigned long) ready.ptr[i]);
    print("\n");
    MUST(ready.len != 0);
    free(ready.ptr);
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t now = monotonic_subscribe_duration(0);
    int32_t past = monotonic_subscribe_instant(monotonic_now());
    int32_t soon = monotonic_subscribe_duration(20 * 1000000);
    int32_t never = monotonic_subscribe_duration(3600 * 1000000000ULL);

    poll_two("same, ready", now, now);
    poll_two("two, both ready", now, past);
    poll_two("two, first ready", now, never);
    poll_two("two, second ready", never, now);
    poll_two("two, second soon", never, soon);
    poll_two("same, was waited for", soon, soon);
    print("never: %s\n", pollable_ready(never) ? "ready" : "not ready");

    pollable_drop(now);
    pollable_drop(past);
    pollable_drop(soon);
    pollable_drop(never);
    answer(outparam, 200);
    request_drop(request);
}

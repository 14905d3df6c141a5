/* Prints what the clocks show (now: seconds since 1970) and checks that they
 * make sense. */
#include "guest.h"
#include "wasi_more.h"

enum {
    MILLISECOND = 1000000
};

static void
check(const char *name, bool good)
{
    print("%s: %s\n", name, good ? "ok" : "wrong");
}

void
handle(int32_t request, int32_t outparam)
{
    wasi_datetime now, resolution;
    wall_now(&now);
    wall_resolution(&resolution);
    print("now: %llu\n", (unsigned long long) now.seconds);
    check("wall nanoseconds", now.nanoseconds < 1000000000);
    check("wall resolution",
          resolution.seconds == 0 && resolution.nanoseconds > 0);
    check("monotonic resolution",
          monotonic_resolution() > 0
              && monotonic_resolution() < 1000 * MILLISECOND);

    uint64_t before = monotonic_now();
    wait_for(monotonic_subscribe_duration(0));
    wait_for(monotonic_subscribe_instant(before));
    wait_for(monotonic_subscribe_instant(0));
    check("past is ready", monotonic_now() - before < 1000 * MILLISECOND);

    before = monotonic_now();
    wait_for(monotonic_subscribe_duration(20 * MILLISECOND));
    check("duration", monotonic_now() - before >= 20 * MILLISECOND);
    before = monotonic_now();
    wait_for(monotonic_subscribe_instant(before + 20 * MILLISECOND));
    check("instant", monotonic_now() - before >= 20 * MILLISECOND);
    check("monotonic", monotonic_now() >= before);
    answer(outparam, 200);
    request_drop(request);
}

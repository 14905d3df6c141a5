/*
 * wasi:clocks: monotonic-clock, wall-clock and timezone (which is unstable in
 * WASI 0.2; here the timezone is always UTC, so that a guest learns nothing of
 * where the server is).
 */

#include "wasi/gen/clocks.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/executor.h"
#include "wasi/io/poll.h"

#define UW_SECOND UINT64_C(1000000000)


/* Reads a clock, or its resolution, with clock_gettime() or clock_getres(). */
static bool
uw_clock_read(uw_call_t *call, int (*read)(clockid_t id, struct timespec *time),
              clockid_t id, struct timespec *time)
{
    if (read(id, time) != 0) {
        (void) uw_trap(call, "the clock cannot be read: %s", strerror(errno));
        return false;
    }

    /* WASI's times are unsigned: before 1970 there is none to give. */
    if (time->tv_sec < 0) {
        (void) uw_trap(call, "the clock is set to a time before 1970");
        return false;
    }

    return true;
}


/* ---- wasi:clocks/monotonic-clock ---- */

uw_step_t
uw_clocks_monotonic_clock_now(uw_call_t *call)
{
    return uw_return(call, uw_val_u64(uw_now()));
}


uw_step_t
uw_clocks_monotonic_clock_resolution(uw_call_t *call)
{
    struct timespec time;

    if (!uw_clock_read(call, clock_getres, CLOCK_MONOTONIC, &time)) {
        return UW_TRAP;
    }

    return uw_return(call, uw_val_u64((uint64_t) time.tv_sec * UW_SECOND
                                      + (uint64_t) time.tv_nsec));
}


/*
 * The greatest instant, UINT64_MAX, is uw_pollable()'s "never by time": it is
 * 584 years away, so no guest can tell.
 */
uw_step_t
uw_clocks_monotonic_clock_subscribe_instant(uw_call_t *call, uint64_t when)
{
    return uw_return_handle(call, uw_pollable(call, NULL, NULL, when));
}


uw_step_t
uw_clocks_monotonic_clock_subscribe_duration(uw_call_t *call, uint64_t when)
{
    uint64_t now = uw_now();

    return uw_clocks_monotonic_clock_subscribe_instant(
        call, when > UINT64_MAX - now ? UINT64_MAX : now + when);
}


/* ---- wasi:clocks/wall-clock ---- */

static uw_step_t
uw_return_datetime(uw_call_t *call, const struct timespec *time)
{
    uw_clocks_wall_clock_datetime_t datetime = {
        .seconds = (uint64_t) time->tv_sec,
        .nanoseconds = (uint32_t) time->tv_nsec,
    };

    return uw_return(call, uw_make_clocks_wall_clock_datetime(call, &datetime));
}


uw_step_t
uw_clocks_wall_clock_now(uw_call_t *call)
{
    struct timespec time;

    if (!uw_clock_read(call, clock_gettime, CLOCK_REALTIME, &time)) {
        return UW_TRAP;
    }

    return uw_return_datetime(call, &time);
}


uw_step_t
uw_clocks_wall_clock_resolution(uw_call_t *call)
{
    struct timespec time;

    if (!uw_clock_read(call, clock_getres, CLOCK_REALTIME, &time)) {
        return UW_TRAP;
    }

    return uw_return_datetime(call, &time);
}


/* ---- wasi:clocks/timezone: the same at any time ---- */

uw_step_t
uw_clocks_timezone_display(uw_call_t *call,
                           const uw_clocks_wall_clock_datetime_t *when)
{
    uw_clocks_timezone_display_t display = {
        .utc_offset = 0,
        .name = uw_slice_of("UTC"),
        .in_daylight_saving_time = false,
    };

    (void) when;

    return uw_return(call, uw_make_clocks_timezone_display(call, &display));
}


uw_step_t
uw_clocks_timezone_utc_offset(uw_call_t *call,
                              const uw_clocks_wall_clock_datetime_t *when)
{
    (void) when;

    return uw_return(call, uw_val_s32(0));
}

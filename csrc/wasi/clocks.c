/*
 * wasi:clocks: monotonic-clock, wall-clock and timezone (which is unstable in
 * WASI 0.2; here the timezone is always UTC, so that a guest learns nothing of
 * where the server is).
 */

#include "wasi/clocks.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/executor.h"

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

static uw_step_t
uw_monotonic_now(uw_call_t *call)
{
    return uw_return(call, uw_val_u64(uw_now()));
}


static uw_step_t
uw_monotonic_resolution(uw_call_t *call)
{
    struct timespec time;

    if (!uw_clock_read(call, clock_getres, CLOCK_MONOTONIC, &time)) {
        return UW_TRAP;
    }

    return uw_return(call, uw_val_u64((uint64_t) time.tv_sec * UW_SECOND
                                      + (uint64_t) time.tv_nsec));
}


static uw_step_t
uw_subscribe_at(uw_call_t *call, uint64_t at)
{
    uw_resource_t *pollable = uw_pollable(call, NULL, NULL, at);

    return pollable == NULL ? UW_TRAP : uw_return_handle(call, pollable);
}


/*
 * The greatest instant, UINT64_MAX, is uw_pollable()'s "never by time": it is
 * 584 years away, so no guest can tell.
 */
static uw_step_t
uw_subscribe_instant(uw_call_t *call)
{
    uint64_t when;

    if (!uw_arg_u64(call, 0, &when)) {
        return UW_TRAP;
    }

    return uw_subscribe_at(call, when);
}


static uw_step_t
uw_subscribe_duration(uw_call_t *call)
{
    uint64_t now = uw_now();
    uint64_t duration;

    if (!uw_arg_u64(call, 0, &duration)) {
        return UW_TRAP;
    }

    return uw_subscribe_at(call, duration > UINT64_MAX - now ? UINT64_MAX
                                                             : now + duration);
}


/* ---- wasi:clocks/wall-clock ---- */

static uw_step_t
uw_return_datetime(uw_call_t *call, const struct timespec *time)
{
    const uw_abi_t *abi = call->abi;
    uw_val_t datetime = uw_val_record(abi, 2);

    uw_val_record_set(abi, &datetime, 0, "seconds",
                      uw_val_u64((uint64_t) time->tv_sec));
    uw_val_record_set(abi, &datetime, 1, "nanoseconds",
                      uw_val_u32((uint32_t) time->tv_nsec));

    return uw_return(call, datetime);
}


static uw_step_t
uw_wall_now(uw_call_t *call)
{
    struct timespec time;

    if (!uw_clock_read(call, clock_gettime, CLOCK_REALTIME, &time)) {
        return UW_TRAP;
    }

    return uw_return_datetime(call, &time);
}


static uw_step_t
uw_wall_resolution(uw_call_t *call)
{
    struct timespec time;

    if (!uw_clock_read(call, clock_getres, CLOCK_REALTIME, &time)) {
        return UW_TRAP;
    }

    return uw_return_datetime(call, &time);
}


/* ---- wasi:clocks/timezone: the same at any time ---- */

static uw_val_t
uw_val_s32(int32_t number)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_S32,
                        .of = { .s32 = number } };
}


static uw_step_t
uw_timezone_display(uw_call_t *call)
{
    static const uint8_t name[] = { 'U', 'T', 'C' };
    const uw_abi_t *abi = call->abi;
    uw_val_t display = uw_val_record(abi, 3);

    uw_val_record_set(abi, &display, 0, "utc-offset", uw_val_s32(0));
    uw_val_record_set(abi, &display, 1, "name",
                      uw_val_string(abi, name, sizeof(name)));
    uw_val_record_set(abi, &display, 2, "in-daylight-saving-time",
                      uw_val_bool(false));

    return uw_return(call, display);
}


static uw_step_t
uw_timezone_utc_offset(uw_call_t *call)
{
    return uw_return(call, uw_val_s32(0));
}


/* ---- Tables ---- */

/* clang-format off */

static const uw_host_func_t uw_monotonic_clock_functions[] = {
    { "now",                uw_monotonic_now,        0, 1, UW_SHORT, false },
    { "resolution",         uw_monotonic_resolution, 0, 1, UW_SHORT, false },
    { "subscribe-instant",  uw_subscribe_instant,    1, 1, UW_SHORT, false },
    { "subscribe-duration", uw_subscribe_duration,   1, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_wall_clock_functions[] = {
    { "now",        uw_wall_now,        0, 1, UW_SHORT, false },
    { "resolution", uw_wall_resolution, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_timezone_functions[] = {
    { "display",    uw_timezone_display,    1, 1, UW_SHORT, false },
    { "utc-offset", uw_timezone_utc_offset, 1, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_interface_t uw_clocks_interfaces[] = {
    { "wasi:clocks/monotonic-clock", NULL, uw_monotonic_clock_functions },
    { "wasi:clocks/wall-clock",      NULL, uw_wall_clock_functions },
    { "wasi:clocks/timezone",        NULL, uw_timezone_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */

const uw_package_t uw_wasi_clocks = { .interfaces = uw_clocks_interfaces };

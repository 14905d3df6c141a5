/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/clocks.h"


static uw_step_t
uw_clocks_monotonic_clock_subscribe_instant_call(uw_call_t *call)
{
    uint64_t when;

    if (!uw_read_u64(call, &call->args[0], &when)) {
        return UW_TRAP;
    }

    return uw_clocks_monotonic_clock_subscribe_instant(call, when);
}


static uw_step_t
uw_clocks_monotonic_clock_subscribe_duration_call(uw_call_t *call)
{
    uint64_t when;

    if (!uw_read_u64(call, &call->args[0], &when)) {
        return UW_TRAP;
    }

    return uw_clocks_monotonic_clock_subscribe_duration(call, when);
}


static uw_step_t
uw_clocks_timezone_display_call(uw_call_t *call)
{
    uw_clocks_wall_clock_datetime_t when;

    if (!uw_read_clocks_wall_clock_datetime(call, &call->args[0], &when)) {
        return UW_TRAP;
    }

    return uw_clocks_timezone_display(call, &when);
}


static uw_step_t
uw_clocks_timezone_utc_offset_call(uw_call_t *call)
{
    uw_clocks_wall_clock_datetime_t when;

    if (!uw_read_clocks_wall_clock_datetime(call, &call->args[0], &when)) {
        return UW_TRAP;
    }

    return uw_clocks_timezone_utc_offset(call, &when);
}


/* clang-format off */

static const uw_host_func_t uw_clocks_monotonic_clock_functions[] = {
    { 14, "now", uw_clocks_monotonic_clock_now, 0, 1, UW_SHORT, false },
    { 15, "resolution", uw_clocks_monotonic_clock_resolution, 0, 1, UW_SHORT, false },
    { 16, "subscribe-instant", uw_clocks_monotonic_clock_subscribe_instant_call, 1, 1, UW_SHORT, false },
    { 17, "subscribe-duration", uw_clocks_monotonic_clock_subscribe_duration_call, 1, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_clocks_timezone_functions[] = {
    { 18, "display", uw_clocks_timezone_display_call, 1, 1, UW_SHORT, false },
    { 19, "utc-offset", uw_clocks_timezone_utc_offset_call, 1, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_clocks_wall_clock_functions[] = {
    { 20, "now", uw_clocks_wall_clock_now, 0, 1, UW_SHORT, false },
    { 21, "resolution", uw_clocks_wall_clock_resolution, 0, 1, UW_SHORT, false },
    { 0 },
};

const uw_host_interface_t uw_clocks_interfaces[] = {
    { "wasi:clocks/monotonic-clock", NULL, uw_clocks_monotonic_clock_functions },
    { "wasi:clocks/timezone", NULL, uw_clocks_timezone_functions },
    { "wasi:clocks/wall-clock", NULL, uw_clocks_wall_clock_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */

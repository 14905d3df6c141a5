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

static const char *const uw_clocks_versions[] = { "0.2.", NULL };

static const uw_host_func_t uw_clocks_monotonic_clock_functions[] = {
    { "now", uw_clocks_monotonic_clock_now, 14, 0, 1, UW_SHORT, false },
    { "resolution", uw_clocks_monotonic_clock_resolution, 15, 0, 1, UW_SHORT, false },
    { "subscribe-instant", uw_clocks_monotonic_clock_subscribe_instant_call, 16, 1, 1, UW_SHORT, false },
    { "subscribe-duration", uw_clocks_monotonic_clock_subscribe_duration_call, 17, 1, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_clocks_timezone_functions[] = {
    { "display", uw_clocks_timezone_display_call, 18, 1, 1, UW_SHORT, false },
    { "utc-offset", uw_clocks_timezone_utc_offset_call, 19, 1, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_clocks_wall_clock_functions[] = {
    { "now", uw_clocks_wall_clock_now, 20, 0, 1, UW_SHORT, false },
    { "resolution", uw_clocks_wall_clock_resolution, 21, 0, 1, UW_SHORT, false },
    { 0 },
};

const uw_host_interface_t uw_clocks_interfaces[] = {
    { "wasi:clocks/monotonic-clock", uw_clocks_versions, NULL, uw_clocks_monotonic_clock_functions },
    { "wasi:clocks/timezone", uw_clocks_versions, NULL, uw_clocks_timezone_functions },
    { "wasi:clocks/wall-clock", uw_clocks_versions, NULL, uw_clocks_wall_clock_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */

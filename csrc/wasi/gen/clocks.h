/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_CLOCKS_H
#define UW_WASI_GEN_CLOCKS_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"
#include "wasi/gen/io.h"

typedef struct {
    uint64_t seconds;
    uint32_t nanoseconds;
} uw_clocks_wall_clock_datetime_t;

typedef struct {
    int32_t utc_offset;
    uw_slice_t name;
    bool in_daylight_saving_time;
} uw_clocks_timezone_display_t;

extern const char *const uw_clocks_wall_clock_datetime_names[2];

extern const char *const uw_clocks_timezone_display_names[3];

bool uw_read_clocks_wall_clock_datetime(uw_call_t *call, const uw_val_t *val,
                                        uw_clocks_wall_clock_datetime_t *value);

uw_val_t uw_make_clocks_timezone_display(
    uw_call_t *call, const uw_clocks_timezone_display_t *value);

uw_val_t uw_make_clocks_wall_clock_datetime(
    uw_call_t *call, const uw_clocks_wall_clock_datetime_t *value);

/* now() -> instant */
uw_step_t uw_clocks_monotonic_clock_now(uw_call_t *call);

/* resolution() -> duration */
uw_step_t uw_clocks_monotonic_clock_resolution(uw_call_t *call);

/* subscribe-instant(when: instant) -> pollable */
uw_step_t uw_clocks_monotonic_clock_subscribe_instant(uw_call_t *call,
                                                      uint64_t when);

/* subscribe-duration(when: duration) -> pollable */
uw_step_t uw_clocks_monotonic_clock_subscribe_duration(uw_call_t *call,
                                                       uint64_t when);

/* display(when: datetime) -> timezone-display */
uw_step_t uw_clocks_timezone_display(
    uw_call_t *call, const uw_clocks_wall_clock_datetime_t *when);

/* utc-offset(when: datetime) -> s32 */
uw_step_t uw_clocks_timezone_utc_offset(
    uw_call_t *call, const uw_clocks_wall_clock_datetime_t *when);

/* now() -> datetime */
uw_step_t uw_clocks_wall_clock_now(uw_call_t *call);

/* resolution() -> datetime */
uw_step_t uw_clocks_wall_clock_resolution(uw_call_t *call);

extern const uw_host_interface_t uw_clocks_interfaces[];

#endif /* UW_WASI_GEN_CLOCKS_H */

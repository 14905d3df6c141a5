/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/clocks.h"


const char *const uw_clocks_wall_clock_datetime_names[] = {
    "seconds",
    "nanoseconds",
};

const char *const uw_clocks_timezone_display_names[] = {
    "utc-offset",
    "name",
    "in-daylight-saving-time",
};

bool
uw_read_clocks_wall_clock_datetime(uw_call_t *call, const uw_val_t *val,
                                   uw_clocks_wall_clock_datetime_t *value)
{
    return uw_read_record(call, val, 2)
           && uw_read_u64(call, &val->of.record.data[0].val, &value->seconds)
           && uw_read_u32(call, &val->of.record.data[1].val,
                          &value->nanoseconds);
}


uw_val_t
uw_make_clocks_timezone_display(uw_call_t *call,
                                const uw_clocks_timezone_display_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 3);

    uw_val_record_name(call->abi, &made, 0,
                       uw_clocks_timezone_display_names[0]);
    made.of.record.data[0].val = uw_val_s32(value->utc_offset);
    uw_val_record_name(call->abi, &made, 1,
                       uw_clocks_timezone_display_names[1]);
    made.of.record.data[1].val =
        uw_val_string(call->abi, (value->name).data, (value->name).size);
    uw_val_record_name(call->abi, &made, 2,
                       uw_clocks_timezone_display_names[2]);
    made.of.record.data[2].val = uw_val_bool(value->in_daylight_saving_time);

    return made;
}


uw_val_t
uw_make_clocks_wall_clock_datetime(uw_call_t *call,
                                   const uw_clocks_wall_clock_datetime_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 2);

    uw_val_record_name(call->abi, &made, 0,
                       uw_clocks_wall_clock_datetime_names[0]);
    made.of.record.data[0].val = uw_val_u64(value->seconds);
    uw_val_record_name(call->abi, &made, 1,
                       uw_clocks_wall_clock_datetime_names[1]);
    made.of.record.data[1].val = uw_val_u32(value->nanoseconds);

    return made;
}

/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/logging.h"


const char *const uw_logging_logging_level_names[] = {
    "trace", "debug", "info", "warn", "error", "critical",
};

bool
uw_read_logging_logging_level(uw_call_t *call, const uw_val_t *val,
                              uw_logging_logging_level_t *value)
{
    uint32_t index;

    if (!uw_read_enum(call, val, uw_logging_logging_level_names, 6, &index)) {
        return false;
    }
    *value = (uw_logging_logging_level_t) index;

    return true;
}

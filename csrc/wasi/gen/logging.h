/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_LOGGING_H
#define UW_WASI_GEN_LOGGING_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"

typedef enum {
    UW_LOGGING_LOGGING_LEVEL_TRACE,
    UW_LOGGING_LOGGING_LEVEL_DEBUG,
    UW_LOGGING_LOGGING_LEVEL_INFO,
    UW_LOGGING_LOGGING_LEVEL_WARN,
    UW_LOGGING_LOGGING_LEVEL_ERROR,
    UW_LOGGING_LOGGING_LEVEL_CRITICAL,
} uw_logging_logging_level_t;

extern const char *const uw_logging_logging_level_names[6];

bool uw_read_logging_logging_level(uw_call_t *call, const uw_val_t *val,
                                   uw_logging_logging_level_t *value);

/* log(level: level, context: string, message: string) */
uw_step_t uw_logging_logging_log(uw_call_t *call,
                                 uw_logging_logging_level_t level,
                                 uw_slice_t context, uw_slice_t message);

extern const uw_host_interface_t uw_logging_interfaces[];

#endif /* UW_WASI_GEN_LOGGING_H */

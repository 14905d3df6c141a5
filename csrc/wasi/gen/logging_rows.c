/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/logging.h"


static uw_step_t
uw_logging_logging_log_call(uw_call_t *call)
{
    uw_logging_logging_level_t level;
    uw_slice_t context;
    uw_slice_t message;

    if (!uw_read_logging_logging_level(call, &call->args[0], &level)
        || !uw_read_string(call, &call->args[1], &context)
        || !uw_read_string(call, &call->args[2], &message))
    {
        return UW_TRAP;
    }

    return uw_logging_logging_log(call, level, context, message);
}


/* clang-format off */

static const char *const uw_logging_versions[] = { "0.1.0-draft", "", NULL };

static const uw_host_func_t uw_logging_logging_functions[] = {
    { "log", uw_logging_logging_log_call, 209, 3, 0, UW_GIVES_WAY, false },
    { 0 },
};

const uw_host_interface_t uw_logging_interfaces[] = {
    { "wasi:logging/logging", uw_logging_versions, NULL, uw_logging_logging_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */

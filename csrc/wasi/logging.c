/*
 * wasi:logging: lines of the log, within the bounds of what a guest may print.
 */

#include "wasi/gen/logging.h"


/* Those of the log, which has fewer. */
static int
uw_logging_level(uw_logging_logging_level_t level)
{
    switch (level) {
    case UW_LOGGING_LOGGING_LEVEL_WARN:
        return UW_LOG_WARNING;

    case UW_LOGGING_LOGGING_LEVEL_ERROR:
    case UW_LOGGING_LOGGING_LEVEL_CRITICAL:
        return UW_LOG_ERROR;

    default:
        return UW_LOG_INFO;
    }
}


uw_step_t
uw_logging_logging_log(uw_call_t *call, uw_logging_logging_level_t level,
                       uw_slice_t context, uw_slice_t message)
{
    if (uw_guest_log_message(&call->instance->log, uw_logging_level(level),
                             uw_logging_logging_level_names[level], context,
                             message)
        != 0)
    {
        return uw_trap(call, "memory is out");
    }

    return UW_DONE;
}

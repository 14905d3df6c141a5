#include "http/end.h"

static const char *const uw_end_names[UW_ENDS] = {
    [UW_END_OK] = "ok",
    [UW_END_TRAP_UNREACHABLE] = "trap-unreachable",
    [UW_END_TRAP_STACK] = "trap-stack",
    [UW_END_TRAP_MEMORY] = "trap-memory",
    [UW_END_TRAP_TABLE] = "trap-table",
    [UW_END_TRAP_ARITHMETIC] = "trap-arithmetic",
    [UW_END_TRAP_HOST] = "trap-host",
    [UW_END_TRAP_OTHER] = "trap-other",
    [UW_END_START] = "cannot-start",
    [UW_END_EXIT] = "exit",
    [UW_END_TIMEOUT] = "timeout",
    [UW_END_CPU_TIMEOUT] = "cpu-timeout",
    [UW_END_NO_RESPONSE] = "no-response",
    [UW_END_BAD_RESPONSE] = "bad-response",
    [UW_END_ERROR_CODE] = "error-code",
    [UW_END_CLIENT_GONE] = "client-gone",
    [UW_END_REFUSED] = "refused",
    [UW_END_QUEUE_FULL] = "queue-full",
    [UW_END_QUEUE_TIMEOUT] = "queue-timeout",
    [UW_END_UNPREPARED] = "unprepared",
    [UW_END_HOST] = "host",
};


const char *
uw_end_name(size_t end)
{
    return end < UW_ENDS ? uw_end_names[end] : NULL;
}

/* Sets err(internal-error(some("reason"))); /N sets the error-code with number
 * N, without a value. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    int32_t tag = (int32_t) path_number(request, 0, ERROR_INTERNAL_ERROR);
    request_drop(request);
    if (tag != ERROR_INTERNAL_ERROR) {
        response_outparam_set(outparam, 1, tag, 0, 0, 0, 0, 0, 0);
        return;
    }
    const char *reason = "reason";
    response_outparam_set(outparam, 1, tag, 1, (int64_t) (uintptr_t) reason, 6,
                          0, 0, 0);
}

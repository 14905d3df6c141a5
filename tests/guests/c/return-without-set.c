/* Returns without a response: keeps the response-outparam, or drops it where
 * the path is /drop. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    if (path_is(request, "/drop"))
        response_outparam_drop(outparam);
    request_drop(request);
}

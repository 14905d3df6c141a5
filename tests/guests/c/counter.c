/* Counts requests in a global: prints 1 for ever where each request has a fresh
 * instance. */
#include "guest.h"

static int requests;

void
handle(int32_t request, int32_t outparam)
{
    print("%d\n", ++requests);
    answer(outparam, 200);
    request_drop(request);
}

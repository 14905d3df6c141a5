/* /N: calls itself N times (default: 1,000,000,000), then answers with N. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    print("%llu\n",
          (unsigned long long) descend(path_number(request, 0, 1000000000)));
    answer(outparam, 200);
    request_drop(request);
}

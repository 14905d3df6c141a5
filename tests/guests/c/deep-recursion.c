/* /N: calls itself N times (default: 1,000,000,000), then answers with N. */
#include "guest.h"

static __attribute__((noinline)) uint64_t
descend(uint64_t depth)
{
    if (depth == 0)
        return 0;
    uint64_t below = descend(depth - 1);
    __asm__ volatile("" : "+r"(below)); /* keeps this from becoming a loop */
    return below + 1;
}

void
handle(int32_t request, int32_t outparam)
{
    print("%llu\n",
          (unsigned long long) descend(path_number(request, 0, 1000000000)));
    answer(outparam, 200);
    request_drop(request);
}

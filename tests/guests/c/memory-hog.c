/* Grows its memory by 1 MiB at a time until it gets no more; answers with the
 * bytes that it has. */
#include "guest.h"

enum {
    PAGE = 65536,
    STEP = 16
};

void
handle(int32_t request, int32_t outparam)
{
    size_t pages;
    /* the allocator takes what it needs before the rest is gone */
    print("bytes: ");
    while ((pages = __builtin_wasm_memory_grow(0, STEP)) != (size_t) -1)
        *(volatile char *) (pages * PAGE) = 1;
    print("%llu\n", (unsigned long long) __builtin_wasm_memory_size(0) * PAGE);
    answer(outparam, 200);
    request_drop(request);
}

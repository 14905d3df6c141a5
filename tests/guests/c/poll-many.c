/* /N: polls a list of N times the same pollable, which is ready; answers how
 * many indexes it got. */
#include "guest.h"
#include "wasi_more.h"

void
handle(int32_t request, int32_t outparam)
{
    size_t count = (size_t) path_number(request, 0, 1);
    int32_t *pollables = malloc(count * sizeof(int32_t));
    MUST(pollables != NULL);
    int32_t ready = monotonic_subscribe_duration(0);
    for (size_t i = 0; i < count; i++)
        pollables[i] = ready;
    wasi_u32_list list;
    poll_list(pollables, count, &list);
    for (size_t i = 0; i < list.len; i++)
        MUST(list.ptr[i] == i);
    print("%lu\n", (unsigned long) list.len);
    pollable_drop(ready);
    answer(outparam, 200);
    request_drop(request);
}

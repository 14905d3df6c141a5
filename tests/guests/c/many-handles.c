/* /N: makes N fields beside the request and the response-outparam, which it
 * has; drops them, and answers N. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    uint64_t count = path_number(request, 0, 0);
    int32_t *handles = malloc((count + 1) * sizeof(int32_t));
    MUST(handles != NULL);
    for (uint64_t i = 0; i < count; i++)
        handles[i] = fields_new();
    for (uint64_t i = 0; i < count; i++)
        fields_drop(handles[i]);
    print("%llu\n", (unsigned long long) count);
    answer(outparam, 200);
    request_drop(request);
}

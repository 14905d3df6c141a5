/* The smallest whole answer. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    answer_with(outparam, "Hello, WASI!\n");
    request_drop(request);
}

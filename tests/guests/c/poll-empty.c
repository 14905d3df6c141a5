/* Polls an empty list, which traps. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    wasi_u32_list ready;
    (void) request;
    poll_list(NULL, 0, &ready);
    answer_with(outparam, "not trapped\n");
}

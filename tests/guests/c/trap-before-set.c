/* Traps before a response is set. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    (void) request;
    (void) outparam;
    __builtin_trap();
}

/* Sets the head, writes and flushes a part of the body, then traps. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    (void) request;
    http_reply reply = reply_text(outparam, 200);
    reply_write(&reply, "partial\n", 8);
    __builtin_trap();
}

/* Drops the body without finish, which says that it is not complete. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    http_reply reply = reply_text(outparam, 200);
    reply_write(&reply, "partial\n", 8);
    output_drop(reply.stream);
    outgoing_body_drop(reply.body);
    request_drop(request);
}

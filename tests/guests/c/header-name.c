/* /N: a response header whose name has N bytes, and set-cookie twice. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    size_t size = (size_t) path_number(request, 0, 1);
    char *name = malloc(size + 1);
    MUST(name != NULL);
    memset(name, 'n', size);
    name[size] = '\0';
    int32_t headers = fields_with(name, "value");
    fields_add(headers, "set-cookie", "a=1", 3);
    fields_add(headers, "set-cookie", "b=2; Path=/", 11);
    http_reply reply = reply_begin(outparam, 200, headers);
    reply_write(&reply, "named\n", 6);
    reply_end(&reply);
    request_drop(request);
}

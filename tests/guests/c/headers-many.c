/* /N/SIZE: N response headers x-0, x-1, ..., each with a value of SIZE bytes.
 * */
#include "guest.h"

#include <stdio.h>

void
handle(int32_t request, int32_t outparam)
{
    uint64_t count = path_number(request, 0, 0);
    size_t size = (size_t) path_number(request, 1, 0);
    char name[32], *value = malloc(size + 1);
    MUST(value != NULL);
    memset(value, 'v', size);
    int32_t headers = fields_new();
    for (uint64_t i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "x-%llu", (unsigned long long) i);
        fields_add(headers, name, value, size);
    }
    http_reply reply = reply_begin(outparam, 200, headers);
    reply_write(&reply, "many\n", 5);
    reply_end(&reply);
    request_drop(request);
}

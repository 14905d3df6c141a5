#include "wasi/http/common.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>


void
uw_http_failure(uw_instance_t *instance, const char *format, ...)
{
    va_list args;
    int size;

    if (instance->failure[0] != '\0') {
        return;
    }

    va_start(args, format);
    size =
        vsnprintf(instance->failure, sizeof(instance->failure), format, args);
    va_end(args);

    if (size < 0) {
        instance->failure[0] = '\0';
    }
}


bool
uw_http_take(uw_call_t *call, uw_resource_t *resource, uw_resource_t *taken)
{
    *taken = *resource;

    /* uw_drop() releases what a resource points to: it is ours now. */
    memset(resource->data, 0, sizeof(resource->data));

    if (!uw_drop(call, resource)) {
        memcpy(resource->data, taken->data, sizeof(taken->data));
        return false;
    }

    return true;
}


uw_step_t
uw_http_return_some(uw_call_t *call, uw_val_t value)
{
    return uw_return(call, uw_val_option(call->abi, &value));
}


uw_step_t
uw_http_return_some_string(uw_call_t *call, uw_slice_t text)
{
    return uw_http_return_some(call,
                               uw_val_string(call->abi, text.data, text.size));
}

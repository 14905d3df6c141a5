#include "guest/call.h"

#include <stdarg.h>
#include <stdio.h>


/* ---- Traps ---- */

uw_step_t
uw_trap(uw_call_t *call, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void) vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    if (call->error == NULL) {
        call->error = call->abi->wt->error_new(text);
    }

    return UW_TRAP;
}


/* ---- Results ---- */

uw_resource_t *
uw_make(uw_call_t *call, const uw_resource_type_t *type, uint32_t parent)
{
    uw_instance_t *instance = call->instance;
    uw_resource_t *resource =
        uw_resource_new(&instance->resources, type, parent,
                        instance->engine->settings.max_handles);

    if (resource == NULL) {
        (void) uw_trap(call, "resource table has no free keys (limit %u)",
                       instance->engine->settings.max_handles);
    }

    return resource;
}


bool
uw_handle(uw_call_t *call, const uw_resource_t *resource, uw_val_t *value)
{
    const uw_wasmtime_t *wt = call->abi->wt;
    wasmtime_component_resource_host_t *handle;

    if (resource == NULL) {
        return false;
    }

    handle = wt->component_resource_host_new(true, resource->rep,
                                             resource->type->id);
    value->kind = WASMTIME_COMPONENT_RESOURCE;
    call->error = wt->component_resource_host_to_any(
        call->instance->context, handle, &value->of.resource);
    wt->component_resource_host_delete(handle);
    if (call->error != NULL) {
        *value = uw_val_bool(false);
    }

    return call->error == NULL;
}


uw_step_t
uw_return_handle(uw_call_t *call, const uw_resource_t *resource)
{
    uw_val_t value;

    return uw_handle(call, resource, &value) ? uw_return(call, value) : UW_TRAP;
}


uw_step_t
uw_return_ok_handle(uw_call_t *call, const uw_resource_t *resource)
{
    uw_val_t value;

    return uw_handle(call, resource, &value) ? uw_return_ok(call, &value)
                                             : UW_TRAP;
}


bool
uw_drop(uw_call_t *call, uw_resource_t *resource)
{
    uw_instance_t *instance = call->instance;

    if (resource->children != 0) {
        (void) uw_trap(call, "resource has children");
        return false;
    }
    uw_resource_release(instance, resource);

    return uw_resource_delete(&instance->resources, resource) == 0;
}

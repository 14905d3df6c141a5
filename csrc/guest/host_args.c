/*
 * What host functions call: traps, readers of arguments, makers of results.
 */

#include "guest/host.h"

#include <stdarg.h>
#include <stdio.h>


/* ---- Traps ---- */

uw_step_t
uw_trap(uw_call_t *call, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    (void) vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    if (call->error == NULL) {
        call->error = call->abi->wt->error_new(text);
    }

    return UW_TRAP;
}


/* ---- Arguments ---- */

static bool
uw_arg_kind(uw_call_t *call, const uw_val_t *val,
            wasmtime_component_valkind_t kind)
{
    if (val->kind == kind) {
        return true;
    }
    (void) uw_trap(call, "an argument has another type than WASI's");

    return false;
}


bool
uw_arg_u8(uw_call_t *call, size_t i, uint8_t *value)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_U8)) {
        return false;
    }
    *value = call->args[i].of.u8;

    return true;
}


bool
uw_arg_u16(uw_call_t *call, size_t i, uint16_t *value)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_U16)) {
        return false;
    }
    *value = call->args[i].of.u16;

    return true;
}


bool
uw_arg_u64(uw_call_t *call, size_t i, uint64_t *value)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_U64)) {
        return false;
    }
    *value = call->args[i].of.u64;

    return true;
}


bool
uw_val_bytes_or_trap(uw_call_t *call, const uw_val_t *val, uw_slice_t *bytes)
{
    if (uw_val_get_bytes(&call->instance->arena, val, bytes) == 0) {
        return true;
    }
    (void) uw_trap(call, "an argument is no string of bytes");

    return false;
}


bool
uw_arg_bytes(uw_call_t *call, size_t i, uw_slice_t *bytes)
{
    return uw_val_bytes_or_trap(call, &call->args[i], bytes);
}


/* More than a stream can ever take is refused before it is decoded, in which
 * nobody else runs.  A byte is at most two of a string. */
static bool
uw_stream_bytes_fit(const uw_call_t *call, const uw_val_t *val)
{
    uint64_t most = call->instance->engine->settings.body_buffer;

    if (most < UW_LOG_BUDGET) {
        most = UW_LOG_BUDGET;
    }

    return val->kind != WASMTIME_COMPONENT_STRING
           || val->of.string.size / 2 <= most;
}


bool
uw_arg_stream_bytes(uw_call_t *call, size_t i, uw_slice_t *bytes)
{
    if (!uw_stream_bytes_fit(call, &call->args[i])) {
        (void) uw_trap(call, "write exceeded budget");
        return false;
    }
    if (uw_val_get_stream_bytes(call->abi, &call->instance->arena,
                                &call->args[i], bytes)
        == 0)
    {
        return true;
    }
    (void) uw_trap(call, "an argument is no string of bytes");

    return false;
}


bool
uw_arg_option(uw_call_t *call, size_t i, const uw_val_t **payload)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    *payload = call->args[i].of.option;

    return true;
}


bool
uw_arg_list(uw_call_t *call, size_t i, const uw_val_t **items, size_t *size)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_LIST)) {
        return false;
    }
    *items = call->args[i].of.list.data;
    *size = call->args[i].of.list.size;

    return true;
}


/*
 * Takes the handle out of libwasmtime's table: an owned one for good, a
 * borrowed one so that the guest's call may end.
 */
static bool
uw_handle_take(uw_call_t *call, const uw_val_t *val, uint32_t *rep,
               uint32_t *type)
{
    const uw_wasmtime_t *wt = call->abi->wt;
    wasmtime_component_resource_host_t *handle;
    wasmtime_error_t *error;

    if (!uw_arg_kind(call, val, WASMTIME_COMPONENT_RESOURCE)) {
        return false;
    }

    error = wt->component_resource_any_to_host(call->instance->context,
                                               val->of.resource, &handle);
    if (error != NULL) {
        if (call->error == NULL) {
            call->error = error;
        } else {
            wt->error_delete(error);
        }
        return false;
    }

    *rep = wt->component_resource_host_rep(handle);
    *type = wt->component_resource_host_type(handle);
    wt->component_resource_host_delete(handle);

    return true;
}


uw_resource_t *
uw_val_handle_or_trap(uw_call_t *call, const uw_val_t *val,
                      uw_resource_kind_t kind)
{
    uw_resource_t *resource;
    uint32_t rep;
    uint32_t type;

    if (!uw_handle_take(call, val, &rep, &type)) {
        return NULL;
    }

    resource = type == (uint32_t) kind
                   ? uw_resource_get(&call->instance->resources, rep, kind)
                   : NULL;
    if (resource == NULL) {
        (void) uw_trap(call, "unknown handle index %u", rep);
    }

    return resource;
}


uw_resource_t *
uw_arg_handle(uw_call_t *call, size_t i, uw_resource_kind_t kind)
{
    return uw_val_handle_or_trap(call, &call->args[i], kind);
}


bool
uw_args_release(uw_call_t *call)
{
    uint32_t rep;
    uint32_t type;

    for (size_t i = 0; i < call->args_size; i++) {
        if (call->args[i].kind == WASMTIME_COMPONENT_RESOURCE
            && !uw_handle_take(call, &call->args[i], &rep, &type))
        {
            return false;
        }
    }

    return true;
}


/* ---- Results ---- */

uw_step_t
uw_return_err_enum(uw_call_t *call, const char *name)
{
    uw_val_t value = uw_val_enum(call->abi, name);

    return uw_return_err(call, &value);
}


uw_resource_t *
uw_make(uw_call_t *call, uw_resource_kind_t kind, uint32_t parent)
{
    uw_instance_t *instance = call->instance;
    uw_resource_t *resource =
        uw_resource_new(&instance->resources, kind, parent,
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
    wasmtime_component_resource_host_t *handle =
        wt->component_resource_host_new(true, resource->rep,
                                        (uint32_t) resource->kind);

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
    uw_http_let_go(instance, resource);

    return uw_resource_delete(&instance->resources, resource) == 0;
}

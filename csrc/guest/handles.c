#include "guest/handles.h"

#include <stdlib.h>


static uw_guest_handle_t *
uw_guest_handle_at(const uw_guest_handles_t *handles, uint32_t number)
{
    return number == 0 || number > handles->count
               ? NULL
               : &handles->handles[number - 1];
}


static int
uw_guest_handles_grow(uw_guest_handles_t *handles)
{
    uint32_t capacity = handles->capacity == 0 ? 8 : 2 * handles->capacity;
    uw_guest_handle_t *grown =
        realloc(handles->handles, capacity * sizeof(*grown));

    if (grown == NULL) {
        return -1;
    }
    handles->handles = grown;
    handles->capacity = capacity;

    return 0;
}


int
uw_guest_handle_add(uw_guest_handles_t *handles, uw_instance_t *instance,
                    const uw_type_t *type, const uw_val_t *val,
                    uint32_t *number)
{
    uw_guest_handle_t *handle;

    if (handles->live >= instance->engine->settings.max_handles) {
        return -1;
    }
    *number = handles->free;
    if (*number == 0) {
        if (handles->count == handles->capacity
            && uw_guest_handles_grow(handles) != 0)
        {
            return -1;
        }
        *number = ++handles->count;
        handle = uw_guest_handle_at(handles, *number);
    } else {
        handle = uw_guest_handle_at(handles, *number);
        handles->free = handle->next;
    }
    handles->live++;
    *handle = (uw_guest_handle_t) {
        .any = instance->abi.wt->component_resource_any_clone(val->of.resource),
        .resource = type->resource,
    };

    return 0;
}


int
uw_guest_handle_pass(uw_guest_handles_t *handles, uw_instance_t *instance,
                     const uw_type_t *type, uint32_t number, uw_val_t *val)
{
    uw_guest_handle_t *handle = uw_guest_handle_at(handles, number);

    if (handle == NULL || handle->any == NULL || handle->given
        || handle->resource != type->resource)
    {
        return -1;
    }
    if (type->kind == UW_TYPE_OWN) {
        handle->given = true;
        handle->next = handles->given;
        handles->given = number;
    }
    val->of.resource =
        instance->abi.wt->component_resource_any_clone(handle->any);
    val->kind = WASMTIME_COMPONENT_RESOURCE;

    return 0;
}


wasmtime_component_resource_any_t *
uw_guest_handle_take(uw_guest_handles_t *handles, uint32_t number)
{
    uw_guest_handle_t *handle = uw_guest_handle_at(handles, number);
    wasmtime_component_resource_any_t *any;

    if (handle == NULL || handle->any == NULL) {
        return NULL;
    }
    any = handle->any;
    *handle = (uw_guest_handle_t) { .next = handles->free };
    handles->free = number;
    handles->live--;

    return any;
}


void
uw_guest_handles_settle(uw_guest_handles_t *handles, uw_instance_t *instance,
                        bool gone)
{
    while (handles->given != 0) {
        uint32_t number = handles->given;
        uw_guest_handle_t *handle = uw_guest_handle_at(handles, number);

        handles->given = handle->next;
        handle->given = false;
        if (gone) {
            instance->abi.wt->component_resource_any_delete(
                uw_guest_handle_take(handles, number));
        }
    }
}


void
uw_guest_handles_reset(uw_guest_handles_t *handles, uw_instance_t *instance)
{
    for (uint32_t number = 1; number <= handles->count; number++) {
        wasmtime_component_resource_any_t *any =
            uw_guest_handle_take(handles, number);

        if (any != NULL) {
            instance->abi.wt->component_resource_any_delete(any);
        }
    }
    handles->count = 0;
    handles->free = 0;
    handles->given = 0;
    handles->live = 0;
}


void
uw_guest_handles_free(uw_guest_handles_t *handles)
{
    free(handles->handles);
    *handles = (uw_guest_handles_t) { 0 };
}

/*
 * `fields` of wasi:http/types: headers and trailers as the guest sees them.
 *
 * A change is checked in wasmtime's order: syntax of the name, forbidden name,
 * syntax of the value, immutable (`set` looks at immutable before the values).
 * Too many bytes end the guest.
 */

#include "wasi/http/common.h"


/* ---- What resources release ---- */

void
uw_http_fields_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    uw_fields_resource_t *fields = uw_as_fields(resource);

    (void) instance;

    uw_shared_fields_release(fields->shared);
    fields->shared = NULL;
}


static const uw_fields_t *
uw_fields_of(const uw_resource_t *resource)
{
    return &uw_as_fields(resource)->shared->fields;
}


/* The fields if the guest may change them, or NULL. */
static uw_fields_t *
uw_mutable(const uw_resource_t *resource)
{
    uw_shared_fields_t *shared = uw_as_fields(resource)->shared;

    return shared->fields.immutable ? NULL : &shared->fields;
}


/* result<_, header-error> of a change, or the trap it deserves. */
static uw_step_t
uw_return_change(uw_call_t *call, uw_field_status_t status)
{
    uw_http_header_error_t reason;
    uw_val_t error;

    switch (status) {
    case UW_FIELD_OK:
        return uw_return_ok(call, NULL);
    case UW_FIELD_INVALID_SYNTAX:
        reason = UW_HTTP_HEADER_ERROR_INVALID_SYNTAX;
        break;
    case UW_FIELD_FORBIDDEN:
        reason = UW_HTTP_HEADER_ERROR_FORBIDDEN;
        break;
    case UW_FIELD_IMMUTABLE:
        reason = UW_HTTP_HEADER_ERROR_IMMUTABLE;
        break;
    case UW_FIELD_TOO_LARGE:
        return uw_trap(call, "total size of fields exceeds limit");
    default:
        return uw_trap(call, "out of memory");
    }
    error = uw_make_http_header_error(call, reason);

    return uw_return_err(call, &error);
}


static uw_field_status_t
uw_append(uw_fields_t *fields, uw_slice_t name, uw_slice_t value)
{
    uw_field_status_t status;

    /* Before they are looked at: nobody else runs meanwhile. */
    if (fields != NULL
        && name.size + value.size + UW_FIELD_OVERHEAD > fields->limit)
    {
        return UW_FIELD_TOO_LARGE;
    }

    status = uw_http_check_name(name);
    if (status == UW_FIELD_OK) {
        status = uw_http_check_value(name, &value);
    }
    if (status == UW_FIELD_OK && fields == NULL) {
        status = UW_FIELD_IMMUTABLE;
    }
    if (status == UW_FIELD_OK) {
        status = uw_fields_append(fields, name, value);
    }

    return status;
}


/* ---- For the other files ---- */

uw_resource_t *
uw_http_fields_view(uw_call_t *call, uw_shared_fields_t *shared)
{
    uw_resource_t *view = uw_make(call, &uw_http_fields_type, 0);

    if (view != NULL) {
        uw_as_fields(view)->shared = uw_shared_fields_hold(shared);
    }

    return view;
}


/* A copy that belongs to nobody else; the limit holds for later changes. */
static uw_shared_fields_t *
uw_copy(uw_call_t *call, const uw_fields_t *fields)
{
    uw_shared_fields_t *copy =
        uw_shared_fields_new(0, &call->instance->account);

    if (copy == NULL || uw_fields_copy(&copy->fields, fields) != UW_FIELD_OK) {
        uw_shared_fields_release(copy);
        (void) uw_trap(call, "out of memory");
        return NULL;
    }
    copy->fields.limit =
        (size_t) call->instance->engine->settings.max_header_bytes;

    return copy;
}


/*
 * Takes the reference over; the outcome is immutable.  `host` is what a guest
 * may see, in a request or in what another server has sent, but not pass on.
 */
static uw_shared_fields_t *
uw_without_host(uw_call_t *call, uw_shared_fields_t *shared)
{
    const uw_slice_t host = uw_slice_of("host");
    uw_shared_fields_t *own = shared;

    if (uw_fields_find(&shared->fields, host, 0) < shared->fields.count) {
        if (shared->fields.immutable) {
            own = uw_copy(call, &shared->fields);
            uw_shared_fields_release(shared);
            if (own == NULL) {
                return NULL;
            }
        }
        (void) uw_fields_remove(&own->fields, host);
    }
    own->fields.immutable = true;

    return own;
}


uw_shared_fields_t *
uw_http_take_fields(uw_call_t *call, uw_resource_t *fields)
{
    uw_resource_t taken;

    if (!uw_http_take(call, fields, &taken)) {
        return NULL;
    }

    return uw_without_host(call, uw_as_fields(&taken)->shared);
}


bool
uw_http_fields_move(uw_fields_t *fields, uw_shared_fields_t *shared)
{
    if (shared->references == 1) {
        uw_fields_swap(fields, &shared->fields);
        return true;
    }

    return uw_fields_copy(fields, &shared->fields) == UW_FIELD_OK;
}


/* ---- Host functions ---- */

/* Gives the guest fields of its own; takes the reference over. */
static uw_resource_t *
uw_own_fields(uw_call_t *call, uw_shared_fields_t *shared)
{
    uw_resource_t *resource = NULL;

    if (shared != NULL) {
        resource = uw_http_fields_view(call, shared);
        uw_shared_fields_release(shared);
    }

    return resource;
}


static uw_shared_fields_t *
uw_new_fields(uw_call_t *call)
{
    uw_shared_fields_t *shared = uw_shared_fields_new(
        (size_t) call->instance->engine->settings.max_header_bytes,
        &call->instance->account);

    if (shared == NULL) {
        (void) uw_trap(call, "out of memory");
    }

    return shared;
}


uw_step_t
uw_http_fields_new(uw_call_t *call)
{
    return uw_return_handle(call, uw_own_fields(call, uw_new_fields(call)));
}


uw_step_t
uw_http_fields_from_list(uw_call_t *call, const uw_val_t *entries)
{
    const wasmtime_component_vallist_t *list = &entries->of.list;
    uw_field_status_t status = UW_FIELD_OK;
    uw_http_tuple_string_bytes_t entry;
    uw_shared_fields_t *shared = uw_new_fields(call);
    bool read = true;

    if (shared == NULL) {
        return UW_TRAP;
    }

    for (size_t i = 0; i < list->size && read && status == UW_FIELD_OK; i++) {
        read = uw_read_http_tuple_string_bytes(call, &list->data[i], &entry);
        if (read) {
            status = uw_append(&shared->fields, entry.f0, entry.f1);
        }
    }
    if (!read || status != UW_FIELD_OK) {
        uw_shared_fields_release(shared);
        return read ? uw_return_change(call, status) : UW_TRAP;
    }

    return uw_return_ok_handle(call, uw_own_fields(call, shared));
}


uw_step_t
uw_http_fields_get(uw_call_t *call, uw_resource_t *self, uw_slice_t name)
{
    const uw_fields_t *fields = uw_fields_of(self);
    uw_slice_t value;
    uw_val_t list;
    size_t count = 0;
    size_t i;

    for (i = uw_fields_find(fields, name, 0); i < fields->count;
         i = uw_fields_find(fields, name, i + 1))
    {
        count++;
    }

    list = uw_val_list(call->abi, count);
    i = 0;
    for (size_t next = 0; next < count; next++, i++) {
        i = uw_fields_find(fields, name, i);
        value = uw_field_value(fields, i);
        list.of.list.data[next] =
            uw_val_bytes(call->abi, value.data, value.size);
    }

    return uw_return(call, list);
}


uw_step_t
uw_http_fields_has(uw_call_t *call, uw_resource_t *self, uw_slice_t name)
{
    const uw_fields_t *fields = uw_fields_of(self);

    return uw_return(
        call, uw_val_bool(uw_fields_find(fields, name, 0) < fields->count));
}


/* Reads and checks all values; NULL after uw_trap(), or with *status set. */
static uw_slice_t *
uw_read_values(uw_call_t *call, uw_slice_t name, const uw_val_t *items,
               size_t size, uw_field_status_t *status)
{
    uw_slice_t *values = NULL;

    if (size <= SIZE_MAX / sizeof(uw_slice_t)) {
        values =
            uw_arena_alloc(&call->instance->arena, size * sizeof(uw_slice_t));
    }
    if (values == NULL) {
        (void) uw_trap(call, "out of memory");
        return NULL;
    }

    for (size_t i = 0; i < size; i++) {
        if (!uw_read_bytes(call, &items[i], &values[i])) {
            return NULL;
        }
        *status = uw_http_check_value(name, &values[i]);
        if (*status != UW_FIELD_OK) {
            return NULL;
        }
    }

    return values;
}


/* All or nothing: what can go wrong from here on ends the guest. */
static uw_field_status_t
uw_replace(uw_fields_t *fields, uw_slice_t name, const uw_slice_t *values,
           size_t size)
{
    uw_field_status_t status = UW_FIELD_OK;

    (void) uw_fields_remove(fields, name);

    for (size_t i = 0; i < size && status == UW_FIELD_OK; i++) {
        status = uw_fields_append(fields, name, values[i]);
    }

    return status;
}


uw_step_t
uw_http_fields_set(uw_call_t *call, uw_resource_t *self, uw_slice_t name,
                   const uw_val_t *value)
{
    const wasmtime_component_vallist_t *list = &value->of.list;
    uw_fields_t *fields = uw_mutable(self);
    uw_field_status_t status = uw_http_check_name(name);
    uw_slice_t *values;

    if (status == UW_FIELD_OK && fields == NULL) {
        status = UW_FIELD_IMMUTABLE;
    }
    if (status != UW_FIELD_OK) {
        return uw_return_change(call, status);
    }

    values = uw_read_values(call, name, list->data, list->size, &status);
    if (values == NULL) {
        return call->error != NULL ? UW_TRAP : uw_return_change(call, status);
    }

    return uw_return_change(call, uw_replace(fields, name, values, list->size));
}


uw_step_t
uw_http_fields_delete(uw_call_t *call, uw_resource_t *self, uw_slice_t name)
{
    uw_fields_t *fields = uw_mutable(self);
    uw_field_status_t status = uw_http_check_name(name);

    if (status == UW_FIELD_OK && fields == NULL) {
        status = UW_FIELD_IMMUTABLE;
    }
    if (status == UW_FIELD_OK) {
        (void) uw_fields_remove(fields, name);
    }

    return uw_return_change(call, status);
}


uw_step_t
uw_http_fields_append(uw_call_t *call, uw_resource_t *self, uw_slice_t name,
                      uw_slice_t value)
{
    return uw_return_change(call, uw_append(uw_mutable(self), name, value));
}


uw_step_t
uw_http_fields_entries(uw_call_t *call, uw_resource_t *self)
{
    const uw_fields_t *fields = uw_fields_of(self);
    uw_val_t list = uw_val_list(call->abi, fields->count);
    uw_http_tuple_string_bytes_t entry;

    for (size_t i = 0; i < fields->count; i++) {
        entry.f0 = uw_field_name(fields, i);
        entry.f1 = uw_field_value(fields, i);
        list.of.list.data[i] = uw_make_http_tuple_string_bytes(call, &entry);
    }

    return uw_return(call, list);
}


uw_step_t
uw_http_fields_clone(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_handle(
        call, uw_own_fields(call, uw_copy(call, uw_fields_of(self))));
}


uw_step_t
uw_http_return_view(uw_call_t *call, uw_shared_fields_t *shared)
{
    return uw_return_handle(call, uw_http_fields_view(call, shared));
}

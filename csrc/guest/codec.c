#include "guest/codec.h"


/* ---- Reading ---- */

bool
uw_read_mismatch(uw_call_t *call)
{
    (void) uw_trap(call, "an argument has another type than WASI's");

    return false;
}


bool
uw_read_string(uw_call_t *call, const uw_val_t *val, uw_slice_t *bytes)
{
    if (uw_val_get_bytes(&call->instance->arena, val, bytes) == 0) {
        return true;
    }
    (void) uw_trap(call, "an argument is no string of bytes");

    return false;
}


bool
uw_read_bytes(uw_call_t *call, const uw_val_t *val, uw_slice_t *bytes)
{
    if (!call->abi->carried) {
        return uw_read_string(call, val, bytes);
    }
    if (uw_val_get_carried_bytes(&call->instance->arena, val, bytes) == 0) {
        return true;
    }
    (void) uw_trap(call, "an argument is no string of bytes");

    return false;
}


/* More than a stream can ever take is refused before it is looked at, in which
 * nobody else runs.  A byte is less than two of a string. */
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
uw_read_stream_bytes(uw_call_t *call, const uw_val_t *val, uw_slice_t *bytes)
{
    if (!uw_stream_bytes_fit(call, val)) {
        (void) uw_trap(call, "write exceeded budget");
        return false;
    }
    if (uw_val_get_stream_bytes(call->abi, &call->instance->arena, val, bytes)
        == 0)
    {
        return true;
    }
    (void) uw_trap(call, "an argument is no string of bytes");

    return false;
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

    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_RESOURCE)) {
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


bool
uw_read_handle(uw_call_t *call, const uw_val_t *val,
               const uw_resource_type_t *kind, uw_resource_t **resource)
{
    uint32_t rep;
    uint32_t type;

    if (!uw_handle_take(call, val, &rep, &type)) {
        return false;
    }

    *resource = type == kind->id
                    ? uw_resource_get(&call->instance->resources, rep, kind)
                    : NULL;
    if (*resource == NULL) {
        (void) uw_trap(call, "unknown handle index %u", rep);
    }

    return *resource != NULL;
}


bool
uw_read_option_handle(uw_call_t *call, const uw_val_t *val,
                      const uw_resource_type_t *kind, uw_resource_t **resource)
{
    *resource = NULL;

    return uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)
           && (val->of.option == NULL
               || uw_read_handle(call, val->of.option, kind, resource));
}


/* Which name this is; `count` where it is none of them. */
static uint32_t
uw_name_index(const wasm_name_t *name, const char *const *names, uint32_t count)
{
    uw_slice_t text = { (const uint8_t *) name->data, name->size };
    uint32_t index = 0;

    while (index < count && !uw_slice_is(text, names[index])) {
        index++;
    }

    return index;
}


bool
uw_read_variant(uw_call_t *call, const uw_val_t *val, const char *const *names,
                uint32_t count, uint32_t *index, const uw_val_t **payload)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_VARIANT)) {
        return false;
    }

    *payload = val->of.variant.val;
    *index = uw_name_index(&val->of.variant.discriminant, names, count);

    return *index < count || uw_read_mismatch(call);
}


bool
uw_read_enum(uw_call_t *call, const uw_val_t *val, const char *const *names,
             uint32_t count, uint32_t *index)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_ENUM)) {
        return false;
    }

    *index = uw_name_index(&val->of.enumeration, names, count);

    return *index < count || uw_read_mismatch(call);
}


bool
uw_read_flags(uw_call_t *call, const uw_val_t *val, const char *const *names,
              uint32_t count, uint32_t *bits)
{
    uint32_t index;

    *bits = 0;
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_FLAGS)) {
        return false;
    }

    for (size_t i = 0; i < val->of.flags.size; i++) {
        index = uw_name_index(&val->of.flags.data[i], names, count);
        if (index == count) {
            return uw_read_mismatch(call);
        }
        *bits |= UINT32_C(1) << index;
    }

    return true;
}


/* ---- Making ---- */

uw_val_t
uw_val_flags(const uw_abi_t *abi, const char *const *names, uint32_t count,
             uint32_t bits)
{
    uw_val_t val = { .kind = WASMTIME_COMPONENT_FLAGS };
    size_t size = 0;

    for (uint32_t i = 0; i < count; i++) {
        size += bits >> i & 1;
    }

    abi->wt->component_valflags_new_uninit(&val.of.flags, size);
    size = 0;
    for (uint32_t i = 0; i < count; i++) {
        if ((bits >> i & 1) != 0) {
            abi->wt->wasm_byte_vec_delete(&val.of.flags.data[size]);
            val.of.flags.data[size++] = uw_val_name(abi, names[i]);
        }
    }

    return val;
}


bool
uw_option_handle(uw_call_t *call, const uw_resource_t *resource, uw_val_t *val)
{
    uw_val_t handle;

    if (resource == NULL) {
        *val = uw_val_option(call->abi, NULL);
        return true;
    }
    if (!uw_handle(call, resource, &handle)) {
        return false;
    }
    *val = uw_val_option(call->abi, &handle);

    return true;
}


void
uw_unmake(uw_call_t *call, uw_val_t *val)
{
    call->abi->wt->component_val_delete(val);
    *val = uw_val_bool(false);
}

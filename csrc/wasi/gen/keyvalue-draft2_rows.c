/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/keyvalue-draft2.h"


static uw_step_t
uw_keyvalue_draft2_atomics_cas_new_call(uw_call_t *call)
{
    uw_resource_t *bucket;
    uw_slice_t key;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_store_bucket_type, &bucket)
        || !uw_read_string(call, &call->args[1], &key))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_draft2_atomics_cas_new(call, bucket, key);
}


static uw_step_t
uw_keyvalue_draft2_atomics_cas_current_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_atomics_cas_type, &self))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_draft2_atomics_cas_current(call, self);
}


static uw_step_t
uw_keyvalue_draft2_atomics_increment_call(uw_call_t *call)
{
    uw_resource_t *bucket;
    uw_slice_t key;
    int64_t delta;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_store_bucket_type, &bucket)
        || !uw_read_string(call, &call->args[1], &key)
        || !uw_read_s64(call, &call->args[2], &delta))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_draft2_atomics_increment(call, bucket, key, delta);
}


static uw_step_t
uw_keyvalue_draft2_atomics_swap_call(uw_call_t *call)
{
    uw_resource_t *cas;
    uw_slice_t value;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_atomics_cas_type, &cas)
        || !uw_read_bytes(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_draft2_atomics_swap(call, cas, value);
}


static uw_step_t
uw_keyvalue_draft2_batch_get_many_call(uw_call_t *call)
{
    uw_resource_t *bucket;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_store_bucket_type, &bucket)
        || !uw_read_kind(call, &call->args[1], WASMTIME_COMPONENT_LIST))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_draft2_batch_get_many(call, bucket, &call->args[1]);
}


static uw_step_t
uw_keyvalue_draft2_batch_set_many_call(uw_call_t *call)
{
    uw_resource_t *bucket;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_store_bucket_type, &bucket)
        || !uw_read_kind(call, &call->args[1], WASMTIME_COMPONENT_LIST))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_batch_set_many(call, bucket, &call->args[1]);
}


static uw_step_t
uw_keyvalue_draft2_batch_delete_many_call(uw_call_t *call)
{
    uw_resource_t *bucket;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_store_bucket_type, &bucket)
        || !uw_read_kind(call, &call->args[1], WASMTIME_COMPONENT_LIST))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_batch_delete_many(call, bucket, &call->args[1]);
}


static uw_step_t
uw_keyvalue_draft2_store_bucket_get_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t key;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_store_bucket_type, &self)
        || !uw_read_string(call, &call->args[1], &key))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_store_bucket_get(call, self, key);
}


static uw_step_t
uw_keyvalue_draft2_store_bucket_set_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t key;
    uw_slice_t value;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_store_bucket_type, &self)
        || !uw_read_string(call, &call->args[1], &key)
        || !uw_read_bytes(call, &call->args[2], &value))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_store_bucket_set(call, self, key, value);
}


static uw_step_t
uw_keyvalue_draft2_store_bucket_delete_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t key;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_store_bucket_type, &self)
        || !uw_read_string(call, &call->args[1], &key))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_store_bucket_delete(call, self, key);
}


static uw_step_t
uw_keyvalue_draft2_store_bucket_exists_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t key;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_store_bucket_type, &self)
        || !uw_read_string(call, &call->args[1], &key))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_store_bucket_exists(call, self, key);
}


static uw_step_t
uw_keyvalue_draft2_store_bucket_list_keys_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_keyvalue_draft2_option_string_t cursor;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_keyvalue_draft2_store_bucket_type, &self)
        || !uw_read_keyvalue_draft2_option_string(call, &call->args[1],
                                                  &cursor))
    {
        return UW_TRAP;
    }

    return uw_keyvalue_draft2_store_bucket_list_keys(
        call, self, cursor.is_some ? &cursor.value : NULL);
}


static uw_step_t
uw_keyvalue_draft2_store_open_call(uw_call_t *call)
{
    uw_slice_t identifier;

    if (!uw_read_string(call, &call->args[0], &identifier)) {
        return UW_TRAP;
    }

    return uw_keyvalue_draft2_store_open(call, identifier);
}


/* clang-format off */

static const char *const uw_keyvalue_draft2_versions[] = { "0.2.0-draft2", NULL };

const uw_resource_type_t uw_keyvalue_draft2_atomics_cas_type = { 210, "cas", uw_keyvalue_draft2_atomics_cas_drop };

static const uw_resource_type_t *const uw_keyvalue_draft2_atomics_resources[] = {
    &uw_keyvalue_draft2_atomics_cas_type,
    NULL,
};

static const uw_host_func_t uw_keyvalue_draft2_atomics_functions[] = {
    { "[static]cas.new", uw_keyvalue_draft2_atomics_cas_new_call, 211, 2, 1, UW_WAITS, false },
    { "[method]cas.current", uw_keyvalue_draft2_atomics_cas_current_call, 212, 1, 1, UW_SHORT, false },
    { "increment", uw_keyvalue_draft2_atomics_increment_call, 213, 3, 1, UW_WAITS, false },
    { "swap", uw_keyvalue_draft2_atomics_swap_call, 214, 2, 1, UW_WAITS, false },
    { 0 },
};

static const uw_host_func_t uw_keyvalue_draft2_batch_functions[] = {
    { "get-many", uw_keyvalue_draft2_batch_get_many_call, 215, 2, 1, UW_WAITS, false },
    { "set-many", uw_keyvalue_draft2_batch_set_many_call, 216, 2, 1, UW_WAITS, false },
    { "delete-many", uw_keyvalue_draft2_batch_delete_many_call, 217, 2, 1, UW_WAITS, false },
    { 0 },
};

const uw_resource_type_t uw_keyvalue_draft2_store_bucket_type = { 218, "bucket", uw_keyvalue_store_bucket_drop };

static const uw_resource_type_t *const uw_keyvalue_draft2_store_resources[] = {
    &uw_keyvalue_draft2_store_bucket_type,
    NULL,
};

static const uw_host_func_t uw_keyvalue_draft2_store_functions[] = {
    { "[method]bucket.get", uw_keyvalue_draft2_store_bucket_get_call, 219, 2, 1, UW_WAITS, false },
    { "[method]bucket.set", uw_keyvalue_draft2_store_bucket_set_call, 220, 3, 1, UW_WAITS, false },
    { "[method]bucket.delete", uw_keyvalue_draft2_store_bucket_delete_call, 221, 2, 1, UW_WAITS, false },
    { "[method]bucket.exists", uw_keyvalue_draft2_store_bucket_exists_call, 222, 2, 1, UW_WAITS, false },
    { "[method]bucket.list-keys", uw_keyvalue_draft2_store_bucket_list_keys_call, 223, 2, 1, UW_WAITS, false },
    { "open", uw_keyvalue_draft2_store_open_call, 224, 1, 1, UW_SHORT, false },
    { 0 },
};

const uw_host_interface_t uw_keyvalue_draft2_interfaces[] = {
    { "wasi:keyvalue/atomics", uw_keyvalue_draft2_versions, uw_keyvalue_draft2_atomics_resources, uw_keyvalue_draft2_atomics_functions },
    { "wasi:keyvalue/batch", uw_keyvalue_draft2_versions, NULL, uw_keyvalue_draft2_batch_functions },
    { "wasi:keyvalue/store", uw_keyvalue_draft2_versions, uw_keyvalue_draft2_store_resources, uw_keyvalue_draft2_store_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */

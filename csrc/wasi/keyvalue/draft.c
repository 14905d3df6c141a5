/* wasi:keyvalue at 0.2.0-draft; what is alike at 0.2.0-draft2 serves that, too. */

#include "wasi/gen/keyvalue.h"
#include "wasi/keyvalue/common.h"


/* ---- store ---- */

uw_step_t
uw_keyvalue_store_open(uw_call_t *call, uw_slice_t identifier)
{
    return uw_keyvalue_open(call, &uw_keyvalue_store_bucket_type, identifier);
}


void
uw_keyvalue_store_bucket_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    uw_keyvalue_drop_bucket(instance, resource);
}


uw_step_t
uw_keyvalue_store_bucket_get(uw_call_t *call, uw_resource_t *self,
                             uw_slice_t key)
{
    return uw_keyvalue_ask_key(call, UW_KEYVALUE_GET, self, key,
                               uw_take_option_bytes);
}


uw_step_t
uw_keyvalue_store_bucket_set(uw_call_t *call, uw_resource_t *self,
                             uw_slice_t key, uw_slice_t value)
{
    return uw_keyvalue_ask_set(call, self, key, value);
}


uw_step_t
uw_keyvalue_store_bucket_delete(uw_call_t *call, uw_resource_t *self,
                                uw_slice_t key)
{
    return uw_keyvalue_ask_key(call, UW_KEYVALUE_DELETE, self, key,
                               uw_take_nothing);
}


uw_step_t
uw_keyvalue_store_bucket_exists(uw_call_t *call, uw_resource_t *self,
                                uw_slice_t key)
{
    return uw_keyvalue_ask_key(call, UW_KEYVALUE_EXISTS, self, key,
                               uw_take_bool);
}


static uw_step_t
uw_take_keys(uw_call_t *call, uw_slice_t result)
{
    uw_keyvalue_store_key_response_t response = { 0 };
    uw_unpacking_t from;
    uw_val_t value;
    uw_step_t step;

    if (!uw_keyvalue_ok(call, result, &from, &step)) {
        return step;
    }
    response.keys = uw_unpack_strings(call, &from);
    response.cursor.is_some = uw_unpack_number(&from, 1) != 0;
    if (response.cursor.is_some) {
        response.cursor.value = uw_unpack_number(&from, 8);
    }
    value = uw_make_keyvalue_store_key_response(call, &response);

    return uw_keyvalue_end_ok(call, &from, &value);
}


uw_step_t
uw_keyvalue_store_bucket_list_keys(uw_call_t *call, uw_resource_t *self,
                                   const uint64_t *cursor)
{
    uw_packing_t packing;

    if (!uw_keyvalue_begin(call, &packing, uw_as_bucket(self))) {
        return UW_TRAP;
    }
    uw_pack_number(&packing, cursor != NULL, 1);
    if (cursor != NULL) {
        uw_pack_number(&packing, *cursor, 8);
    }

    return uw_keyvalue_ask(call, UW_KEYVALUE_LIST_NUMBERED, &packing,
                           uw_take_keys);
}


/* ---- atomics ---- */

static uw_step_t
uw_take_number(uw_call_t *call, uw_slice_t result)
{
    uw_unpacking_t from;
    uw_val_t value;
    uw_step_t step;

    if (!uw_keyvalue_ok(call, result, &from, &step)) {
        return step;
    }
    value = uw_val_u64(uw_unpack_number(&from, 8));

    return uw_keyvalue_end_ok(call, &from, &value);
}


uw_step_t
uw_keyvalue_atomics_increment(uw_call_t *call, uw_resource_t *bucket,
                              uw_slice_t key, uint64_t delta)
{
    return uw_keyvalue_ask_increment(call, UW_KEYVALUE_INCREMENT_UNSIGNED,
                                     bucket, key, delta, uw_take_number);
}


/* ---- batch ---- */

static uw_step_t
uw_take_many(uw_call_t *call, uw_slice_t result)
{
    uw_unpacking_t from;
    uw_step_t step;
    uw_slice_t key;
    uw_val_t list;
    uint32_t count;

    if (!uw_keyvalue_ok(call, result, &from, &step)) {
        return step;
    }
    count = uw_unpack_count(&from, sizeof(uint32_t) + 1);
    list = uw_val_list(call->abi, count);
    for (uint32_t i = 0; i < count; i++) {
        uw_keyvalue_tuple_string_bytes_t pair;
        uw_val_t value;
        bool is_some;

        key = uw_unpack_text(&from);
        is_some = uw_unpack_number(&from, 1) != 0;
        if (is_some) {
            pair.f0 = key;
            pair.f1 = uw_unpack_slice(&from);
            value = uw_make_keyvalue_tuple_string_bytes(call, &pair);
        }
        list.of.list.data[i] =
            uw_val_option(call->abi, is_some ? &value : NULL);
    }

    return uw_keyvalue_end_ok(call, &from, &list);
}


uw_step_t
uw_keyvalue_batch_get_many(uw_call_t *call, uw_resource_t *bucket,
                           const uw_val_t *keys)
{
    return uw_keyvalue_ask_keys(call, UW_KEYVALUE_GET_MANY, bucket, keys,
                                uw_take_many);
}


uw_step_t
uw_keyvalue_batch_set_many(uw_call_t *call, uw_resource_t *bucket,
                           const uw_val_t *key_values)
{
    return uw_keyvalue_ask_set_many(call, bucket, key_values);
}


uw_step_t
uw_keyvalue_batch_delete_many(uw_call_t *call, uw_resource_t *bucket,
                              const uw_val_t *keys)
{
    return uw_keyvalue_ask_keys(call, UW_KEYVALUE_DELETE_MANY, bucket, keys,
                                uw_take_nothing);
}

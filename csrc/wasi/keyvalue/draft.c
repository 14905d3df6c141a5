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
    uw_bucket_t *bucket = uw_as_bucket(resource);

    uw_account_free(&instance->account, bucket->name, bucket->size);
    *bucket = (uw_bucket_t) { NULL, 0 };
}


/* Asks for what needs nothing but the bucket and a key. */
static uw_step_t
uw_keyvalue_ask_key(uw_call_t *call, uint32_t function,
                    const uw_resource_t *bucket, uw_slice_t key,
                    uw_hostcall_take_t take)
{
    uw_packing_t packing;

    if (!uw_keyvalue_begin(call, &packing, uw_as_bucket(bucket))) {
        return UW_TRAP;
    }
    uw_pack_slice(&packing, key);

    return uw_hostcall(call, function, packing.complete, take);
}


static uw_val_t
uw_unpack_option_bytes(uw_call_t *call, uw_unpacking_t *from)
{
    uw_slice_t bytes;
    uw_val_t value;

    if (uw_unpack_number(from, 1) == 0) {
        return uw_val_option(call->abi, NULL);
    }
    bytes = uw_unpack_slice(from);
    value = uw_val_bytes(call->abi, bytes.data, bytes.size);

    return uw_val_option(call->abi, &value);
}


static uw_step_t
uw_take_option_bytes(uw_call_t *call, uw_slice_t result)
{
    return uw_keyvalue_take(call, result, uw_unpack_option_bytes);
}


uw_step_t
uw_keyvalue_store_bucket_get(uw_call_t *call, uw_resource_t *self,
                             uw_slice_t key)
{
    return uw_keyvalue_ask_key(call, UW_KEYVALUE_GET, self, key,
                               uw_take_option_bytes);
}


static uw_step_t
uw_take_nothing(uw_call_t *call, uw_slice_t result)
{
    return uw_keyvalue_take(call, result, NULL);
}


uw_step_t
uw_keyvalue_store_bucket_set(uw_call_t *call, uw_resource_t *self,
                             uw_slice_t key, uw_slice_t value)
{
    uw_packing_t packing;

    if (!uw_keyvalue_begin(call, &packing, uw_as_bucket(self))) {
        return UW_TRAP;
    }
    uw_pack_slice(&packing, key);
    uw_pack_slice(&packing, value);

    return uw_hostcall(call, UW_KEYVALUE_SET, packing.complete,
                       uw_take_nothing);
}


uw_step_t
uw_keyvalue_store_bucket_delete(uw_call_t *call, uw_resource_t *self,
                                uw_slice_t key)
{
    return uw_keyvalue_ask_key(call, UW_KEYVALUE_DELETE, self, key,
                               uw_take_nothing);
}


static uw_val_t
uw_unpack_bool(uw_call_t *call, uw_unpacking_t *from)
{
    (void) call;

    return uw_val_bool(uw_unpack_number(from, 1) != 0);
}


static uw_step_t
uw_take_bool(uw_call_t *call, uw_slice_t result)
{
    return uw_keyvalue_take(call, result, uw_unpack_bool);
}


uw_step_t
uw_keyvalue_store_bucket_exists(uw_call_t *call, uw_resource_t *self,
                                uw_slice_t key)
{
    return uw_keyvalue_ask_key(call, UW_KEYVALUE_EXISTS, self, key,
                               uw_take_bool);
}


static uw_val_t
uw_unpack_keys(uw_call_t *call, uw_unpacking_t *from)
{
    uw_keyvalue_store_key_response_t response = { 0 };

    response.keys = uw_unpack_strings(call, from);
    response.cursor.is_some = uw_unpack_number(from, 1) != 0;
    if (response.cursor.is_some) {
        response.cursor.value = uw_unpack_number(from, 8);
    }

    return uw_make_keyvalue_store_key_response(call, &response);
}


static uw_step_t
uw_take_keys(uw_call_t *call, uw_slice_t result)
{
    return uw_keyvalue_take(call, result, uw_unpack_keys);
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

    return uw_hostcall(call, UW_KEYVALUE_LIST_NUMBERED, packing.complete,
                       uw_take_keys);
}


/* ---- atomics ---- */

static uw_val_t
uw_unpack_counter(uw_call_t *call, uw_unpacking_t *from)
{
    (void) call;

    return uw_val_u64(uw_unpack_number(from, 8));
}


static uw_step_t
uw_take_number(uw_call_t *call, uw_slice_t result)
{
    return uw_keyvalue_take(call, result, uw_unpack_counter);
}


uw_step_t
uw_keyvalue_atomics_increment(uw_call_t *call, uw_resource_t *bucket,
                              uw_slice_t key, uint64_t delta)
{
    return uw_keyvalue_ask_increment(call, UW_KEYVALUE_INCREMENT_UNSIGNED,
                                     bucket, key, delta, uw_take_number);
}


/* ---- batch ---- */

static uw_val_t
uw_unpack_many(uw_call_t *call, uw_unpacking_t *from)
{
    uint32_t count = uw_unpack_count(from, sizeof(uint32_t) + 1);
    uw_val_t list = uw_val_list(call->abi, count);

    for (uint32_t i = 0; i < count; i++) {
        uw_keyvalue_tuple_string_bytes_t pair;
        uw_val_t value;
        bool is_some;

        pair.f0 = uw_unpack_text(from);
        is_some = uw_unpack_number(from, 1) != 0;
        if (is_some) {
            pair.f1 = uw_unpack_slice(from);
            value = uw_make_keyvalue_tuple_string_bytes(call, &pair);
        }
        list.of.list.data[i] =
            uw_val_option(call->abi, is_some ? &value : NULL);
    }

    return list;
}


static uw_step_t
uw_take_many(uw_call_t *call, uw_slice_t result)
{
    return uw_keyvalue_take(call, result, uw_unpack_many);
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
    uw_packing_t packing;
    uw_keyvalue_tuple_string_bytes_t pair;

    if (!uw_keyvalue_begin(call, &packing, uw_as_bucket(bucket))) {
        return UW_TRAP;
    }
    uw_pack_number(&packing, key_values->of.list.size, 4);
    for (size_t i = 0; i < key_values->of.list.size; i++) {
        if (!uw_read_keyvalue_tuple_string_bytes(
                call, &key_values->of.list.data[i], &pair))
        {
            return UW_TRAP;
        }
        uw_pack_slice(&packing, pair.f0);
        uw_pack_slice(&packing, pair.f1);
    }

    return uw_hostcall(call, UW_KEYVALUE_SET_MANY, packing.complete,
                       uw_take_nothing);
}


uw_step_t
uw_keyvalue_batch_delete_many(uw_call_t *call, uw_resource_t *bucket,
                              const uw_val_t *keys)
{
    return uw_keyvalue_ask_keys(call, UW_KEYVALUE_DELETE_MANY, bucket, keys,
                                uw_take_nothing);
}

/* wasi:keyvalue at 0.2.0-draft2, which can compare and swap: what draft.c has not. */

#include <stdlib.h>
#include <string.h>

#include "wasi/gen/keyvalue-draft2.h"
#include "wasi/keyvalue/common.h"


/* ---- store ---- */

uw_step_t
uw_keyvalue_draft2_store_open(uw_call_t *call, uw_slice_t identifier)
{
    return uw_keyvalue_open(call, &uw_keyvalue_draft2_store_bucket_type,
                            identifier);
}


static uw_val_t
uw_unpack_keys(uw_call_t *call, uw_unpacking_t *from)
{
    uw_keyvalue_draft2_store_key_response_t response = { 0 };

    response.keys = uw_unpack_strings(call, from);
    response.cursor.is_some = uw_unpack_number(from, 1) != 0;
    if (response.cursor.is_some) {
        response.cursor.value = uw_unpack_text(from);
    }

    return uw_make_keyvalue_draft2_store_key_response(call, &response);
}


static uw_step_t
uw_take_keys(uw_call_t *call, uw_slice_t result)
{
    return uw_keyvalue_take(call, result, uw_unpack_keys);
}


uw_step_t
uw_keyvalue_draft2_store_bucket_list_keys(uw_call_t *call, uw_resource_t *self,
                                          const uw_slice_t *cursor)
{
    uw_packing_t packing;

    if (!uw_keyvalue_begin(call, &packing, uw_as_bucket(self))) {
        return UW_TRAP;
    }
    uw_pack_number(&packing, cursor != NULL, 1);
    if (cursor != NULL) {
        uw_pack_slice(&packing, *cursor);
    }

    return uw_hostcall(call, UW_KEYVALUE_LIST, packing.complete, uw_take_keys);
}


/* ---- atomics: cas ---- */

/* What a swap compares with. */
typedef struct {
    uint8_t *name; /* owned: of the bucket, and behind it the key */
    size_t name_size;
    size_t key_size;
    uint8_t *value; /* owned */
    size_t value_size;
    bool is_some;
} uw_cas_t;

UW_RESOURCE_AS(cas, uw_cas_t)


static uint8_t *
uw_cas_copy(uw_call_t *call, uw_slice_t first, uw_slice_t second)
{
    size_t size = first.size + second.size;
    uint8_t *copy;

    if (!uw_account_take(&call->instance->account, size)) {
        return NULL;
    }
    copy = malloc(size + 1);
    if (copy == NULL) {
        uw_account_give(&call->instance->account, size);
        return NULL;
    }
    if (first.size != 0) {
        memcpy(copy, first.data, first.size);
    }
    if (second.size != 0) {
        memcpy(copy + first.size, second.data, second.size);
    }

    return copy;
}


static void
uw_cas_forget(uw_instance_t *instance, uw_cas_t *cas)
{
    uw_account_free(&instance->account, cas->value, cas->value_size);
    cas->value = NULL;
    cas->value_size = 0;
    cas->is_some = false;
}


void
uw_keyvalue_draft2_atomics_cas_drop(uw_instance_t *instance,
                                    uw_resource_t *resource)
{
    uw_cas_t *cas = uw_as_cas(resource);

    uw_cas_forget(instance, cas);
    uw_account_free(&instance->account, cas->name,
                    cas->name_size + cas->key_size);
    cas->name = NULL;
}


/* Takes an option<bytes> for what the value is; -1: memory is out. */
static int
uw_cas_notice(uw_call_t *call, uw_cas_t *cas, uw_unpacking_t *from)
{
    uw_slice_t value;

    uw_cas_forget(call->instance, cas);
    if (uw_unpack_number(from, 1) == 0) {
        return 0;
    }
    value = uw_unpack_slice(from);
    cas->value = uw_cas_copy(call, value, (uw_slice_t) { 0 });
    if (cas->value == NULL) {
        return -1;
    }
    cas->value_size = value.size;
    cas->is_some = true;

    return 0;
}


/* That of the call on its way. */
static uw_resource_t *
uw_cas_called(uw_call_t *call)
{
    return uw_resource_get(&call->instance->resources,
                           call->instance->caller->note,
                           &uw_keyvalue_draft2_atomics_cas_type);
}


static uw_step_t
uw_take_cas(uw_call_t *call, uw_slice_t result)
{
    uw_unpacking_t from = { result.data, result.size, false };
    uw_resource_t *resource = uw_cas_called(call);
    uw_val_t value;

    if (uw_unpack_number(&from, 1) != 0) {
        return uw_drop(call, resource) ? uw_keyvalue_take(call, result, NULL)
                                       : UW_TRAP;
    }
    if (uw_cas_notice(call, uw_as_cas(resource), &from) != 0) {
        return uw_trap(call, "memory is out");
    }
    if (!uw_handle(call, resource, &value)) {
        return UW_TRAP;
    }

    return uw_keyvalue_end_ok(call, &from, &value);
}


uw_step_t
uw_keyvalue_draft2_atomics_cas_new(uw_call_t *call, uw_resource_t *bucket,
                                   uw_slice_t key)
{
    const uw_bucket_t *of = uw_as_bucket(bucket);
    uw_resource_t *resource =
        uw_make(call, &uw_keyvalue_draft2_atomics_cas_type, 0);
    uw_packing_t packing;
    uw_cas_t *cas;

    if (resource == NULL) {
        return UW_TRAP;
    }
    cas = uw_as_cas(resource);
    cas->name = uw_cas_copy(call, (uw_slice_t) { of->name, of->size }, key);
    if (cas->name == NULL) {
        return uw_trap(call, "memory is out");
    }
    cas->name_size = of->size;
    cas->key_size = key.size;

    if (!uw_keyvalue_begin(call, &packing, of)) {
        return UW_TRAP;
    }
    uw_pack_slice(&packing, key);
    call->instance->caller->note = resource->rep;

    return uw_hostcall(call, UW_KEYVALUE_GET, packing.complete, uw_take_cas);
}


uw_step_t
uw_keyvalue_draft2_atomics_cas_current(uw_call_t *call, uw_resource_t *self)
{
    const uw_cas_t *cas = uw_as_cas(self);
    uw_val_t value = uw_val_option(call->abi, NULL);

    if (cas->is_some) {
        uw_val_t bytes = uw_val_bytes(call->abi, cas->value, cas->value_size);

        value = uw_val_option(call->abi, &bytes);
    }

    return uw_return_ok(call, &value);
}


/* The store's own error, in the error of swap. */
static uw_step_t
uw_swap_store_error(uw_call_t *call, uw_unpacking_t *from)
{
    uw_val_t error = uw_unpack_error(call, from);

    error = uw_val_variant(call->abi, "store-error", &error);
    error = uw_val_err(call->abi, &error);

    return uw_keyvalue_end(call, from, &error);
}


static uw_step_t
uw_take_swap(uw_call_t *call, uw_slice_t result)
{
    uw_unpacking_t from = { result.data, result.size, false };
    uw_resource_t *resource = uw_cas_called(call);
    uw_val_t value;

    if (uw_unpack_number(&from, 1) != 0) {
        return uw_drop(call, resource) ? uw_swap_store_error(call, &from)
                                       : UW_TRAP;
    }
    if (uw_unpack_number(&from, 1) != 0) {
        return uw_drop(call, resource) ? uw_keyvalue_end_ok(call, &from, NULL)
                                       : UW_TRAP;
    }

    /* The guest gets it back, with the value that there is now. */
    if (uw_cas_notice(call, uw_as_cas(resource), &from) != 0) {
        return uw_trap(call, "memory is out");
    }
    if (!uw_handle(call, resource, &value)) {
        return UW_TRAP;
    }
    value = uw_val_variant(call->abi, "cas-failed", &value);
    value = uw_val_err(call->abi, &value);

    return uw_keyvalue_end(call, &from, &value);
}


uw_step_t
uw_keyvalue_draft2_atomics_swap(uw_call_t *call, uw_resource_t *cas,
                                uw_slice_t value)
{
    const uw_cas_t *of = uw_as_cas(cas);
    uw_bucket_t bucket = { of->name, of->name_size };
    uw_packing_t packing;

    if (!uw_keyvalue_begin(call, &packing, &bucket)) {
        return UW_TRAP;
    }
    uw_pack_slice(&packing,
                  (uw_slice_t) { of->name + of->name_size, of->key_size });
    uw_pack_number(&packing, of->is_some, 1);
    if (of->is_some) {
        uw_pack_slice(&packing, (uw_slice_t) { of->value, of->value_size });
    }
    uw_pack_slice(&packing, value);
    call->instance->caller->note = cas->rep;

    return uw_hostcall(call, UW_KEYVALUE_SWAP, packing.complete, uw_take_swap);
}


/* ---- atomics: increment ---- */

static uw_val_t
uw_unpack_counter(uw_call_t *call, uw_unpacking_t *from)
{
    (void) call;

    return uw_val_s64((int64_t) uw_unpack_number(from, 8));
}


static uw_step_t
uw_take_number(uw_call_t *call, uw_slice_t result)
{
    return uw_keyvalue_take(call, result, uw_unpack_counter);
}


uw_step_t
uw_keyvalue_draft2_atomics_increment(uw_call_t *call, uw_resource_t *bucket,
                                     uw_slice_t key, int64_t delta)
{
    return uw_keyvalue_ask_increment(call, UW_KEYVALUE_INCREMENT, bucket, key,
                                     (uint64_t) delta, uw_take_number);
}


/* ---- batch ---- */

static uw_val_t
uw_unpack_many(uw_call_t *call, uw_unpacking_t *from)
{
    uint32_t count = uw_unpack_count(from, sizeof(uint32_t) + 1);
    uw_val_t list = uw_val_list(call->abi, count);

    for (uint32_t i = 0; i < count; i++) {
        uw_keyvalue_draft2_tuple_string_option_bytes_t pair = { 0 };

        pair.f0 = uw_unpack_text(from);
        pair.f1.is_some = uw_unpack_number(from, 1) != 0;
        if (pair.f1.is_some) {
            pair.f1.value = uw_unpack_slice(from);
        }
        list.of.list.data[i] =
            uw_make_keyvalue_draft2_tuple_string_option_bytes(call, &pair);
    }

    return list;
}


static uw_step_t
uw_take_many(uw_call_t *call, uw_slice_t result)
{
    return uw_keyvalue_take(call, result, uw_unpack_many);
}


uw_step_t
uw_keyvalue_draft2_batch_get_many(uw_call_t *call, uw_resource_t *bucket,
                                  const uw_val_t *keys)
{
    return uw_keyvalue_ask_keys(call, UW_KEYVALUE_GET_MANY, bucket, keys,
                                uw_take_many);
}

#include "wasi/keyvalue/common.h"

#include <string.h>


/* ---- Buckets ---- */

static uw_step_t
uw_keyvalue_refuse(uw_call_t *call, const char *name)
{
    uw_val_t error = uw_val_variant(call->abi, name, NULL);

    return uw_return_err(call, &error);
}


uw_step_t
uw_keyvalue_open(uw_call_t *call, const uw_resource_type_t *type,
                 uw_slice_t identifier)
{
    uw_resource_t *resource;
    uw_bucket_t *bucket;

    if (!call->instance->engine->settings.keyvalue) {
        return uw_keyvalue_refuse(call, "access-denied");
    }
    if (identifier.size > UW_BUCKET_NAME) {
        return uw_keyvalue_refuse(call, "no-such-store");
    }
    if (identifier.size == 0) {
        identifier = uw_slice_of(UW_BUCKET_DEFAULT);
    }

    resource = uw_make(call, type, 0);
    if (resource == NULL) {
        return UW_TRAP;
    }
    bucket = uw_as_bucket(resource);
    bucket->name = uw_account_alloc(&call->instance->account, identifier.size);
    if (bucket->name == NULL) {
        return uw_trap(call, "memory is out");
    }
    bucket->size = identifier.size;
    memcpy(bucket->name, identifier.data, identifier.size);

    return uw_return_ok_handle(call, resource);
}


/* ---- Asking ---- */

bool
uw_keyvalue_begin(uw_call_t *call, uw_packing_t *packing,
                  const uw_bucket_t *bucket)
{
    *packing = (uw_packing_t) { uw_hostcall_arguments(call), true };
    if (packing->bytes == NULL) {
        return false;
    }
    uw_pack_slice(packing, (uw_slice_t) { bucket->name, bucket->size });

    return true;
}


/* A list of strings; false after uw_trap(). */
static bool
uw_pack_strings(uw_call_t *call, uw_packing_t *packing, const uw_val_t *list)
{
    uw_slice_t text;

    uw_pack_number(packing, list->of.list.size, 4);
    for (size_t i = 0; i < list->of.list.size; i++) {
        if (!uw_read_string(call, &list->of.list.data[i], &text)) {
            return false;
        }
        uw_pack_slice(packing, text);
    }

    return true;
}


uw_step_t
uw_keyvalue_ask_increment(uw_call_t *call, uint32_t function,
                          const uw_resource_t *bucket, uw_slice_t key,
                          uint64_t delta, uw_hostcall_take_t take)
{
    uw_packing_t packing;

    if (!uw_keyvalue_begin(call, &packing, uw_as_bucket(bucket))) {
        return UW_TRAP;
    }
    uw_pack_slice(&packing, key);
    uw_pack_number(&packing, delta, 8);

    return uw_hostcall(call, function, packing.complete, take);
}


uw_step_t
uw_keyvalue_ask_keys(uw_call_t *call, uint32_t function,
                     const uw_resource_t *bucket, const uw_val_t *keys,
                     uw_hostcall_take_t take)
{
    uw_packing_t packing;

    if (!uw_keyvalue_begin(call, &packing, uw_as_bucket(bucket))
        || !uw_pack_strings(call, &packing, keys))
    {
        return UW_TRAP;
    }

    return uw_hostcall(call, function, packing.complete, take);
}


/* ---- What comes back ---- */

uw_val_t
uw_unpack_strings(const uw_call_t *call, uw_unpacking_t *from)
{
    uint32_t count = uw_unpack_count(from, sizeof(uint32_t));
    uw_val_t list = uw_val_list(call->abi, count);
    uw_slice_t text;

    for (uint32_t i = 0; i < count; i++) {
        text = uw_unpack_text(from);
        list.of.list.data[i] = uw_val_string(call->abi, text.data, text.size);
    }

    return list;
}


uw_val_t
uw_unpack_error(const uw_call_t *call, uw_unpacking_t *from)
{
    uw_slice_t text;
    uw_val_t payload;

    switch (uw_unpack_number(from, 1)) {
    case 0:
        return uw_val_variant(call->abi, "no-such-store", NULL);

    case 1:
        return uw_val_variant(call->abi, "access-denied", NULL);

    case 2:
        break;

    default:
        from->bad = true;
        break;
    }

    text = uw_unpack_text(from);
    payload = uw_val_string(call->abi, text.data, text.size);

    return uw_val_variant(call->abi, "other", &payload);
}


uw_step_t
uw_keyvalue_end(uw_call_t *call, const uw_unpacking_t *from, uw_val_t *value)
{
    if (from->bad || from->left != 0) {
        uw_unmake(call, value);
        return uw_trap(call, "a host function has answered with no packed "
                             "value of its type");
    }

    return uw_return(call, *value);
}


uw_step_t
uw_keyvalue_end_ok(uw_call_t *call, const uw_unpacking_t *from,
                   uw_val_t *payload)
{
    uw_val_t value = uw_val_ok(call->abi, payload);

    return uw_keyvalue_end(call, from, &value);
}


uw_step_t
uw_keyvalue_take(uw_call_t *call, uw_slice_t result,
                 uw_keyvalue_unpack_t unpack)
{
    uw_unpacking_t from = { result.data, result.size, false };
    uw_val_t value;

    if (uw_unpack_number(&from, 1) != 0) {
        value = uw_unpack_error(call, &from);
        value = uw_val_err(call->abi, &value);
        return uw_keyvalue_end(call, &from, &value);
    }

    if (unpack == NULL) {
        return uw_keyvalue_end_ok(call, &from, NULL);
    }
    value = unpack(call, &from);

    return uw_keyvalue_end_ok(call, &from, &value);
}

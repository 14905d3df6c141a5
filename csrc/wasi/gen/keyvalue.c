/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/keyvalue.h"


const char *const uw_keyvalue_store_error_names[] = {
    "no-such-store",
    "access-denied",
    "other",
};

const char *const uw_keyvalue_store_key_response_names[] = {
    "keys",
    "cursor",
};

bool
uw_read_keyvalue_tuple_string_bytes(uw_call_t *call, const uw_val_t *val,
                                    uw_keyvalue_tuple_string_bytes_t *value)
{
    return uw_read_tuple(call, val, 2)
           && uw_read_string(call, &val->of.tuple.data[0], &value->f0)
           && uw_read_bytes(call, &val->of.tuple.data[1], &value->f1);
}


bool
uw_read_keyvalue_option_u64(uw_call_t *call, const uw_val_t *val,
                            uw_keyvalue_option_u64_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    value->is_some = val->of.option != NULL;

    return !value->is_some || uw_read_u64(call, val->of.option, &value->value);
}


uw_val_t
uw_make_keyvalue_option_u64(uw_call_t *call,
                            const uw_keyvalue_option_u64_t *value)
{
    uw_val_t item;

    if (!value->is_some) {
        return uw_val_option(call->abi, NULL);
    }
    item = uw_val_u64(value->value);

    return uw_val_option(call->abi, &item);
}


uw_val_t
uw_make_keyvalue_tuple_string_bytes(
    uw_call_t *call, const uw_keyvalue_tuple_string_bytes_t *value)
{
    uw_val_t made = uw_val_tuple(call->abi, 2);

    made.of.tuple.data[0] =
        uw_val_string(call->abi, (value->f0).data, (value->f0).size);
    made.of.tuple.data[1] =
        uw_val_bytes(call->abi, (value->f1).data, (value->f1).size);

    return made;
}


uw_val_t
uw_make_keyvalue_store_error(uw_call_t *call,
                             const uw_keyvalue_store_error_t *value)
{
    uw_val_t payload;

    switch (value->tag) {
    case UW_KEYVALUE_STORE_ERROR_OTHER:
        payload = uw_val_string(call->abi, (value->of.other).data,
                                (value->of.other).size);
        break;
    default:
        return uw_val_variant(call->abi,
                              uw_keyvalue_store_error_names[value->tag], NULL);
    }

    return uw_val_variant(call->abi, uw_keyvalue_store_error_names[value->tag],
                          &payload);
}


uw_val_t
uw_make_keyvalue_store_key_response(
    uw_call_t *call, const uw_keyvalue_store_key_response_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 2);

    uw_val_record_name(call->abi, &made, 0,
                       uw_keyvalue_store_key_response_names[0]);
    made.of.record.data[0].val = *(&value->keys);
    uw_val_record_name(call->abi, &made, 1,
                       uw_keyvalue_store_key_response_names[1]);
    made.of.record.data[1].val =
        uw_make_keyvalue_option_u64(call, &value->cursor);

    return made;
}

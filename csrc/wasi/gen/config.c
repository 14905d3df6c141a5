/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/config.h"


const char *const uw_config_runtime_config_error_names[] = {
    "upstream",
    "io",
};

const char *const uw_config_store_error_names[] = {
    "upstream",
    "io",
};

uw_val_t
uw_make_config_tuple_string_string(uw_call_t *call,
                                   const uw_config_tuple_string_string_t *value)
{
    uw_val_t made = uw_val_tuple(call->abi, 2);

    made.of.tuple.data[0] =
        uw_val_string(call->abi, (value->f0).data, (value->f0).size);
    made.of.tuple.data[1] =
        uw_val_string(call->abi, (value->f1).data, (value->f1).size);

    return made;
}


uw_val_t
uw_make_config_runtime_config_error(
    uw_call_t *call, const uw_config_runtime_config_error_t *value)
{
    uw_val_t payload;

    switch (value->tag) {
    case UW_CONFIG_RUNTIME_CONFIG_ERROR_UPSTREAM:
        payload = uw_val_string(call->abi, (value->of.upstream).data,
                                (value->of.upstream).size);
        break;
    default:
        payload =
            uw_val_string(call->abi, (value->of.io).data, (value->of.io).size);
    }

    return uw_val_variant(
        call->abi, uw_config_runtime_config_error_names[value->tag], &payload);
}


uw_val_t
uw_make_config_store_error(uw_call_t *call,
                           const uw_config_store_error_t *value)
{
    uw_val_t payload;

    switch (value->tag) {
    case UW_CONFIG_STORE_ERROR_UPSTREAM:
        payload = uw_val_string(call->abi, (value->of.upstream).data,
                                (value->of.upstream).size);
        break;
    default:
        payload =
            uw_val_string(call->abi, (value->of.io).data, (value->of.io).size);
    }

    return uw_val_variant(call->abi, uw_config_store_error_names[value->tag],
                          &payload);
}

/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/cli.h"


bool
uw_read_cli_result_none_none(uw_call_t *call, const uw_val_t *val,
                             uw_cli_result_none_none_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_RESULT)) {
        return false;
    }
    value->is_ok = val->of.result.is_ok;

    return true;
}


uw_val_t
uw_make_cli_tuple_string_string(uw_call_t *call,
                                const uw_cli_tuple_string_string_t *value)
{
    uw_val_t made = uw_val_tuple(call->abi, 2);

    made.of.tuple.data[0] =
        uw_val_string(call->abi, (value->f0).data, (value->f0).size);
    made.of.tuple.data[1] =
        uw_val_string(call->abi, (value->f1).data, (value->f1).size);

    return made;
}

/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/io.h"


const char *const uw_io_stream_error_names[] = {
    "last-operation-failed",
    "closed",
};

bool
uw_make_io_stream_error(uw_call_t *call, const uw_io_stream_error_t *value,
                        uw_val_t *val)
{
    uw_val_t payload;

    switch (value->tag) {
    case UW_IO_STREAM_ERROR_LAST_OPERATION_FAILED:
        if (!uw_handle(call, value->of.last_operation_failed, &payload)) {
            return false;
        }
        break;
    default:
        *val = uw_val_variant(call->abi, uw_io_stream_error_names[value->tag],
                              NULL);

        return true;
    }

    *val = uw_val_variant(call->abi, uw_io_stream_error_names[value->tag],
                          &payload);

    return true;
}

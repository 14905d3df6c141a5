/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/filesystem.h"


const char *const uw_filesystem_error_code_names[] = {
    "access",
    "would-block",
    "already",
    "bad-descriptor",
    "busy",
    "deadlock",
    "quota",
    "exist",
    "file-too-large",
    "illegal-byte-sequence",
    "in-progress",
    "interrupted",
    "invalid",
    "io",
    "is-directory",
    "loop",
    "too-many-links",
    "message-size",
    "name-too-long",
    "no-device",
    "no-entry",
    "no-lock",
    "insufficient-memory",
    "insufficient-space",
    "not-directory",
    "not-empty",
    "not-recoverable",
    "unsupported",
    "no-tty",
    "no-such-device",
    "overflow",
    "not-permitted",
    "pipe",
    "read-only",
    "invalid-seek",
    "text-file-busy",
    "cross-device",
};

bool
uw_make_filesystem_tuple_descriptor_string(
    uw_call_t *call, const uw_filesystem_tuple_descriptor_string_t *value,
    uw_val_t *val)
{
    (*val) = uw_val_tuple(call->abi, 2);

    if (!uw_handle(call, value->f0, &(*val).of.tuple.data[0])) {
        uw_unmake(call, val);
        return false;
    }
    (*val).of.tuple.data[1] =
        uw_val_string(call->abi, (value->f1).data, (value->f1).size);

    return true;
}


uw_val_t
uw_make_filesystem_error_code(uw_call_t *call, uw_filesystem_error_code_t value)
{
    return uw_val_enum(call->abi, uw_filesystem_error_code_names[value]);
}

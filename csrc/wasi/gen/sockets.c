/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/sockets.h"


const char *const uw_sockets_network_error_code_names[] = {
    "unknown",
    "access-denied",
    "not-supported",
    "invalid-argument",
    "out-of-memory",
    "timeout",
    "concurrency-conflict",
    "not-in-progress",
    "would-block",
    "invalid-state",
    "new-socket-limit",
    "address-not-bindable",
    "address-in-use",
    "remote-unreachable",
    "connection-refused",
    "connection-reset",
    "connection-aborted",
    "datagram-too-large",
    "name-unresolvable",
    "temporary-resolver-failure",
    "permanent-resolver-failure",
};

uw_val_t
uw_make_sockets_network_error_code(uw_call_t *call,
                                   uw_sockets_network_error_code_t value)
{
    return uw_val_enum(call->abi, uw_sockets_network_error_code_names[value]);
}

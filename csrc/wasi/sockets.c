/*
 * wasi:sockets with no network to use: every function that asks for a socket or
 * an address answers `access-denied`, so that no other resource than `network`,
 * which says nothing, comes into being.
 */

#include "wasi/sockets.h"


uw_step_t
uw_sockets_instance_network(uw_call_t *call)
{
    uw_resource_t *network = uw_make(call, &uw_sockets_network_type, 0);

    return network == NULL ? UW_TRAP : uw_return_handle(call, network);
}


uw_step_t
uw_sockets_refuse(uw_call_t *call)
{
    uw_val_t error;

    if (!uw_args_release(call)) {
        return UW_TRAP;
    }

    error = uw_make_sockets_network_error_code(
        call, UW_SOCKETS_NETWORK_ERROR_CODE_ACCESS_DENIED);

    return uw_return_err(call, &error);
}


/* For functions that have no error to answer. */
uw_step_t
uw_sockets_unreachable(uw_call_t *call)
{
    return uw_trap(call, "a component that is given no network cannot hold a "
                         "socket");
}


/* No stream comes from a socket, so no error of a stream does. */
uw_step_t
uw_sockets_network_error_code(uw_call_t *call, uw_resource_t *err)
{
    (void) err;

    return uw_return(call, uw_val_option(call->abi, NULL));
}


const uw_package_t uw_wasi_sockets = { .interfaces = uw_sockets_interfaces };

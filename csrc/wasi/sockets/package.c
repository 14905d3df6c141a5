#include "wasi/sockets/package.h"

#include "wasi/io/poll.h"
#include "wasi/sockets/socket.h"


uw_step_t
uw_sockets_instance_network(uw_call_t *call)
{
    return uw_return_handle(call, uw_make(call, &uw_sockets_network_type, 0));
}


uw_step_t
uw_sockets_network_error_code(uw_call_t *call, uw_resource_t *err)
{
    const uw_failure_t *failure = uw_as_error(err);
    uw_val_t code;

    if (failure->code != NULL || failure->package != UW_FAILURE_NETWORK) {
        return uw_return(call, uw_val_option(call->abi, NULL));
    }
    code = uw_make_sockets_network_error_code(
        call, (uw_network_error_t) failure->number);

    return uw_return(call, uw_val_option(call->abi, &code));
}


/* ---- The state of an instance: its resources leave nothing in it but names ---- */

static void
uw_sockets_end(uw_instance_t *instance, void *state)
{
    uw_sockets_state_t *sockets = state;

    (void) instance;

    if (sockets->granted.data != NULL) {
        uw_buf_free(&sockets->granted);
    }
}


static void
uw_sockets_free(void *state)
{
    uw_sockets_state_t *sockets = state;

    uw_buf_free(&sockets->granted);
}


const uw_package_t uw_wasi_sockets = {
    .interfaces = uw_sockets_interfaces,
    .place = UW_PACKAGE_SOCKETS,
    .state_size = sizeof(uw_sockets_state_t),
    .end = uw_sockets_end,
    .free = uw_sockets_free,
};

#include "wasi/http/handler.h"

#include "wasi/gen/http.h"


/* Its two arguments, as owned handles; fails when the guest's table is full. */
static wasmtime_error_t *
uw_http_enter(uw_instance_t *instance, uw_frame_t *frame)
{
    uw_call_t call = { .instance = instance, .abi = &instance->abi };
    uw_resource_t *request = uw_make(&call, &uw_http_incoming_request_type, 0);
    uw_resource_t *outparam;

    frame->args = frame->values;
    if (!uw_handle(&call, request, &frame->args[0])) {
        return call.error;
    }
    frame->args_size = 1;

    outparam = uw_make(&call, &uw_http_response_outparam_type, 0);
    if (uw_handle(&call, outparam, &frame->args[1])) {
        frame->args_size = 2;
    }

    return call.error;
}


const uw_entry_t uw_http_handler = { .export = 0, .enter = uw_http_enter };

/*
 * wasi:io/streams: splice, which moves bytes from one stream to another without
 * showing them to the guest.
 */

#include "wasi/io/package.h"


static uw_step_t
uw_splice_now(uw_call_t *call, uw_resource_t *sink, uw_resource_t *source,
              uint64_t wanted)
{
    const uw_output_ops_t *out = sink->as.output.ops;
    const uw_input_ops_t *in = source->as.input.ops;
    uw_failure_t failure = { .text = "" };
    uint64_t budget = 0;
    uw_slice_t bytes;
    uw_val_t value;
    size_t size;
    uw_io_t io = out->check(call->instance, sink, &budget, &failure);

    if (io == UW_IO_READY) {
        io = uw_read_peek(call->instance, source, &bytes, &failure);
    }
    if (io == UW_IO_WAIT) {
        return UW_WAIT;
    }
    if (io != UW_IO_READY) {
        return uw_stream_error(call, io, &failure);
    }

    size = uw_read_size(bytes, wanted < budget ? wanted : budget);
    io = size == 0
             ? UW_IO_READY
             : out->write(call->instance, sink, bytes.data, size, &failure);
    if (io != UW_IO_READY) {
        return uw_stream_error(call, io, &failure);
    }
    in->take(call->instance, source, size);
    value = uw_val_u64(size);

    return uw_return_ok(call, &value);
}


static bool
uw_splice_args(uw_call_t *call, uw_resource_t **sink, uw_resource_t **source,
               uint64_t *wanted)
{
    *sink = uw_arg_handle(call, 0, UW_RES_OUTPUT_STREAM);
    *source = uw_arg_handle(call, 1, UW_RES_INPUT_STREAM);

    return *sink != NULL && *source != NULL && uw_arg_u64(call, 2, wanted);
}


uw_step_t
uw_output_splice(uw_call_t *call)
{
    uw_resource_t *sink;
    uw_resource_t *source;
    uint64_t wanted;
    uw_val_t nothing = uw_val_u64(0);
    uw_step_t step;

    if (!uw_splice_args(call, &sink, &source, &wanted)) {
        return UW_TRAP;
    }
    step = uw_splice_now(call, sink, source, wanted);

    return step == UW_WAIT ? uw_return_ok(call, &nothing) : step;
}


static uw_step_t
uw_attempt_splice(uw_call_t *call)
{
    const uw_wait_t *wait = &call->instance->wait;
    uw_resource_t *sink = uw_resource_get(&call->instance->resources,
                                          wait->stream, UW_RES_OUTPUT_STREAM);
    uw_step_t step = uw_splice_now(
        call, sink, uw_waited_input(call, wait->source), wait->size);

    return step == UW_WAIT && !uw_output_ready(call->instance, sink)
               ? uw_wait_for_room(call, sink)
               : step;
}


uw_step_t
uw_output_blocking_splice(uw_call_t *call)
{
    uw_wait_t *wait = &call->instance->wait;
    uw_resource_t *sink;
    uw_resource_t *source;

    if (!uw_splice_args(call, &sink, &source, &wait->size)) {
        return UW_TRAP;
    }
    wait->at = UINT64_MAX;
    wait->stream = sink->rep;
    wait->source = source->rep;

    return uw_attempt(call, uw_attempt_splice);
}

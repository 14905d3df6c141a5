/*
 * wasi:io/streams: splice, which moves bytes from one stream to another without
 * showing them to the guest.
 */

#include "wasi/io/streams.h"
#include "wasi/io/wait.h"


static uw_step_t
uw_splice_now(uw_call_t *call, uw_resource_t *sink, uw_resource_t *source,
              uint64_t wanted)
{
    const uw_output_ops_t *out = uw_as_output(sink)->ops;
    const uw_input_ops_t *in = uw_as_input(source)->ops;
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
        return uw_output_error(call, sink, io, &failure);
    }
    in->take(call->instance, source, size);
    value = uw_val_u64(size);

    return uw_return_ok(call, &value);
}


uw_step_t
uw_io_output_stream_splice(uw_call_t *call, uw_resource_t *self,
                           uw_resource_t *src, uint64_t len)
{
    uw_val_t nothing = uw_val_u64(0);
    uw_step_t step = uw_splice_now(call, self, src, len);

    return step == UW_WAIT ? uw_return_ok(call, &nothing) : step;
}


static uw_step_t
uw_attempt_splice(uw_call_t *call, void *state)
{
    const uw_io_wait_t *wait = state;
    uw_resource_t *sink = uw_resource_get(
        &call->instance->resources, wait->stream, &uw_io_output_stream_type);
    uw_step_t step = uw_splice_now(
        call, sink, uw_waited_input(call, wait->source), wait->size);

    return step == UW_WAIT && !uw_output_ready(call->instance, sink)
               ? uw_wait_for_room(call, sink)
               : step;
}


uw_step_t
uw_io_output_stream_blocking_splice(uw_call_t *call, uw_resource_t *self,
                                    uw_resource_t *src, uint64_t len)
{
    uw_io_wait_t *wait = uw_io_wait(call);

    wait->stream = self->rep;
    wait->source = src->rep;
    wait->size = len;

    return uw_attempt(call, uw_attempt_splice, wait, UINT64_MAX);
}

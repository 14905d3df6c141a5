/*
 * wasi:io/streams.  What is behind a stream is uw_input_ops_t or
 * uw_output_ops_t (guest/resource.h); this file is what the guest sees.
 */

#include "wasi/io/package.h"

/* WIT, blocking-write-and-flush: "a buffer of up to 4096 bytes". */
#define UW_BLOCKING_WRITE_MAX 4096

/* One read hands out at most this much, whatever the guest asks for: what fits,
 * packed, into the one page of memory that a rewritten component has for it.  To
 * grow that, and to shrink it for the next instance, are two system calls. */
#define UW_READ_MAX 57280

static const uint8_t uw_zeroes[UW_BLOCKING_WRITE_MAX];


uw_step_t
uw_stream_error(uw_call_t *call, uw_io_t io, const uw_failure_t *failure)
{
    uw_resource_t *error;
    uw_val_t handle;
    uw_val_t value;

    if (io == UW_IO_CLOSED) {
        value = uw_val_variant(call->abi, "closed", NULL);
        return uw_return_err(call, &value);
    }

    error = uw_make(call, UW_RES_ERROR, 0);
    if (error == NULL) {
        return UW_TRAP;
    }
    error->as.error = *failure;
    if (!uw_handle(call, error, &handle)) {
        return UW_TRAP;
    }
    value = uw_val_variant(call->abi, "last-operation-failed", &handle);

    return uw_return_err(call, &value);
}


/* ---- Input streams ---- */

static uw_io_t
uw_empty_peek(uw_instance_t *instance, uw_resource_t *stream, uw_slice_t *bytes,
              uw_failure_t *failure)
{
    (void) instance;
    (void) stream;
    (void) failure;
    *bytes = (uw_slice_t) { NULL, 0 };

    return UW_IO_CLOSED;
}


static void
uw_empty_take(uw_instance_t *instance, uw_resource_t *stream, size_t size)
{
    (void) instance;
    (void) stream;
    (void) size;
}


const uw_input_ops_t uw_empty_input = { uw_empty_peek, uw_empty_take };


uw_resource_t *
uw_input_stream(uw_call_t *call, uint32_t parent, const uw_input_ops_t *ops,
                void *object)
{
    uw_resource_t *stream = uw_make(call, UW_RES_INPUT_STREAM, parent);

    if (stream != NULL) {
        stream->as.input.ops = ops;
        stream->as.input.object = object;
    }

    return stream;
}


size_t
uw_read_size(uw_slice_t bytes, uint64_t wanted)
{
    size_t most = bytes.size < UW_READ_MAX ? bytes.size : UW_READ_MAX;

    return wanted < most ? (size_t) wanted : most;
}


uw_io_t
uw_read_peek(uw_instance_t *instance, uw_resource_t *stream, uw_slice_t *bytes,
             uw_failure_t *failure)
{
    uw_io_t io = stream->as.input.ops->peek(instance, stream, bytes, failure);

    if (io != UW_IO_FAILED) {
        return io;
    }
    if (stream->as.input.failed) {
        return UW_IO_CLOSED;
    }
    stream->as.input.failed = true;

    return io;
}


/* Returns the bytes (or, for skip, their number); UW_WAIT when none came. */
static uw_step_t
uw_read_now(uw_call_t *call, uw_resource_t *stream, uint64_t wanted, bool skip)
{
    uw_failure_t failure = { .text = "" };
    uw_slice_t bytes;
    uw_val_t value;
    size_t size;
    uw_io_t io = uw_read_peek(call->instance, stream, &bytes, &failure);

    if (io == UW_IO_WAIT) {
        return UW_WAIT;
    }
    if (io != UW_IO_READY) {
        return uw_stream_error(call, io, &failure);
    }

    size = uw_read_size(bytes, wanted);
    value = skip ? uw_val_u64(size)
                 : uw_val_stream_bytes(call->abi, bytes.data, size);
    stream->as.input.ops->take(call->instance, stream, size);

    return uw_return_ok(call, &value);
}


static uw_step_t
uw_read(uw_call_t *call, bool skip)
{
    uw_resource_t *stream = uw_arg_handle(call, 0, UW_RES_INPUT_STREAM);
    uint64_t wanted;
    uw_step_t step;
    uw_val_t nothing;

    if (stream == NULL || !uw_arg_u64(call, 1, &wanted)) {
        return UW_TRAP;
    }

    step = uw_read_now(call, stream, wanted, skip);
    if (step != UW_WAIT) {
        return step;
    }
    nothing = skip ? uw_val_u64(0) : uw_val_stream_bytes(call->abi, NULL, 0);

    return uw_return_ok(call, &nothing);
}


uw_resource_t *
uw_waited_input(const uw_call_t *call, uint32_t rep)
{
    return uw_resource_get(&call->instance->resources, rep,
                           UW_RES_INPUT_STREAM);
}


static uw_step_t
uw_attempt_read(uw_call_t *call)
{
    const uw_wait_t *wait = &call->instance->wait;

    return uw_read_now(call, uw_waited_input(call, wait->stream), wait->size,
                       false);
}


static uw_step_t
uw_attempt_skip(uw_call_t *call)
{
    const uw_wait_t *wait = &call->instance->wait;

    return uw_read_now(call, uw_waited_input(call, wait->stream), wait->size,
                       true);
}


static uw_step_t
uw_blocking_read(uw_call_t *call, uw_host_fn_t attempt)
{
    uw_resource_t *stream = uw_arg_handle(call, 0, UW_RES_INPUT_STREAM);
    uw_wait_t *wait = &call->instance->wait;

    if (stream == NULL || !uw_arg_u64(call, 1, &wait->size)) {
        return UW_TRAP;
    }
    wait->at = UINT64_MAX;
    wait->stream = stream->rep;

    return uw_attempt(call, attempt);
}


static uw_step_t
uw_input_read(uw_call_t *call)
{
    return uw_read(call, false);
}


static uw_step_t
uw_input_skip(uw_call_t *call)
{
    return uw_read(call, true);
}


static uw_step_t
uw_input_blocking_read(uw_call_t *call)
{
    return uw_blocking_read(call, uw_attempt_read);
}


static uw_step_t
uw_input_blocking_skip(uw_call_t *call)
{
    return uw_blocking_read(call, uw_attempt_skip);
}


static bool
uw_input_ready(uw_instance_t *instance, uw_resource_t *stream)
{
    uw_failure_t failure;
    uw_slice_t bytes;

    return stream->as.input.ops->peek(instance, stream, &bytes, &failure)
           != UW_IO_WAIT;
}


static uw_step_t
uw_input_subscribe(uw_call_t *call)
{
    return uw_subscribe(call, UW_RES_INPUT_STREAM, uw_input_ready);
}


/* ---- Output streams ---- */

uw_resource_t *
uw_output_stream(uw_call_t *call, uint32_t parent, const uw_output_ops_t *ops,
                 void *object)
{
    uw_resource_t *stream = uw_make(call, UW_RES_OUTPUT_STREAM, parent);

    if (stream != NULL) {
        stream->as.output.ops = ops;
        stream->as.output.object = object;
    }

    return stream;
}


bool
uw_output_ready(uw_instance_t *instance, uw_resource_t *stream)
{
    uw_failure_t failure;
    uint64_t budget;

    return stream->as.output.ops->check(instance, stream, &budget, &failure)
           != UW_IO_WAIT;
}


static uw_step_t
uw_output_subscribe(uw_call_t *call)
{
    return uw_subscribe(call, UW_RES_OUTPUT_STREAM, uw_output_ready);
}


/* What may be written now, 0 where there is no room; never UW_IO_WAIT. */
static uw_io_t
uw_output_budget(uw_call_t *call, uw_resource_t *stream, uint64_t *budget,
                 uw_failure_t *failure)
{
    uw_io_t io =
        stream->as.output.ops->check(call->instance, stream, budget, failure);

    if (io == UW_IO_WAIT) {
        *budget = 0;
        return UW_IO_READY;
    }

    return io;
}


static uw_step_t
uw_output_check_write(uw_call_t *call)
{
    uw_resource_t *stream = uw_arg_handle(call, 0, UW_RES_OUTPUT_STREAM);
    uw_failure_t failure = { .text = "" };
    uint64_t budget;
    uw_val_t value;
    uw_io_t io;

    if (stream == NULL) {
        return UW_TRAP;
    }

    io = uw_output_budget(call, stream, &budget, &failure);
    if (io != UW_IO_READY) {
        return uw_stream_error(call, io, &failure);
    }
    value = uw_val_u64(budget);

    return uw_return_ok(call, &value);
}


/*
 * Writes `size` bytes, or that many zeroes when `bytes` is NULL, which must be
 * within the budget.
 */
static uw_step_t
uw_write_now(uw_call_t *call, uw_resource_t *stream, const uint8_t *bytes,
             uint64_t size)
{
    const uw_output_ops_t *ops = stream->as.output.ops;
    uw_failure_t failure = { .text = "" };
    uint64_t budget;
    uw_io_t io = uw_output_budget(call, stream, &budget, &failure);

    if (io == UW_IO_READY && size > budget) {
        return uw_trap(call, "write exceeded budget");
    }

    while (io == UW_IO_READY && size != 0) {
        size_t step = bytes == NULL && size > sizeof(uw_zeroes)
                          ? sizeof(uw_zeroes)
                          : (size_t) size;

        io = ops->write(call->instance, stream,
                        bytes == NULL ? uw_zeroes : bytes, step, &failure);
        size -= step;
    }

    return io == UW_IO_READY ? uw_return_ok(call, NULL)
                             : uw_stream_error(call, io, &failure);
}


static uw_step_t
uw_output_write(uw_call_t *call)
{
    uw_resource_t *stream = uw_arg_handle(call, 0, UW_RES_OUTPUT_STREAM);
    uw_slice_t bytes;

    if (stream == NULL || !uw_arg_stream_bytes(call, 1, &bytes)) {
        return UW_TRAP;
    }

    /* An empty list may come with a null pointer, which would mean zeroes. */
    return uw_write_now(
        call, stream, bytes.data == NULL ? uw_zeroes : bytes.data, bytes.size);
}


static uw_step_t
uw_output_write_zeroes(uw_call_t *call)
{
    uw_resource_t *stream = uw_arg_handle(call, 0, UW_RES_OUTPUT_STREAM);
    uint64_t size;

    if (stream == NULL || !uw_arg_u64(call, 1, &size)) {
        return UW_TRAP;
    }

    return uw_write_now(call, stream, NULL, size);
}


static uw_step_t
uw_output_flush(uw_call_t *call)
{
    uw_resource_t *stream = uw_arg_handle(call, 0, UW_RES_OUTPUT_STREAM);
    uw_failure_t failure = { .text = "" };
    uint64_t budget;
    uw_io_t io;

    if (stream == NULL) {
        return UW_TRAP;
    }

    io = uw_output_budget(call, stream, &budget, &failure);

    return io == UW_IO_READY ? uw_return_ok(call, NULL)
                             : uw_stream_error(call, io, &failure);
}


bool
uw_output_hopeless(uw_instance_t *instance, uw_resource_t *stream)
{
    const uw_output_ops_t *ops = stream->as.output.ops;

    return ops->hopeless != NULL && ops->hopeless(instance, stream);
}


uw_step_t
uw_trap_hopeless(uw_call_t *call)
{
    return uw_trap(call, "waits for room in a body that nobody reads yet: "
                         "response-outparam.set or outgoing-handler.handle "
                         "comes first");
}


uw_step_t
uw_wait_for_room(uw_call_t *call, uw_resource_t *stream)
{
    return uw_output_hopeless(call->instance, stream) ? uw_trap_hopeless(call)
                                                      : UW_WAIT;
}


/* Writes what waits in wait->bytes, then waits until it is on its way. */
static uw_step_t
uw_attempt_write_and_flush(uw_call_t *call)
{
    uw_wait_t *wait = &call->instance->wait;
    uw_resource_t *stream = uw_resource_get(&call->instance->resources,
                                            wait->stream, UW_RES_OUTPUT_STREAM);
    const uw_output_ops_t *ops = stream->as.output.ops;
    uw_failure_t failure = { .text = "" };
    uint64_t budget = 0;
    size_t size;
    uw_io_t io = UW_IO_READY;

    while (io == UW_IO_READY && uw_buf_size(&wait->bytes) != 0) {
        io = ops->check(call->instance, stream, &budget, &failure);
        if (io == UW_IO_READY) {
            size = uw_buf_size(&wait->bytes);
            size = budget < size ? (size_t) budget : size;
            io = ops->write(call->instance, stream, uw_buf_head(&wait->bytes),
                            size, &failure);
            uw_buf_consume(&wait->bytes, size);
        }
    }
    if (io == UW_IO_READY) {
        io = ops->flushed(call->instance, stream, &failure);
    }

    switch (io) {
    case UW_IO_READY:
        return uw_return_ok(call, NULL);
    case UW_IO_WAIT:
        return uw_wait_for_room(call, stream);
    default:
        return uw_stream_error(call, io, &failure);
    }
}


static uw_step_t
uw_write_and_flush(uw_call_t *call, uw_resource_t *stream, const char *name,
                   const uint8_t *bytes, uint64_t size)
{
    uw_wait_t *wait = &call->instance->wait;

    if (size > UW_BLOCKING_WRITE_MAX) {
        return uw_trap(call, "%s of %llu bytes: at most %u are allowed", name,
                       (unsigned long long) size,
                       (unsigned) UW_BLOCKING_WRITE_MAX);
    }

    wait->at = UINT64_MAX;
    wait->stream = stream->rep;
    uw_buf_reset(&wait->bytes, UW_BLOCKING_WRITE_MAX);
    if (uw_buf_append(&wait->bytes, bytes, (size_t) size) != 0) {
        return uw_trap(call, "memory is out");
    }

    return uw_attempt(call, uw_attempt_write_and_flush);
}


static uw_step_t
uw_output_blocking_write_and_flush(uw_call_t *call)
{
    uw_resource_t *stream = uw_arg_handle(call, 0, UW_RES_OUTPUT_STREAM);
    uw_slice_t bytes;

    if (stream == NULL || !uw_arg_stream_bytes(call, 1, &bytes)) {
        return UW_TRAP;
    }

    return uw_write_and_flush(call, stream, "blocking-write-and-flush",
                              bytes.data, bytes.size);
}


static uw_step_t
uw_output_blocking_write_zeroes_and_flush(uw_call_t *call)
{
    uw_resource_t *stream = uw_arg_handle(call, 0, UW_RES_OUTPUT_STREAM);
    uint64_t size;

    if (stream == NULL || !uw_arg_u64(call, 1, &size)) {
        return UW_TRAP;
    }

    return uw_write_and_flush(call, stream, "blocking-write-zeroes-and-flush",
                              uw_zeroes, size);
}


static uw_step_t
uw_output_blocking_flush(uw_call_t *call)
{
    uw_resource_t *stream = uw_arg_handle(call, 0, UW_RES_OUTPUT_STREAM);

    if (stream == NULL) {
        return UW_TRAP;
    }

    return uw_write_and_flush(call, stream, "blocking-flush", uw_zeroes, 0);
}


/* ---- Tables ---- */

/* clang-format off */

const uw_host_resource_t uw_streams_resources[] = {
    { "input-stream",  UW_RES_INPUT_STREAM },
    { "output-stream", UW_RES_OUTPUT_STREAM },
    { NULL, UW_RES_FREE },
};

const uw_host_func_t uw_streams_functions[] = {
    { "[method]input-stream.read",          uw_input_read,          2, 1, UW_SHORT, false },
    { "[method]input-stream.blocking-read", uw_input_blocking_read, 2, 1, UW_WAITS, false },
    { "[method]input-stream.skip",          uw_input_skip,          2, 1, UW_SHORT, false },
    { "[method]input-stream.blocking-skip", uw_input_blocking_skip, 2, 1, UW_WAITS, false },
    { "[method]input-stream.subscribe",     uw_input_subscribe,     1, 1, UW_SHORT, false },
    { "[method]output-stream.check-write",  uw_output_check_write,  1, 1, UW_SHORT, false },
    { "[method]output-stream.write",        uw_output_write,        2, 1, UW_GIVES_WAY, false },
    { "[method]output-stream.blocking-write-and-flush",
      uw_output_blocking_write_and_flush, 2, 1, UW_WAITS, false },
    { "[method]output-stream.flush",          uw_output_flush,          1, 1, UW_SHORT, false },
    { "[method]output-stream.blocking-flush", uw_output_blocking_flush, 1, 1, UW_WAITS, false },
    { "[method]output-stream.subscribe",      uw_output_subscribe,      1, 1, UW_SHORT, false },
    { "[method]output-stream.write-zeroes",   uw_output_write_zeroes,   2, 1, UW_GIVES_WAY, false },
    { "[method]output-stream.blocking-write-zeroes-and-flush",
      uw_output_blocking_write_zeroes_and_flush, 2, 1, UW_WAITS, false },
    { "[method]output-stream.splice",          uw_output_splice,          3, 1, UW_GIVES_WAY, false },
    { "[method]output-stream.blocking-splice", uw_output_blocking_splice, 3, 1, UW_WAITS, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

/* clang-format on */

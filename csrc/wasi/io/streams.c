/*
 * wasi:io/streams.  What is behind a stream is uw_input_ops_t or
 * uw_output_ops_t (wasi/io/streams.h); this file is what the guest sees.
 */

#include "wasi/io/streams.h"

#include "wasi/io/poll.h"
#include "wasi/io/wait.h"

/* WIT, blocking-write-and-flush: "a buffer of up to 4096 bytes". */
#define UW_BLOCKING_WRITE_MAX 4096

static const uint8_t uw_zeroes[UW_BLOCKING_WRITE_MAX];


uw_step_t
uw_stream_error(uw_call_t *call, uw_io_t io, const uw_failure_t *failure)
{
    uw_io_stream_error_t error = { .tag = UW_IO_STREAM_ERROR_CLOSED };
    uw_resource_t *resource;
    uw_val_t value;

    if (io != UW_IO_CLOSED) {
        resource = uw_make(call, &uw_io_error_type, 0);
        if (resource == NULL) {
            return UW_TRAP;
        }
        *uw_as_error(resource) = *failure;
        error.tag = UW_IO_STREAM_ERROR_LAST_OPERATION_FAILED;
        error.of.last_operation_failed = resource;
    }

    return uw_make_io_stream_error(call, &error, &value)
               ? uw_return_err(call, &value)
               : UW_TRAP;
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


const uw_input_ops_t uw_empty_input = { .peek = uw_empty_peek,
                                        .take = uw_empty_take };


uw_resource_t *
uw_input_stream(uw_call_t *call, uint32_t parent, const uw_input_ops_t *ops,
                void *object)
{
    uw_resource_t *stream = uw_make(call, &uw_io_input_stream_type, parent);

    if (stream != NULL) {
        uw_as_input(stream)->ops = ops;
        uw_as_input(stream)->object = object;
    }

    return stream;
}


void
uw_io_input_stream_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    const uw_input_ops_t *ops = uw_as_input(resource)->ops;

    if (ops != NULL && ops->drop != NULL) {
        ops->drop(instance, resource);
    }
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
    uw_io_t io =
        uw_as_input(stream)->ops->peek(instance, stream, bytes, failure);

    if (io != UW_IO_FAILED) {
        return io;
    }
    if (uw_as_input(stream)->failed) {
        return UW_IO_CLOSED;
    }
    uw_as_input(stream)->failed = true;

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
    uw_as_input(stream)->ops->take(call->instance, stream, size);

    return uw_return_ok(call, &value);
}


uw_step_t
uw_io_input_stream_read(uw_call_t *call, uw_resource_t *self, uint64_t len)
{
    uw_step_t step = uw_read_now(call, self, len, false);
    uw_val_t nothing;

    if (step != UW_WAIT) {
        return step;
    }
    nothing = uw_val_stream_bytes(call->abi, NULL, 0);

    return uw_return_ok(call, &nothing);
}


uw_step_t
uw_io_input_stream_skip(uw_call_t *call, uw_resource_t *self, uint64_t len)
{
    uw_step_t step = uw_read_now(call, self, len, true);
    uw_val_t nothing = uw_val_u64(0);

    return step == UW_WAIT ? uw_return_ok(call, &nothing) : step;
}


uw_resource_t *
uw_waited_input(const uw_call_t *call, uint32_t rep)
{
    return uw_resource_get(&call->instance->resources, rep,
                           &uw_io_input_stream_type);
}


static uw_step_t
uw_attempt_read(uw_call_t *call, void *state)
{
    const uw_io_wait_t *wait = state;

    return uw_read_now(call, uw_waited_input(call, wait->stream), wait->size,
                       false);
}


static uw_step_t
uw_attempt_skip(uw_call_t *call, void *state)
{
    const uw_io_wait_t *wait = state;

    return uw_read_now(call, uw_waited_input(call, wait->stream), wait->size,
                       true);
}


static uw_step_t
uw_blocking_read(uw_call_t *call, uw_resource_t *stream, uint64_t wanted,
                 uw_attempt_t attempt)
{
    uw_io_wait_t *wait = uw_io_wait(call);

    wait->stream = stream->rep;
    wait->size = wanted;

    return uw_attempt(call, attempt, wait, UINT64_MAX);
}


uw_step_t
uw_io_input_stream_blocking_read(uw_call_t *call, uw_resource_t *self,
                                 uint64_t len)
{
    return uw_blocking_read(call, self, len, uw_attempt_read);
}


uw_step_t
uw_io_input_stream_blocking_skip(uw_call_t *call, uw_resource_t *self,
                                 uint64_t len)
{
    return uw_blocking_read(call, self, len, uw_attempt_skip);
}


static bool
uw_input_ready(uw_instance_t *instance, uw_resource_t *stream)
{
    uw_failure_t failure;
    uw_slice_t bytes;

    return uw_as_input(stream)->ops->peek(instance, stream, &bytes, &failure)
           != UW_IO_WAIT;
}


uw_step_t
uw_io_input_stream_subscribe(uw_call_t *call, uw_resource_t *self)
{
    return uw_subscribe(call, self, uw_input_ready, NULL);
}


/* ---- Output streams ---- */

uw_step_t
uw_output_error(uw_call_t *call, uw_resource_t *stream, uw_io_t io,
                const uw_failure_t *failure)
{
    uw_output_t *output = uw_as_output(stream);

    if (io == UW_IO_FAILED && output->failed) {
        io = UW_IO_CLOSED;
    }
    output->failed = output->failed || io == UW_IO_FAILED;

    return uw_stream_error(call, io, failure);
}


void
uw_io_output_stream_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    const uw_output_ops_t *ops = uw_as_output(resource)->ops;

    if (ops != NULL && ops->drop != NULL) {
        ops->drop(instance, resource);
    }
}


uw_resource_t *
uw_output_stream(uw_call_t *call, uint32_t parent, const uw_output_ops_t *ops,
                 void *object)
{
    uw_resource_t *stream = uw_make(call, &uw_io_output_stream_type, parent);

    if (stream != NULL) {
        uw_as_output(stream)->ops = ops;
        uw_as_output(stream)->object = object;
    }

    return stream;
}


bool
uw_output_never_ready(uw_instance_t *instance, uw_resource_t *stream)
{
    const uw_output_ops_t *ops = uw_as_output(stream)->ops;

    return ops->never_ready != NULL && ops->never_ready(instance, stream);
}


bool
uw_output_ready(uw_instance_t *instance, uw_resource_t *stream)
{
    uw_failure_t failure;
    uint64_t budget;

    return uw_as_output(stream)->ops->check(instance, stream, &budget, &failure)
           != UW_IO_WAIT;
}


uw_step_t
uw_io_output_stream_subscribe(uw_call_t *call, uw_resource_t *self)
{
    return uw_subscribe(call, self, uw_output_ready, uw_output_never_ready);
}


/* What may be written now, 0 where there is no room; never UW_IO_WAIT. */
static uw_io_t
uw_output_budget(uw_call_t *call, uw_resource_t *stream, uint64_t *budget,
                 uw_failure_t *failure)
{
    uw_io_t io = uw_as_output(stream)->ops->check(call->instance, stream,
                                                  budget, failure);

    if (io == UW_IO_WAIT) {
        *budget = 0;
        return UW_IO_READY;
    }

    return io;
}


uw_step_t
uw_io_output_stream_check_write(uw_call_t *call, uw_resource_t *self)
{
    uw_failure_t failure = { .text = "" };
    uint64_t budget;
    uw_val_t value;
    uw_io_t io = uw_output_budget(call, self, &budget, &failure);

    if (io != UW_IO_READY) {
        return uw_output_error(call, self, io, &failure);
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
    const uw_output_ops_t *ops = uw_as_output(stream)->ops;
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
                             : uw_output_error(call, stream, io, &failure);
}


/* Whether so many bytes may come, in pieces that are written one by one. */
static uw_step_t
uw_write_announced(uw_call_t *call, uw_resource_t *stream, uint64_t size)
{
    uw_failure_t failure = { .text = "" };
    uint64_t budget;
    uw_io_t io = uw_output_budget(call, stream, &budget, &failure);

    if (io != UW_IO_READY) {
        return uw_output_error(call, stream, io, &failure);
    }

    return size > budget ? uw_trap(call, "write exceeded budget")
                         : uw_return_ok(call, NULL);
}


uw_step_t
uw_io_output_stream_write(uw_call_t *call, uw_resource_t *self,
                          uw_slice_t contents)
{
    if (uw_is_announced(contents)) {
        return uw_write_announced(call, self, contents.size);
    }

    /* An empty list may come with a null pointer, which would mean zeroes. */
    return uw_write_now(call, self,
                        contents.data == NULL ? uw_zeroes : contents.data,
                        contents.size);
}


uw_step_t
uw_io_output_stream_write_zeroes(uw_call_t *call, uw_resource_t *self,
                                 uint64_t len)
{
    return uw_write_now(call, self, NULL, len);
}


uw_step_t
uw_io_output_stream_flush(uw_call_t *call, uw_resource_t *self)
{
    uw_failure_t failure = { .text = "" };
    uint64_t budget;
    uw_io_t io = uw_output_budget(call, self, &budget, &failure);

    return io == UW_IO_READY ? uw_return_ok(call, NULL)
                             : uw_output_error(call, self, io, &failure);
}


uw_step_t
uw_wait_for_room(uw_call_t *call, uw_resource_t *stream)
{
    return uw_output_never_ready(call->instance, stream)
               ? uw_trap_never_ready(call)
               : UW_WAIT;
}


/* Writes what waits in wait->bytes, then waits until it is on its way. */
static uw_step_t
uw_attempt_write_and_flush(uw_call_t *call, void *state)
{
    uw_io_wait_t *wait = state;
    uw_resource_t *stream = uw_resource_get(
        &call->instance->resources, wait->stream, &uw_io_output_stream_type);
    const uw_output_ops_t *ops = uw_as_output(stream)->ops;
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
    if (io == UW_IO_READY && ops->flushed != NULL) {
        io = ops->flushed(call->instance, stream, &failure);
    }

    switch (io) {
    case UW_IO_READY:
        return uw_return_ok(call, NULL);
    case UW_IO_WAIT:
        return uw_wait_for_room(call, stream);
    default:
        return uw_output_error(call, stream, io, &failure);
    }
}


static uw_step_t
uw_trap_write_too_long(uw_call_t *call, const char *name, uint64_t size)
{
    return uw_trap(call, "%s of %llu bytes: at most %u are allowed", name,
                   (unsigned long long) size, (unsigned) UW_BLOCKING_WRITE_MAX);
}


static uw_step_t
uw_write_and_flush(uw_call_t *call, uw_resource_t *stream, const char *name,
                   const uint8_t *bytes, uint64_t size)
{
    uw_io_wait_t *wait = uw_io_wait(call);

    if (size > UW_BLOCKING_WRITE_MAX) {
        return uw_trap_write_too_long(call, name, size);
    }

    wait->stream = stream->rep;
    uw_buf_reset(&wait->bytes, UW_BLOCKING_WRITE_MAX);
    if (uw_buf_append(&wait->bytes, bytes, (size_t) size) != 0) {
        return uw_trap(call, "out of memory");
    }

    return uw_attempt(call, uw_attempt_write_and_flush, wait, UINT64_MAX);
}


uw_step_t
uw_io_output_stream_blocking_write_and_flush(uw_call_t *call,
                                             uw_resource_t *self,
                                             uw_slice_t contents)
{
    static const char name[] = "blocking-write-and-flush";

    if (uw_is_announced(contents)) {
        return uw_trap_write_too_long(call, name, contents.size);
    }

    return uw_write_and_flush(call, self, name, contents.data, contents.size);
}


uw_step_t
uw_io_output_stream_blocking_write_zeroes_and_flush(uw_call_t *call,
                                                    uw_resource_t *self,
                                                    uint64_t len)
{
    return uw_write_and_flush(call, self, "blocking-write-zeroes-and-flush",
                              uw_zeroes, len);
}


uw_step_t
uw_io_output_stream_blocking_flush(uw_call_t *call, uw_resource_t *self)
{
    return uw_write_and_flush(call, self, "blocking-flush", uw_zeroes, 0);
}

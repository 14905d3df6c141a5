/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/io.h"


static uw_step_t
uw_io_error_to_debug_string_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_io_error_type, &self)) {
        return UW_TRAP;
    }

    return uw_io_error_to_debug_string(call, self);
}


static uw_step_t
uw_io_pollable_ready_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_io_pollable_type, &self)) {
        return UW_TRAP;
    }

    return uw_io_pollable_ready(call, self);
}


static uw_step_t
uw_io_pollable_block_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_io_pollable_type, &self)) {
        return UW_TRAP;
    }

    return uw_io_pollable_block(call, self);
}


static uw_step_t
uw_io_poll_call(uw_call_t *call)
{


    if (!uw_read_kind(call, &call->args[0], WASMTIME_COMPONENT_LIST)) {
        return UW_TRAP;
    }

    return uw_io_poll(call, &call->args[0]);
}


static uw_step_t
uw_io_input_stream_read_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t len;

    if (!uw_read_handle(call, &call->args[0], &uw_io_input_stream_type, &self)
        || !uw_read_u64(call, &call->args[1], &len))
    {
        return UW_TRAP;
    }

    return uw_io_input_stream_read(call, self, len);
}


static uw_step_t
uw_io_input_stream_blocking_read_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t len;

    if (!uw_read_handle(call, &call->args[0], &uw_io_input_stream_type, &self)
        || !uw_read_u64(call, &call->args[1], &len))
    {
        return UW_TRAP;
    }

    return uw_io_input_stream_blocking_read(call, self, len);
}


static uw_step_t
uw_io_input_stream_skip_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t len;

    if (!uw_read_handle(call, &call->args[0], &uw_io_input_stream_type, &self)
        || !uw_read_u64(call, &call->args[1], &len))
    {
        return UW_TRAP;
    }

    return uw_io_input_stream_skip(call, self, len);
}


static uw_step_t
uw_io_input_stream_blocking_skip_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t len;

    if (!uw_read_handle(call, &call->args[0], &uw_io_input_stream_type, &self)
        || !uw_read_u64(call, &call->args[1], &len))
    {
        return UW_TRAP;
    }

    return uw_io_input_stream_blocking_skip(call, self, len);
}


static uw_step_t
uw_io_input_stream_subscribe_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_io_input_stream_type, &self))
    {
        return UW_TRAP;
    }

    return uw_io_input_stream_subscribe(call, self);
}


static uw_step_t
uw_io_output_stream_check_write_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_io_output_stream_type, &self))
    {
        return UW_TRAP;
    }

    return uw_io_output_stream_check_write(call, self);
}


static uw_step_t
uw_io_output_stream_write_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t contents;

    if (!uw_read_handle(call, &call->args[0], &uw_io_output_stream_type, &self)
        || !uw_read_stream_bytes(call, &call->args[1], &contents))
    {
        return UW_TRAP;
    }

    return uw_io_output_stream_write(call, self, contents);
}


static uw_step_t
uw_io_output_stream_blocking_write_and_flush_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t contents;

    if (!uw_read_handle(call, &call->args[0], &uw_io_output_stream_type, &self)
        || !uw_read_stream_bytes(call, &call->args[1], &contents))
    {
        return UW_TRAP;
    }

    return uw_io_output_stream_blocking_write_and_flush(call, self, contents);
}


static uw_step_t
uw_io_output_stream_flush_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_io_output_stream_type, &self))
    {
        return UW_TRAP;
    }

    return uw_io_output_stream_flush(call, self);
}


static uw_step_t
uw_io_output_stream_blocking_flush_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_io_output_stream_type, &self))
    {
        return UW_TRAP;
    }

    return uw_io_output_stream_blocking_flush(call, self);
}


static uw_step_t
uw_io_output_stream_subscribe_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_io_output_stream_type, &self))
    {
        return UW_TRAP;
    }

    return uw_io_output_stream_subscribe(call, self);
}


static uw_step_t
uw_io_output_stream_write_zeroes_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t len;

    if (!uw_read_handle(call, &call->args[0], &uw_io_output_stream_type, &self)
        || !uw_read_u64(call, &call->args[1], &len))
    {
        return UW_TRAP;
    }

    return uw_io_output_stream_write_zeroes(call, self, len);
}


static uw_step_t
uw_io_output_stream_blocking_write_zeroes_and_flush_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t len;

    if (!uw_read_handle(call, &call->args[0], &uw_io_output_stream_type, &self)
        || !uw_read_u64(call, &call->args[1], &len))
    {
        return UW_TRAP;
    }

    return uw_io_output_stream_blocking_write_zeroes_and_flush(call, self, len);
}


static uw_step_t
uw_io_output_stream_splice_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_resource_t *src;
    uint64_t len;

    if (!uw_read_handle(call, &call->args[0], &uw_io_output_stream_type, &self)
        || !uw_read_handle(call, &call->args[1], &uw_io_input_stream_type, &src)
        || !uw_read_u64(call, &call->args[2], &len))
    {
        return UW_TRAP;
    }

    return uw_io_output_stream_splice(call, self, src, len);
}


static uw_step_t
uw_io_output_stream_blocking_splice_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_resource_t *src;
    uint64_t len;

    if (!uw_read_handle(call, &call->args[0], &uw_io_output_stream_type, &self)
        || !uw_read_handle(call, &call->args[1], &uw_io_input_stream_type, &src)
        || !uw_read_u64(call, &call->args[2], &len))
    {
        return UW_TRAP;
    }

    return uw_io_output_stream_blocking_splice(call, self, src, len);
}


/* clang-format off */

static const char *const uw_io_versions[] = { "0.2.", NULL };

const uw_resource_type_t uw_io_error_type = { 118, "error", NULL };

static const uw_resource_type_t *const uw_io_error_resources[] = {
    &uw_io_error_type,
    NULL,
};

static const uw_host_func_t uw_io_error_functions[] = {
    { "[method]error.to-debug-string", uw_io_error_to_debug_string_call, 119, 1, 1, UW_SHORT, false },
    { 0 },
};

const uw_resource_type_t uw_io_pollable_type = { 120, "pollable", NULL };

static const uw_resource_type_t *const uw_io_poll_resources[] = {
    &uw_io_pollable_type,
    NULL,
};

static const uw_host_func_t uw_io_poll_functions[] = {
    { "[method]pollable.ready", uw_io_pollable_ready_call, 121, 1, 1, UW_SHORT, false },
    { "[method]pollable.block", uw_io_pollable_block_call, 122, 1, 0, UW_WAITS, false },
    { "poll", uw_io_poll_call, 123, 1, 1, UW_WAITS, false },
    { 0 },
};

const uw_resource_type_t uw_io_input_stream_type = { 124, "input-stream", uw_io_input_stream_drop };
const uw_resource_type_t uw_io_output_stream_type = { 125, "output-stream", uw_io_output_stream_drop };

static const uw_resource_type_t *const uw_io_streams_resources[] = {
    &uw_io_input_stream_type,
    &uw_io_output_stream_type,
    NULL,
};

static const uw_host_func_t uw_io_streams_functions[] = {
    { "[method]input-stream.read", uw_io_input_stream_read_call, 126, 2, 1, UW_SHORT, false },
    { "[method]input-stream.blocking-read", uw_io_input_stream_blocking_read_call, 127, 2, 1, UW_WAITS, false },
    { "[method]input-stream.skip", uw_io_input_stream_skip_call, 128, 2, 1, UW_SHORT, false },
    { "[method]input-stream.blocking-skip", uw_io_input_stream_blocking_skip_call, 129, 2, 1, UW_WAITS, false },
    { "[method]input-stream.subscribe", uw_io_input_stream_subscribe_call, 130, 1, 1, UW_SHORT, false },
    { "[method]output-stream.check-write", uw_io_output_stream_check_write_call, 131, 1, 1, UW_SHORT, false },
    { "[method]output-stream.write", uw_io_output_stream_write_call, 132, 2, 1, UW_GIVES_WAY, false },
    { "[method]output-stream.blocking-write-and-flush", uw_io_output_stream_blocking_write_and_flush_call, 133, 2, 1, UW_WAITS, false },
    { "[method]output-stream.flush", uw_io_output_stream_flush_call, 134, 1, 1, UW_SHORT, false },
    { "[method]output-stream.blocking-flush", uw_io_output_stream_blocking_flush_call, 135, 1, 1, UW_WAITS, false },
    { "[method]output-stream.subscribe", uw_io_output_stream_subscribe_call, 136, 1, 1, UW_SHORT, false },
    { "[method]output-stream.write-zeroes", uw_io_output_stream_write_zeroes_call, 137, 2, 1, UW_GIVES_WAY, false },
    { "[method]output-stream.blocking-write-zeroes-and-flush", uw_io_output_stream_blocking_write_zeroes_and_flush_call, 138, 2, 1, UW_WAITS, false },
    { "[method]output-stream.splice", uw_io_output_stream_splice_call, 139, 3, 1, UW_GIVES_WAY, false },
    { "[method]output-stream.blocking-splice", uw_io_output_stream_blocking_splice_call, 140, 3, 1, UW_WAITS, false },
    { 0 },
};

const uw_host_interface_t uw_io_interfaces[] = {
    { "wasi:io/error", uw_io_versions, uw_io_error_resources, uw_io_error_functions },
    { "wasi:io/poll", uw_io_versions, uw_io_poll_resources, uw_io_poll_functions },
    { "wasi:io/streams", uw_io_versions, uw_io_streams_resources, uw_io_streams_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */

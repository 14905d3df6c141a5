/*
 * wasi:cli: the environment that the configuration gives, no arguments, no
 * terminal, an empty stdin, and stdout and stderr that are the log.
 */

#include <string.h>

#include "wasi/cli.h"

/* ---- wasi:cli/environment ---- */

/* "NAME=value" as a tuple of two strings. */
static uw_val_t
uw_environment_entry(const uw_abi_t *abi, const char *variable)
{
    const char *equals = strchr(variable, '=');
    size_t name_size =
        equals == NULL ? strlen(variable) : (size_t) (equals - variable);
    uw_slice_t value = uw_slice_of(equals == NULL ? "" : equals + 1);
    uw_val_t entry = uw_val_tuple(abi, 2);

    entry.of.tuple.data[0] =
        uw_val_string(abi, (const uint8_t *) variable, name_size);
    entry.of.tuple.data[1] = uw_val_string(abi, value.data, value.size);

    return entry;
}


static uw_step_t
uw_get_environment(uw_call_t *call)
{
    const uw_settings_t *settings = &call->instance->engine->settings;
    uw_val_t list = uw_val_list(call->abi, settings->environment_count);

    for (size_t i = 0; i < settings->environment_count; i++) {
        list.of.list.data[i] =
            uw_environment_entry(call->abi, settings->environment[i]);
    }

    return uw_return(call, list);
}


static uw_step_t
uw_get_arguments(uw_call_t *call)
{
    return uw_return(call, uw_val_list(call->abi, 0));
}


static uw_step_t
uw_initial_cwd(uw_call_t *call)
{
    return uw_return(call, uw_val_option(call->abi, NULL));
}


/* ---- wasi:cli/exit: a trap is the only way to end a guest ---- */

static uw_step_t
uw_exit(uw_call_t *call)
{
    const uw_val_t *status = &call->args[0];

    if (status->kind != WASMTIME_COMPONENT_RESULT) {
        return uw_trap(call, "an argument has another type than WASI's");
    }

    call->instance->exited = true;
    call->instance->exit_ok = status->of.result.is_ok;

    return uw_trap(call, "the component called exit with %s",
                   status->of.result.is_ok ? "success" : "failure");
}


static uw_step_t
uw_exit_with_code(uw_call_t *call)
{
    uint8_t code;

    if (!uw_arg_u8(call, 0, &code)) {
        return UW_TRAP;
    }

    call->instance->exited = true;
    call->instance->exit_ok = code == 0;

    return uw_trap(call, "the component called exit with code %u", code);
}


/* ---- stdout and stderr ---- */

static uw_io_t
uw_log_check(uw_instance_t *instance, uw_resource_t *stream, uint64_t *budget,
             uw_failure_t *failure)
{
    (void) instance;
    (void) failure;

    *budget = UW_LOG_BUDGET;

    return uw_guest_log_has_room(stream->as.output.object) ? UW_IO_READY
                                                           : UW_IO_WAIT;
}


static uw_io_t
uw_log_write(uw_instance_t *instance, uw_resource_t *stream,
             const uint8_t *bytes, size_t size, uw_failure_t *failure)
{
    static const char out_of_memory[] = "memory is out";

    if (uw_guest_log_write(&instance->log, stream->as.output.object, bytes,
                           size)
        != 0)
    {
        memcpy(failure->text, out_of_memory, sizeof(out_of_memory));
        return UW_IO_FAILED;
    }

    return UW_IO_READY;
}


/* An unfinished line is kept: a guest may flush in the middle of one. */
static uw_io_t
uw_log_flushed(uw_instance_t *instance, uw_resource_t *stream,
               uw_failure_t *failure)
{
    (void) instance;
    (void) stream;
    (void) failure;

    return UW_IO_READY;
}


static bool
uw_log_hopeless(uw_instance_t *instance, uw_resource_t *stream)
{
    (void) instance;
    (void) stream;

    return false;
}


static const uw_output_ops_t uw_log_ops = {
    .check = uw_log_check,
    .write = uw_log_write,
    .flushed = uw_log_flushed,
    .hopeless = uw_log_hopeless,
};


/* ---- wasi:cli/stdin, stdout, stderr ---- */

static uw_step_t
uw_get_stdin(uw_call_t *call)
{
    uw_resource_t *stream = uw_input_stream(call, 0, &uw_empty_input, NULL);

    return stream == NULL ? UW_TRAP : uw_return_handle(call, stream);
}


static uw_step_t
uw_return_log_stream(uw_call_t *call, uw_log_stream_t *log)
{
    uw_resource_t *stream = uw_output_stream(call, 0, &uw_log_ops, log);

    return stream == NULL ? UW_TRAP : uw_return_handle(call, stream);
}


static uw_step_t
uw_get_stdout(uw_call_t *call)
{
    return uw_return_log_stream(call, &call->instance->log.out);
}


static uw_step_t
uw_get_stderr(uw_call_t *call)
{
    return uw_return_log_stream(call, &call->instance->log.err);
}


/* ---- wasi:cli/terminal-*: nothing here is one ---- */

static uw_step_t
uw_no_terminal(uw_call_t *call)
{
    return uw_return(call, uw_val_option(call->abi, NULL));
}


/* ---- Tables ---- */

/* clang-format off */

static const uw_host_func_t uw_environment_functions[] = {
    { "get-environment", uw_get_environment, 0, 1, UW_GIVES_WAY, false },
    { "get-arguments",   uw_get_arguments,   0, 1, UW_SHORT, false },
    { "initial-cwd",     uw_initial_cwd,     0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_exit_functions[] = {
    { "exit",           uw_exit,           1, 0, UW_SHORT, false },
    { "exit-with-code", uw_exit_with_code, 1, 0, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_stdin_functions[] = {
    { "get-stdin", uw_get_stdin, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_stdout_functions[] = {
    { "get-stdout", uw_get_stdout, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_stderr_functions[] = {
    { "get-stderr", uw_get_stderr, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_terminal_input_resources[] = {
    { "terminal-input", UW_RES_TERMINAL_INPUT },
    { NULL, UW_RES_FREE },
};

static const uw_host_resource_t uw_terminal_output_resources[] = {
    { "terminal-output", UW_RES_TERMINAL_OUTPUT },
    { NULL, UW_RES_FREE },
};

/* Of the two interfaces that have only a resource. */
static const uw_host_func_t uw_terminal_functions[] = {
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_terminal_stdin_functions[] = {
    { "get-terminal-stdin", uw_no_terminal, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_terminal_stdout_functions[] = {
    { "get-terminal-stdout", uw_no_terminal, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_terminal_stderr_functions[] = {
    { "get-terminal-stderr", uw_no_terminal, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_interface_t uw_cli_interfaces[] = {
    { "wasi:cli/environment",     NULL,                         uw_environment_functions },
    { "wasi:cli/exit",            NULL,                         uw_exit_functions },
    { "wasi:cli/stdin",           NULL,                         uw_stdin_functions },
    { "wasi:cli/stdout",          NULL,                         uw_stdout_functions },
    { "wasi:cli/stderr",          NULL,                         uw_stderr_functions },
    { "wasi:cli/terminal-input",  uw_terminal_input_resources,  uw_terminal_functions },
    { "wasi:cli/terminal-output", uw_terminal_output_resources, uw_terminal_functions },
    { "wasi:cli/terminal-stdin",  NULL,                         uw_terminal_stdin_functions },
    { "wasi:cli/terminal-stdout", NULL,                         uw_terminal_stdout_functions },
    { "wasi:cli/terminal-stderr", NULL,                         uw_terminal_stderr_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */

const uw_package_t uw_wasi_cli = { .interfaces = uw_cli_interfaces };

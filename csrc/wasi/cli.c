/*
 * wasi:cli: the environment that the configuration gives.  A command has arguments,
 * and the standard streams of its process (wasi/standard.h); all others have none of
 * these, no terminal, an empty stdin, and stdout and stderr that are the log.
 */

#include <string.h>

#include "wasi/gen/cli.h"

#include "wasi/io/streams.h"
#include "wasi/standard.h"

/* ---- wasi:cli/environment ---- */

/* "NAME=value" as a tuple of two strings. */
static uw_val_t
uw_environment_entry(uw_call_t *call, const char *variable)
{
    const char *equals = strchr(variable, '=');
    size_t name_size =
        equals == NULL ? strlen(variable) : (size_t) (equals - variable);
    uw_cli_tuple_string_string_t entry = {
        { (const uint8_t *) variable, name_size },
        uw_slice_of(equals == NULL ? "" : equals + 1),
    };

    return uw_make_cli_tuple_string_string(call, &entry);
}


uw_step_t
uw_cli_get_environment(uw_call_t *call)
{
    const uw_settings_t *settings = &call->instance->engine->settings;
    uw_val_t list = uw_val_list(call->abi, settings->environment_count);

    for (size_t i = 0; i < settings->environment_count; i++) {
        list.of.list.data[i] =
            uw_environment_entry(call, settings->environment[i]);
    }

    return uw_return(call, list);
}


uw_step_t
uw_cli_environment_get_arguments(uw_call_t *call)
{
    return uw_stdio_arguments(call);
}


/* The one directory that there is; of several, none is before the others. */
uw_step_t
uw_cli_environment_initial_cwd(uw_call_t *call)
{
    static const uint8_t here[] = ".";
    uw_val_t cwd;

    if (call->instance->engine->settings.directory_count != 1) {
        return uw_return(call, uw_val_option(call->abi, NULL));
    }
    cwd = uw_val_string(call->abi, here, sizeof(here) - 1);

    return uw_return(call, uw_val_option(call->abi, &cwd));
}


/* ---- wasi:cli/exit: a trap is the only way to end a guest ---- */

uw_step_t
uw_cli_exit(uw_call_t *call, const uw_cli_result_none_none_t *status)
{
    call->instance->exited = true;
    call->instance->exit_ok = status->is_ok;
    call->instance->exit_code = !status->is_ok;

    return uw_trap(call, "the component called exit with %s",
                   status->is_ok ? "success" : "failure");
}


uw_step_t
uw_cli_exit_with_code(uw_call_t *call, uint8_t status_code)
{
    call->instance->exited = true;
    call->instance->exit_ok = status_code == 0;
    call->instance->exit_code = status_code;

    return uw_trap(call, "the component called exit with code %u", status_code);
}


/* ---- stdout and stderr ---- */

static uw_io_t
uw_log_check(uw_instance_t *instance, uw_resource_t *stream, uint64_t *budget,
             uw_failure_t *failure)
{
    (void) instance;
    (void) failure;

    *budget = UW_LOG_BUDGET;

    return uw_guest_log_has_room(uw_as_output(stream)->object) ? UW_IO_READY
                                                               : UW_IO_WAIT;
}


static uw_io_t
uw_log_write(uw_instance_t *instance, uw_resource_t *stream,
             const uint8_t *bytes, size_t size, uw_failure_t *failure)
{
    static const char out_of_memory[] = "out of memory";

    if (uw_guest_log_write(&instance->log, uw_as_output(stream)->object, bytes,
                           size)
        != 0)
    {
        memcpy(failure->text, out_of_memory, sizeof(out_of_memory));
        return UW_IO_FAILED;
    }

    return UW_IO_READY;
}


/* A flush does nothing: an unfinished line is kept, a guest may flush in the middle. */
static const uw_output_ops_t uw_log_ops = {
    .check = uw_log_check,
    .write = uw_log_write,
};


/* ---- wasi:cli/stdin, stdout, stderr ---- */

uw_step_t
uw_cli_get_stdin(uw_call_t *call)
{
    if (call->instance->stdio != NULL) {
        return uw_stdio_stream(call, 0);
    }

    return uw_return_handle(call,
                            uw_input_stream(call, 0, &uw_empty_input, NULL));
}


static uw_step_t
uw_return_log_stream(uw_call_t *call, uw_log_stream_t *log)
{
    return uw_return_handle(call, uw_output_stream(call, 0, &uw_log_ops, log));
}


uw_step_t
uw_cli_get_stdout(uw_call_t *call)
{
    return call->instance->stdio != NULL
               ? uw_stdio_stream(call, 1)
               : uw_return_log_stream(call, &call->instance->log.out);
}


uw_step_t
uw_cli_get_stderr(uw_call_t *call)
{
    return call->instance->stdio != NULL
               ? uw_stdio_stream(call, 2)
               : uw_return_log_stream(call, &call->instance->log.err);
}


/* ---- wasi:cli/terminal-* ---- */

uw_step_t
uw_cli_get_terminal_stdin(uw_call_t *call)
{
    return uw_stdio_terminal(call, 0);
}


uw_step_t
uw_cli_get_terminal_stdout(uw_call_t *call)
{
    return uw_stdio_terminal(call, 1);
}


uw_step_t
uw_cli_get_terminal_stderr(uw_call_t *call)
{
    return uw_stdio_terminal(call, 2);
}

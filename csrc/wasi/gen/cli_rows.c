/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/cli.h"


static uw_step_t
uw_cli_exit_call(uw_call_t *call)
{
    uw_cli_result_none_none_t status;

    if (!uw_read_cli_result_none_none(call, &call->args[0], &status)) {
        return UW_TRAP;
    }

    return uw_cli_exit(call, &status);
}


static uw_step_t
uw_cli_exit_with_code_call(uw_call_t *call)
{
    uint8_t status_code;

    if (!uw_read_u8(call, &call->args[0], &status_code)) {
        return UW_TRAP;
    }

    return uw_cli_exit_with_code(call, status_code);
}


/* clang-format off */

static const char *const uw_cli_versions[] = { "0.2.", NULL };

static const uw_host_func_t uw_cli_environment_functions[] = {
    { "get-environment", uw_cli_get_environment, 1, 0, 1, UW_GIVES_WAY, false },
    { "get-arguments", uw_cli_environment_get_arguments, 2, 0, 1, UW_SHORT, false },
    { "initial-cwd", uw_cli_environment_initial_cwd, 3, 0, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_cli_exit_functions[] = {
    { "exit", uw_cli_exit_call, 4, 1, 0, UW_SHORT, false },
    { "exit-with-code", uw_cli_exit_with_code_call, 5, 1, 0, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_cli_stderr_functions[] = {
    { "get-stderr", uw_cli_get_stderr, 6, 0, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_cli_stdin_functions[] = {
    { "get-stdin", uw_cli_get_stdin, 7, 0, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_cli_stdout_functions[] = {
    { "get-stdout", uw_cli_get_stdout, 8, 0, 1, UW_SHORT, false },
    { 0 },
};

const uw_resource_type_t uw_cli_terminal_input_type = { 9, "terminal-input", NULL };

static const uw_resource_type_t *const uw_cli_terminal_input_resources[] = {
    &uw_cli_terminal_input_type,
    NULL,
};

static const uw_host_func_t uw_cli_terminal_input_functions[] = {
    { 0 },
};

const uw_resource_type_t uw_cli_terminal_output_type = { 10, "terminal-output", NULL };

static const uw_resource_type_t *const uw_cli_terminal_output_resources[] = {
    &uw_cli_terminal_output_type,
    NULL,
};

static const uw_host_func_t uw_cli_terminal_output_functions[] = {
    { 0 },
};

static const uw_host_func_t uw_cli_terminal_stderr_functions[] = {
    { "get-terminal-stderr", uw_cli_get_terminal_stderr, 11, 0, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_cli_terminal_stdin_functions[] = {
    { "get-terminal-stdin", uw_cli_get_terminal_stdin, 12, 0, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_cli_terminal_stdout_functions[] = {
    { "get-terminal-stdout", uw_cli_get_terminal_stdout, 13, 0, 1, UW_SHORT, false },
    { 0 },
};

const uw_host_interface_t uw_cli_interfaces[] = {
    { "wasi:cli/environment", uw_cli_versions, NULL, uw_cli_environment_functions },
    { "wasi:cli/exit", uw_cli_versions, NULL, uw_cli_exit_functions },
    { "wasi:cli/stderr", uw_cli_versions, NULL, uw_cli_stderr_functions },
    { "wasi:cli/stdin", uw_cli_versions, NULL, uw_cli_stdin_functions },
    { "wasi:cli/stdout", uw_cli_versions, NULL, uw_cli_stdout_functions },
    { "wasi:cli/terminal-input", uw_cli_versions, uw_cli_terminal_input_resources, uw_cli_terminal_input_functions },
    { "wasi:cli/terminal-output", uw_cli_versions, uw_cli_terminal_output_resources, uw_cli_terminal_output_functions },
    { "wasi:cli/terminal-stderr", uw_cli_versions, NULL, uw_cli_terminal_stderr_functions },
    { "wasi:cli/terminal-stdin", uw_cli_versions, NULL, uw_cli_terminal_stdin_functions },
    { "wasi:cli/terminal-stdout", uw_cli_versions, NULL, uw_cli_terminal_stdout_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */

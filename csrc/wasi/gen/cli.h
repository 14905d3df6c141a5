/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_CLI_H
#define UW_WASI_GEN_CLI_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"
#include "wasi/gen/io.h"

typedef struct {
    bool is_ok;
} uw_cli_result_none_none_t;

typedef struct {
    uw_slice_t f0;
    uw_slice_t f1;
} uw_cli_tuple_string_string_t;

bool uw_read_cli_result_none_none(uw_call_t *call, const uw_val_t *val,
                                  uw_cli_result_none_none_t *value);

uw_val_t uw_make_cli_tuple_string_string(
    uw_call_t *call, const uw_cli_tuple_string_string_t *value);

extern const uw_resource_type_t uw_cli_terminal_input_type;
extern const uw_resource_type_t uw_cli_terminal_output_type;

/* get-environment() -> list<tuple<string, string>> */
uw_step_t uw_cli_get_environment(uw_call_t *call);

/* get-arguments() -> list<string> */
uw_step_t uw_cli_environment_get_arguments(uw_call_t *call);

/* initial-cwd() -> option<string> */
uw_step_t uw_cli_environment_initial_cwd(uw_call_t *call);

/* exit(status: result) */
uw_step_t uw_cli_exit(uw_call_t *call, const uw_cli_result_none_none_t *status);

/* exit-with-code(status-code: u8) */
uw_step_t uw_cli_exit_with_code(uw_call_t *call, uint8_t status_code);

/* get-stderr() -> output-stream */
uw_step_t uw_cli_get_stderr(uw_call_t *call);

/* get-stdin() -> input-stream */
uw_step_t uw_cli_get_stdin(uw_call_t *call);

/* get-stdout() -> output-stream */
uw_step_t uw_cli_get_stdout(uw_call_t *call);

/* get-terminal-stderr() -> option<terminal-output> */
uw_step_t uw_cli_get_terminal_stderr(uw_call_t *call);

/* get-terminal-stdin() -> option<terminal-input> */
uw_step_t uw_cli_get_terminal_stdin(uw_call_t *call);

/* get-terminal-stdout() -> option<terminal-output> */
uw_step_t uw_cli_get_terminal_stdout(uw_call_t *call);

extern const uw_host_interface_t uw_cli_interfaces[];

#endif /* UW_WASI_GEN_CLI_H */

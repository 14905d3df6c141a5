/* Prints the environment, the arguments, the current directory and which
 * terminals there are. */
#include "guest.h"
#include "wasi_more.h"

static void
print_bytes_line(const char *name, wasi_bytes bytes)
{
    print("%s: %.*s\n", name, (int) bytes.len, (const char *) bytes.ptr);
}

static void
print_terminal(const char *name, void get(wasi_option_handle *result))
{
    wasi_option_handle terminal;
    get(&terminal);
    print("%s: %s\n", name, terminal.some ? "terminal" : "none");
}

void
handle(int32_t request, int32_t outparam)
{
    wasi_variable_list variables;
    wasi_bytes_list arguments;
    wasi_option_string cwd;
    get_environment(&variables);
    for (size_t i = 0; i < variables.len; i++)
        print("variable: %.*s=%.*s\n", (int) variables.ptr[i].name.len,
              (const char *) variables.ptr[i].name.ptr,
              (int) variables.ptr[i].value.len,
              (const char *) variables.ptr[i].value.ptr);
    get_arguments(&arguments);
    for (size_t i = 0; i < arguments.len; i++)
        print_bytes_line("argument", arguments.ptr[i]);
    initial_cwd(&cwd);
    if (cwd.some)
        print_bytes_line("cwd", cwd.value);
    else
        print("cwd: none\n");
    print_terminal("terminal-stdin", get_terminal_stdin);
    print_terminal("terminal-stdout", get_terminal_stdout);
    print_terminal("terminal-stderr", get_terminal_stderr);
    answer(outparam, 200);
    request_drop(request);
}

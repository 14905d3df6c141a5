/* The imports that the example does not need; see wasi_http.h for how to read
 * them. */
#ifndef WASI_MORE_H
#define WASI_MORE_H

#include "wasi_http.h"

/* result<type, error>, option<type> and list<type>, where they are in memory. */
#define WASI_RESULT(type, error)                                               \
    struct {                                                                   \
        uint8_t is_err;                                                        \
        union {                                                                \
            type ok;                                                           \
            error err;                                                         \
        };                                                                     \
    }
#define WASI_OPTION(type)                                                      \
    struct {                                                                   \
        uint8_t some;                                                          \
        type value;                                                            \
    }
#define WASI_LIST(type)                                                        \
    struct {                                                                   \
        type *ptr;                                                             \
        size_t len;                                                            \
    }

/* ---- wasi:clocks --------------------------------------------------------- */

typedef struct {
    uint64_t seconds;
    uint32_t nanoseconds;
} wasi_datetime;

WASI_IMPORT("clocks/monotonic-clock", "now")
uint64_t monotonic_now(void);
WASI_IMPORT("clocks/monotonic-clock", "resolution")
uint64_t monotonic_resolution(void);
WASI_IMPORT("clocks/monotonic-clock", "subscribe-instant")
int32_t monotonic_subscribe_instant(uint64_t when);
WASI_IMPORT("clocks/monotonic-clock", "subscribe-duration")
int32_t monotonic_subscribe_duration(uint64_t nanoseconds);
WASI_IMPORT("clocks/wall-clock", "now")
void wall_now(wasi_datetime *result);
WASI_IMPORT("clocks/wall-clock", "resolution")
void wall_resolution(wasi_datetime *result);

/* ---- wasi:random --------------------------------------------------------- */

typedef struct {
    uint64_t low;
    uint64_t high;
} wasi_seed;

WASI_IMPORT("random/random", "get-random-bytes")
void random_bytes(uint64_t length, wasi_bytes *result);
WASI_IMPORT("random/random", "get-random-u64")
uint64_t random_u64(void);
WASI_IMPORT("random/insecure", "get-insecure-random-bytes")
void insecure_random_bytes(uint64_t length, wasi_bytes *result);
WASI_IMPORT("random/insecure", "get-insecure-random-u64")
uint64_t insecure_random_u64(void);
WASI_IMPORT("random/insecure-seed", "insecure-seed")
void insecure_seed(wasi_seed *result);

/* ---- wasi:cli ------------------------------------------------------------ */

typedef struct {
    wasi_bytes name;
    wasi_bytes value;
} wasi_variable;

typedef WASI_LIST(wasi_variable) wasi_variable_list;

typedef WASI_OPTION(int32_t) wasi_option_handle;

WASI_IMPORT("cli/environment", "get-environment")
void get_environment(wasi_variable_list *result);
WASI_IMPORT("cli/environment", "get-arguments")
void get_arguments(wasi_bytes_list *result);
WASI_IMPORT("cli/environment", "initial-cwd")
void initial_cwd(wasi_option_string *result);
WASI_IMPORT("cli/exit", "exit")
void cli_exit(int32_t is_err);
WASI_IMPORT("cli/stdin", "get-stdin")
int32_t get_stdin(void);
WASI_IMPORT("cli/stdout", "get-stdout")
int32_t get_stdout(void);
WASI_IMPORT("cli/stderr", "get-stderr")
int32_t get_stderr(void);
WASI_IMPORT("cli/terminal-stdin", "get-terminal-stdin")
void get_terminal_stdin(wasi_option_handle *result);
WASI_IMPORT("cli/terminal-stdout", "get-terminal-stdout")
void get_terminal_stdout(wasi_option_handle *result);
WASI_IMPORT("cli/terminal-stderr", "get-terminal-stderr")
void get_terminal_stderr(wasi_option_handle *result);

/* ---- wasi:http: outgoing requests ---------------------------------------- */

typedef WASI_RESULT(int32_t, http_error_code) http_result_future;

WASI_IMPORT("http/types", "[constructor]outgoing-request")
int32_t outgoing_request_new(int32_t own_headers);
/* option<string> is passed flat: some, pointer, length; a method as tag,
 * pointer, length. */
WASI_IMPORT("http/types", "[method]outgoing-request.set-path-with-query")
int32_t outgoing_request_set_path(int32_t self, int32_t some, const char *path,
                                  size_t length);
WASI_IMPORT("http/types", "[method]outgoing-request.set-authority")
int32_t outgoing_request_set_authority(int32_t self, int32_t some,
                                       const char *authority, size_t length);
WASI_IMPORT("http/types", "[method]outgoing-request.set-scheme")
int32_t outgoing_request_set_scheme(int32_t self, int32_t some, int32_t tag,
                                    const char *other, size_t length);
WASI_IMPORT("http/types", "[method]outgoing-request.set-method")
int32_t outgoing_request_set_method(int32_t self, int32_t tag,
                                    const char *other, size_t length);
WASI_IMPORT("http/types", "[method]outgoing-request.method")
void outgoing_request_method(int32_t self, http_method *result);
WASI_IMPORT("http/types", "[method]outgoing-request.path-with-query")
void outgoing_request_path(int32_t self, wasi_option_string *result);
WASI_IMPORT("http/types", "[method]outgoing-request.scheme")
void outgoing_request_scheme(int32_t self, http_option_scheme *result);
WASI_IMPORT("http/types", "[method]outgoing-request.authority")
void outgoing_request_authority(int32_t self, wasi_option_string *result);
WASI_IMPORT("http/types", "[method]outgoing-request.headers")
int32_t outgoing_request_headers(int32_t self);
WASI_IMPORT("http/types", "[method]outgoing-request.body")
void outgoing_request_body(int32_t self, wasi_result_handle *body);
WASI_IMPORT("http/types", "[resource-drop]outgoing-request")
void outgoing_request_drop(int32_t own_request);

typedef WASI_OPTION(uint64_t) http_option_duration;

WASI_IMPORT("http/types", "[constructor]request-options")
int32_t request_options_new(void);
WASI_IMPORT("http/types", "[method]request-options.connect-timeout")
void request_options_connect(int32_t self, http_option_duration *result);
WASI_IMPORT("http/types", "[method]request-options.set-connect-timeout")
int32_t request_options_set_connect(int32_t self, int32_t some, uint64_t value);
WASI_IMPORT("http/types", "[method]request-options.first-byte-timeout")
void request_options_first_byte(int32_t self, http_option_duration *result);
WASI_IMPORT("http/types", "[method]request-options.set-first-byte-timeout")
int32_t request_options_set_first_byte(int32_t self, int32_t some,
                                       uint64_t value);
WASI_IMPORT("http/types", "[method]request-options.between-bytes-timeout")
void request_options_between_bytes(int32_t self, http_option_duration *result);
WASI_IMPORT("http/types", "[method]request-options.set-between-bytes-timeout")
int32_t request_options_set_between_bytes(int32_t self, int32_t some,
                                          uint64_t value);
WASI_IMPORT("http/types", "[resource-drop]request-options")
void request_options_drop(int32_t own_options);

WASI_IMPORT("http/outgoing-handler", "handle")
void outgoing_handle(int32_t own_request, int32_t has_options,
                     int32_t own_options, http_result_future *result);

/* option<result<result<own<incoming-response>, error-code>>> */
typedef WASI_OPTION(struct {
    uint8_t is_err;
    WASI_RESULT(int32_t, http_error_code) ok;
}) http_option_response;

WASI_IMPORT("http/types", "[method]future-incoming-response.subscribe")
int32_t future_response_subscribe(int32_t self);
WASI_IMPORT("http/types", "[method]future-incoming-response.get")
void future_response_get(int32_t self, http_option_response *result);
WASI_IMPORT("http/types", "[resource-drop]future-incoming-response")
void future_incoming_response_drop(int32_t own_future);

WASI_IMPORT("http/types", "[method]incoming-response.status")
int32_t incoming_response_status(int32_t self);
WASI_IMPORT("http/types", "[method]incoming-response.headers")
int32_t incoming_response_headers(int32_t self);
WASI_IMPORT("http/types", "[method]incoming-response.consume")
void incoming_response_consume(int32_t self, wasi_result_handle *body);
WASI_IMPORT("http/types", "[resource-drop]incoming-response")
void incoming_response_drop(int32_t own_response);

/* ---- wasi:http/types: trailers ------------------------------------------- */

/* option<result<result<option<trailers>, error-code>>> */
typedef WASI_OPTION(struct {
    uint8_t is_err;
    WASI_RESULT(wasi_option_handle, http_error_code) ok;
}) http_option_trailers;

WASI_IMPORT("http/types", "[method]future-trailers.subscribe")
int32_t future_trailers_subscribe(int32_t self);
WASI_IMPORT("http/types", "[method]future-trailers.get")
void future_trailers_get(int32_t self, http_option_trailers *result);
WASI_IMPORT("http/types", "[resource-drop]future-trailers")
void future_trailers_drop(int32_t own_future);

/* result<_, error-code> of an io error, as wasi:http knows it */
typedef WASI_OPTION(http_error_code) http_option_error_code;

WASI_IMPORT("http/types", "http-error-code")
void http_error_code_of(int32_t error, http_option_error_code *result);

/* ---- wasi:filesystem and wasi:sockets ------------------------------------ */

typedef struct {
    int32_t descriptor;
    wasi_bytes path;
} wasi_preopen;

typedef WASI_LIST(wasi_preopen) wasi_preopen_list;

enum {
    SOCKET_ERROR_ACCESS_DENIED = 1
};

typedef WASI_RESULT(int32_t, uint8_t) socket_result_handle;

WASI_IMPORT("filesystem/preopens", "get-directories")
void get_directories(wasi_preopen_list *result);
WASI_IMPORT("sockets/instance-network", "instance-network")
int32_t instance_network(void);
WASI_IMPORT("sockets/network", "[resource-drop]network")
void network_drop(int32_t own_network);
WASI_IMPORT("sockets/tcp-create-socket", "create-tcp-socket")
void create_tcp_socket(int32_t family, socket_result_handle *result);
WASI_IMPORT("sockets/udp-create-socket", "create-udp-socket")
void create_udp_socket(int32_t family, socket_result_handle *result);
WASI_IMPORT("sockets/ip-name-lookup", "resolve-addresses")
void resolve_addresses(int32_t network, const char *name, size_t length,
                       socket_result_handle *result);

#endif

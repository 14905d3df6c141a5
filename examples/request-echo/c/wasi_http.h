/*
 * The imports of a wasi:http component, written by hand: no generator is needed
 * for C.
 *
 * Each function below is an import of the core module. Its C type is what the
 * canonical ABI makes of the WIT type:
 *   - a handle (own or borrow) is an int32_t,
 *   - a string or a list is a pointer and a length, two arguments,
 *   - a result that fits in one core value is returned: `result` alone is 0 for
 *     ok and 1 for err,
 *   - every other result is stored where the last argument points. On wasm32 a
 *     C struct has the layout that the canonical ABI asks for (option and
 *     result: one byte that says which case, then the payload at its
 *     alignment), so the structs below are read in place.
 * Memory that comes with a result was allocated by our own cabi_realloc and is
 * ours.
 *
 * "self" is borrowed. An argument named "own_..." is given away: don't drop it
 * afterwards.
 * A child has to be dropped before its parent: pollable, stream, body, then
 * request or response.
 */
#ifndef WASI_HTTP_H
#define WASI_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef WASI_VERSION
#define WASI_VERSION "0.2.0"
#endif

#define WASI_IMPORT(interface, name)                                           \
    __attribute__((import_module("wasi:" interface "@" WASI_VERSION),          \
                   import_name(name))) extern

/* Marks the function that answers requests. */
#define WASI_HTTP_HANDLER                                                      \
    __attribute__((                                                            \
        export_name("wasi:http/incoming-handler@" WASI_VERSION "#handle")))

/* ---- values -------------------------------------------------------------- */

typedef struct {
    uint8_t *ptr;
    size_t len;
} wasi_bytes; /* list<u8>, and string */

typedef struct {
    wasi_bytes *ptr;
    size_t len;
} wasi_bytes_list; /* list<list<u8>> */

typedef struct {
    uint32_t *ptr;
    size_t len;
} wasi_u32_list; /* list<u32> */

typedef struct {
    uint8_t some;
    wasi_bytes value;
} wasi_option_string;

typedef struct {
    uint8_t is_err;
    int32_t ok;
} wasi_result_handle; /* result<own<...>>, without an error value */

enum {
    STREAM_FAILED = 0,
    STREAM_CLOSED = 1
};

typedef struct {
    uint8_t tag;
    int32_t error; /* own<error>, with STREAM_FAILED */
} stream_error;

typedef struct {
    uint8_t is_err;
    union {
        wasi_bytes ok;
        stream_error err;
    };
} stream_result_bytes;

typedef struct {
    uint8_t is_err;
    union {
        uint64_t ok;
        stream_error err;
    };
} stream_result_u64;

typedef struct {
    uint8_t is_err;
    stream_error err;
} stream_result_void;

/* ---- wasi:io ------------------------------------------------------------- */

WASI_IMPORT("io/error", "[method]error.to-debug-string")
void io_error_to_debug_string(int32_t self, wasi_bytes *result);
WASI_IMPORT("io/error", "[resource-drop]error")
void io_error_drop(int32_t own_error);

WASI_IMPORT("io/poll", "[method]pollable.ready")
int32_t pollable_ready(int32_t self);
WASI_IMPORT("io/poll", "[method]pollable.block")
void pollable_block(int32_t self);
WASI_IMPORT("io/poll", "poll")
void poll_list(const int32_t *pollables, size_t count, wasi_u32_list *ready);
WASI_IMPORT("io/poll", "[resource-drop]pollable")
void pollable_drop(int32_t own_pollable);

WASI_IMPORT("io/streams", "[method]input-stream.read")
void input_read(int32_t self, uint64_t length, stream_result_bytes *result);
WASI_IMPORT("io/streams", "[method]input-stream.blocking-read")
void input_blocking_read(int32_t self, uint64_t length,
                         stream_result_bytes *result);
WASI_IMPORT("io/streams", "[method]input-stream.skip")
void input_skip(int32_t self, uint64_t length, stream_result_u64 *result);
WASI_IMPORT("io/streams", "[method]input-stream.blocking-skip")
void input_blocking_skip(int32_t self, uint64_t length,
                         stream_result_u64 *result);
WASI_IMPORT("io/streams", "[method]input-stream.subscribe")
int32_t input_subscribe(int32_t self);
WASI_IMPORT("io/streams", "[resource-drop]input-stream")
void input_drop(int32_t own_stream);

WASI_IMPORT("io/streams", "[method]output-stream.check-write")
void output_check_write(int32_t self, stream_result_u64 *result);
WASI_IMPORT("io/streams", "[method]output-stream.write")
void output_write(int32_t self, const void *bytes, size_t length,
                  stream_result_void *result);
WASI_IMPORT("io/streams", "[method]output-stream.blocking-write-and-flush")
void output_blocking_write_and_flush(int32_t self, const void *bytes,
                                     size_t length, stream_result_void *result);
WASI_IMPORT("io/streams", "[method]output-stream.flush")
void output_flush(int32_t self, stream_result_void *result);
WASI_IMPORT("io/streams", "[method]output-stream.blocking-flush")
void output_blocking_flush(int32_t self, stream_result_void *result);
WASI_IMPORT("io/streams", "[method]output-stream.write-zeroes")
void output_write_zeroes(int32_t self, uint64_t length,
                         stream_result_void *result);
WASI_IMPORT("io/streams",
            "[method]output-stream.blocking-write-zeroes-and-flush")
void output_blocking_write_zeroes_and_flush(int32_t self, uint64_t length,
                                            stream_result_void *result);
WASI_IMPORT("io/streams", "[method]output-stream.splice")
void output_splice(int32_t self, int32_t source, uint64_t length,
                   stream_result_u64 *result);
WASI_IMPORT("io/streams", "[method]output-stream.blocking-splice")
void output_blocking_splice(int32_t self, int32_t source, uint64_t length,
                            stream_result_u64 *result);
WASI_IMPORT("io/streams", "[method]output-stream.subscribe")
int32_t output_subscribe(int32_t self);
WASI_IMPORT("io/streams", "[resource-drop]output-stream")
void output_drop(int32_t own_stream);

/* ---- wasi:http/types: fields --------------------------------------------- */

typedef struct {
    wasi_bytes name;
    wasi_bytes value;
} http_field;

typedef struct {
    http_field *ptr;
    size_t len;
} http_field_list;

enum {
    HEADER_INVALID_SYNTAX = 0,
    HEADER_FORBIDDEN = 1,
    HEADER_IMMUTABLE = 2
};

typedef struct {
    uint8_t is_err;
    uint8_t error;
} header_result;

typedef struct {
    uint8_t is_err;
    union {
        int32_t ok;
        uint8_t error;
    };
} header_result_fields;

WASI_IMPORT("http/types", "[constructor]fields")
int32_t fields_new(void);
WASI_IMPORT("http/types", "[static]fields.from-list")
void fields_from_list(const http_field *entries, size_t count,
                      header_result_fields *result);
WASI_IMPORT("http/types", "[method]fields.get")
void fields_get(int32_t self, const char *name, size_t name_length,
                wasi_bytes_list *result);
WASI_IMPORT("http/types", "[method]fields.has")
int32_t fields_has(int32_t self, const char *name, size_t name_length);
WASI_IMPORT("http/types", "[method]fields.set")
void fields_set(int32_t self, const char *name, size_t name_length,
                const wasi_bytes *values, size_t count, header_result *result);
WASI_IMPORT("http/types", "[method]fields.delete")
void fields_delete(int32_t self, const char *name, size_t name_length,
                   header_result *result);
WASI_IMPORT("http/types", "[method]fields.append")
void fields_append(int32_t self, const char *name, size_t name_length,
                   const void *value, size_t value_length,
                   header_result *result);
WASI_IMPORT("http/types", "[method]fields.entries")
void fields_entries(int32_t self, http_field_list *result);
WASI_IMPORT("http/types", "[method]fields.clone")
int32_t fields_clone(int32_t self);
WASI_IMPORT("http/types", "[resource-drop]fields")
void fields_drop(int32_t own_fields);

/* ---- wasi:http/types: the request ---------------------------------------- */

enum {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_PUT,
    METHOD_DELETE,
    METHOD_CONNECT,
    METHOD_OPTIONS,
    METHOD_TRACE,
    METHOD_PATCH,
    METHOD_OTHER
};

typedef struct {
    uint8_t tag;
    wasi_bytes other; /* with METHOD_OTHER */
} http_method;

enum {
    SCHEME_HTTP,
    SCHEME_HTTPS,
    SCHEME_OTHER
};

typedef struct {
    uint8_t some;
    struct {
        uint8_t tag;
        wasi_bytes other; /* with SCHEME_OTHER */
    } value;
} http_option_scheme;

WASI_IMPORT("http/types", "[method]incoming-request.method")
void request_method(int32_t self, http_method *result);
WASI_IMPORT("http/types", "[method]incoming-request.path-with-query")
void request_path_with_query(int32_t self, wasi_option_string *result);
WASI_IMPORT("http/types", "[method]incoming-request.scheme")
void request_scheme(int32_t self, http_option_scheme *result);
WASI_IMPORT("http/types", "[method]incoming-request.authority")
void request_authority(int32_t self, wasi_option_string *result);
WASI_IMPORT("http/types", "[method]incoming-request.headers")
int32_t request_headers(int32_t self);
WASI_IMPORT("http/types", "[method]incoming-request.consume")
void request_consume(int32_t self, wasi_result_handle *body);
WASI_IMPORT("http/types", "[resource-drop]incoming-request")
void request_drop(int32_t own_request);

WASI_IMPORT("http/types", "[method]incoming-body.stream")
void incoming_body_stream(int32_t self, wasi_result_handle *stream);
WASI_IMPORT("http/types", "[static]incoming-body.finish")
int32_t incoming_body_finish(int32_t own_body);
WASI_IMPORT("http/types", "[resource-drop]incoming-body")
void incoming_body_drop(int32_t own_body);

/* ---- wasi:http/types: the response --------------------------------------- */

enum {
    ERROR_HTTP_REQUEST_BODY_SIZE = 17,
    ERROR_HTTP_RESPONSE_BODY_SIZE = 28,
    ERROR_INTERNAL_ERROR = 38,
}; /* the cases of error-code that are used here, numbered as in the WIT */

typedef struct {
    uint8_t tag;
    union { /* which one depends on the tag; the longest payload has 24 bytes */
        struct {
            uint8_t some;
            uint64_t value;
        } size; /* option<u64> */
        struct {
            uint8_t some;
            wasi_bytes value;
        } text; /* option<string> */
        uint32_t words[6];
    };
} http_error_code;

typedef struct {
    uint8_t is_err;
    http_error_code err;
} http_result_void;

WASI_IMPORT("http/types", "[constructor]outgoing-response")
int32_t response_new(int32_t own_headers);
WASI_IMPORT("http/types", "[method]outgoing-response.status-code")
int32_t response_status_code(int32_t self);
WASI_IMPORT("http/types", "[method]outgoing-response.set-status-code")
int32_t response_set_status_code(int32_t self, int32_t status);
WASI_IMPORT("http/types", "[method]outgoing-response.headers")
int32_t response_headers(int32_t self);
WASI_IMPORT("http/types", "[method]outgoing-response.body")
void response_body(int32_t self, wasi_result_handle *body);
WASI_IMPORT("http/types", "[resource-drop]outgoing-response")
void response_drop(int32_t own_response);

WASI_IMPORT("http/types", "[method]outgoing-body.write")
void outgoing_body_write(int32_t self, wasi_result_handle *stream);
WASI_IMPORT("http/types", "[static]outgoing-body.finish")
void outgoing_body_finish(int32_t own_body, int32_t has_trailers,
                          int32_t own_trailers, http_result_void *result);
WASI_IMPORT("http/types", "[resource-drop]outgoing-body")
void outgoing_body_drop(int32_t own_body);

/* result<outgoing-response, error-code> is passed flat: is_err, then the
 * response, or the tag of the error-code and six values of payload. */
WASI_IMPORT("http/types", "[static]response-outparam.set")
void response_outparam_set(int32_t own_outparam, int32_t is_err,
                           int32_t own_response_or_tag, int32_t payload0,
                           int64_t payload1, int32_t payload2, int32_t payload3,
                           int32_t payload4, int32_t payload5);
WASI_IMPORT("http/types", "[resource-drop]response-outparam")
void response_outparam_drop(int32_t own_outparam);

#endif

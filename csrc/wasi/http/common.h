/*
 * wasi:http, inside: what the files of this folder share.
 *
 *   handler.c   how a component is entered by a request
 *   common.c    what belongs to no single message
 *   error.c     error codes
 *   syntax.c    what may stand in a field, Content-Length
 *   fields.c    fields (headers and trailers)
 *   message.c   the exchange's request and response
 *   body.c      bodies, their streams, future-trailers
 *   outgoing.c  requests that the guest wants to send
 *   response.c  sending them, and the responses to them
 *
 * A resource that the guest hands over is taken off its table first and worked
 * on as a copy, see uw_http_take(); whatever of it was not passed on is released
 * at the end.  So each thing has one owner at any time, on every way out.
 */

#ifndef UW_WASI_HTTP_COMMON_H
#define UW_WASI_HTTP_COMMON_H

#include "http/body.h"
#include "http/error_code.h"
#include "wasi/gen/http.h"

/* ---- Resources ---- */

typedef struct {
    uw_shared_fields_t *shared; /* held */
} uw_fields_resource_t;

typedef struct {
    bool consumed;
} uw_incoming_request_t;

typedef struct {
    /* Of the exchange, or of a request on its way: then that is owned, as
     * body->source. */
    uw_incoming_body_t *body;
    bool stream_taken;
} uw_incoming_body_resource_t;

typedef struct {
    uw_incoming_body_t *body; /* as that of an incoming-body */
    bool taken;
} uw_future_trailers_t;

typedef struct {
    struct uw_outgoing *outgoing; /* owned; NULL: get() has answered */
} uw_future_response_t;

typedef struct {
    uint16_t status;
    uw_shared_fields_t *headers; /* held */
    uw_outgoing_body_t *body;    /* held; made with the response */
    bool body_taken;
} uw_outgoing_response_t;

typedef struct {
    uw_outgoing_body_t *body; /* held */
    bool stream_taken;
    bool is_request;
} uw_outgoing_body_resource_t;

typedef struct {
    uint16_t status;
    uw_shared_fields_t *headers;  /* held */
    struct uw_outgoing *outgoing; /* owned; NULL: its body has been taken */
} uw_incoming_response_t;

typedef struct {
    uw_shared_fields_t *headers; /* held */
    uw_outgoing_body_t *body;    /* held */
    bool body_taken;
    /* Bytes of its own (malloc, on the guest's account with one more), NULL for
     * none. */
    uw_slice_t method;
    uw_slice_t scheme;
    uw_slice_t authority;
    uw_slice_t path_with_query;
} uw_outgoing_request_t;

/* Nanoseconds; UINT64_MAX is `none`. */
typedef struct {
    uint64_t connect;
    uint64_t first_byte;
    uint64_t between_bytes;
} uw_request_options_t;

UW_RESOURCE_AS(fields, uw_fields_resource_t)
UW_RESOURCE_AS(incoming_request, uw_incoming_request_t)
UW_RESOURCE_AS(incoming_body, uw_incoming_body_resource_t)
UW_RESOURCE_AS(future_trailers, uw_future_trailers_t)
UW_RESOURCE_AS(future_response, uw_future_response_t)
UW_RESOURCE_AS(incoming_response, uw_incoming_response_t)
UW_RESOURCE_AS(outgoing_response, uw_outgoing_response_t)
UW_RESOURCE_AS(outgoing_body, uw_outgoing_body_resource_t)
UW_RESOURCE_AS(outgoing_request, uw_outgoing_request_t)
UW_RESOURCE_AS(request_options, uw_request_options_t)

/* ---- wasi/http/common.c ---- */

/*
 * Takes a resource off the guest's table: *taken then owns what it points to,
 * until uw_resource_release().  False after uw_trap() when it has children.
 */
bool uw_http_take(uw_call_t *call, uw_resource_t *resource,
                  uw_resource_t *taken) UW_CHECKED;

/* Notes for the log why the host ends the response; the first reason stays. */
void uw_http_failure(uw_instance_t *instance, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* option<T>: some(value); the string must be UTF-8. */
uw_step_t uw_http_return_some(uw_call_t *call, uw_val_t value);
uw_step_t uw_http_return_some_string(uw_call_t *call, uw_slice_t text);

/* ---- wasi/http/error.c ---- */

/* The `error-code` of a failure that has one. */
uw_val_t uw_http_failure_code(uw_call_t *call, const uw_failure_t *failure);

/* HTTP-request-body-size(some(size)) or HTTP-response-body-size(...). */
void uw_http_body_size(uw_failure_t *failure, bool is_request, uint64_t size);

/* ---- wasi/http/syntax.c ---- */

/* Whether a guest may use such a name: it is a token, and not forbidden. */
uw_field_status_t uw_http_check_name(uw_slice_t name) UW_CHECKED;

/*
 * Whether this may be the value of that field, which is trimmed.  A Content-Length must be a
 * number, and loses its leading zeroes: it frames the message, so nobody on the
 * way to the client may read it in another way.
 */
uw_field_status_t uw_http_check_value(uw_slice_t name, uw_slice_t *value)
    UW_CHECKED;

/* The longest scheme, as in wasmtime; registered ones have up to 40 bytes. */
#define UW_SCHEME_MAX 64

/*
 * What a request may be sent with: whatever these let through is sent as it is,
 * but for bytes of a path outside of ASCII, which are percent-encoded.
 */
bool uw_http_path_valid(uw_slice_t path);
bool uw_http_scheme_valid(uw_slice_t scheme);
bool uw_http_authority_valid(uw_slice_t authority);

/*
 * What the fields say of the body's length: UW_LENGTH_UNKNOWN when nothing.
 * False when that is no number, or two different ones.
 */
bool uw_http_content_length(const uw_fields_t *fields, uint64_t *length)
    UW_CHECKED;

/* Leaves one Content-Length of several equal ones (RFC 9110 section 8.6). */
void uw_http_single_content_length(uw_fields_t *fields);

/* ---- wasi/http/fields.c ---- */

/*
 * Takes over an owned `fields` for good: immutable from now on.  The caller owns
 * one reference.  NULL after uw_trap().
 */
uw_shared_fields_t *uw_http_take_fields(uw_call_t *call, uw_resource_t *fields);

/*
 * Moves fields out for the client, or copies them when the guest still looks
 * at them.  False when out of memory.
 */
bool uw_http_fields_move(uw_fields_t *fields, uw_shared_fields_t *shared)
    UW_CHECKED;

/*
 * A new `fields` of the guest that shows these fields, and holds them: whatever
 * they were taken from may go first.
 */
uw_resource_t *uw_http_fields_view(uw_call_t *call, uw_shared_fields_t *shared);

/* own<fields>, as uw_http_fields_view() makes them. */
uw_step_t uw_http_return_view(uw_call_t *call, uw_shared_fields_t *shared);

/* ---- wasi/http/message.c ---- */

/* The variants `method` and `scheme`, from and to their text on the wire. */
uw_val_t uw_http_method_val(uw_call_t *call, uw_slice_t text);
uw_val_t uw_http_scheme_val(uw_call_t *call, uw_slice_t text);
uw_slice_t uw_http_method_text(const uw_http_method_t *method);
uw_slice_t uw_http_scheme_text(const uw_http_scheme_t *scheme);

/* ---- wasi/http/body.c ---- */

/* Nobody will ever read this body: whoever still writes to it is told so.  NULL is
 * allowed. */
void uw_http_unread_body(uw_outgoing_body_t *body);

/* The body of a new message; NULL after uw_trap(). */
uw_outgoing_body_t *uw_http_new_body(uw_call_t *call);

/* ok(own<incoming-body>): the body of a request or response. */
uw_step_t uw_http_return_incoming_body(uw_call_t *call,
                                       uw_incoming_body_t *body);

/* ok(own<outgoing-body>): holds the body. */
uw_step_t uw_http_return_outgoing_body(uw_call_t *call,
                                       uw_outgoing_body_t *body,
                                       bool is_request);

/* Abandons a body that is still open; its exchange takes note. */
void uw_http_abandon(uw_instance_t *instance, uw_outgoing_body_t *body);

#endif /* UW_WASI_HTTP_COMMON_H */

/*
 * What the guests outgoing-*.c share: requests of their own, and the responses
 * to them. Imports are read as in wasi_http.h.
 */
#ifndef SENDING_H
#define SENDING_H

#include "guest.h"
#include "wasi_more.h"

/* option<result<result<own<incoming-response>, error-code>>> */
typedef struct {
    uint8_t some;
    struct {
        uint8_t is_err;
        struct {
            uint8_t is_err;
            union {
                int32_t ok;
                http_error_code err;
            };
        } ok;
    } value;
} http_option_response;

WASI_IMPORT("http/types", "[method]outgoing-request.body")
void outgoing_request_body(int32_t self, wasi_result_handle *body);
WASI_IMPORT("http/types", "[resource-drop]outgoing-request")
void outgoing_request_drop(int32_t own_request);

WASI_IMPORT("http/types", "[constructor]request-options")
int32_t request_options_new(void);
WASI_IMPORT("http/types", "[method]request-options.set-connect-timeout")
int32_t request_options_set_connect(int32_t self, int32_t some, int64_t time);
WASI_IMPORT("http/types", "[method]request-options.set-first-byte-timeout")
int32_t request_options_set_first_byte(int32_t self, int32_t some,
                                       int64_t time);
WASI_IMPORT("http/types", "[method]request-options.set-between-bytes-timeout")
int32_t request_options_set_between_bytes(int32_t self, int32_t some,
                                          int64_t time);

WASI_IMPORT("http/types", "[method]future-incoming-response.subscribe")
int32_t future_response_subscribe(int32_t self);
WASI_IMPORT("http/types", "[method]future-incoming-response.get")
void future_response_get(int32_t self, http_option_response *result);

WASI_IMPORT("http/types", "[method]incoming-response.status")
int32_t incoming_response_status(int32_t self);
WASI_IMPORT("http/types", "[method]incoming-response.headers")
int32_t incoming_response_headers(int32_t self);
WASI_IMPORT("http/types", "[method]incoming-response.consume")
void incoming_response_consume(int32_t self, wasi_result_handle *body);
WASI_IMPORT("http/types", "[resource-drop]incoming-response")
void incoming_response_drop(int32_t own_response);

/* A request METHOD http://peer.test/asked?q=1 with these fields, given away. */
int32_t request_to_peer(int32_t method, int32_t own_headers);
/* Sends it; the future. */
int32_t sent(int32_t own_request);
/* Opens the request's body and a stream to it. */
void sending_open(int32_t request, int32_t *body, int32_t *stream);
/* Waits for the response and drops the future; traps on an error. */
int32_t response_of(int32_t own_future);
/* Opens the response's body and a stream from it. */
void response_open(int32_t response, int32_t *body, int32_t *stream);
/* Prints an error-code with its payload, whatever it is. */
void print_whole_code(const http_error_code *code);
/* Prints the fields, one per line. */
void print_fields(int32_t fields);
/* Prints what a stream still has, and how it ends: "TEXT|closed". */
void print_to_the_end(int32_t stream);
/* Waits for the trailers and prints them; gives the body away. */
void print_trailers(int32_t own_body);
/* Writes size bytes of the pattern 0123456789abcdef, each time as much as
 * check-write allows; traps when the stream is closed. */
void write_pattern(int32_t stream, uint64_t size);
/* Waits for the end of the request's body: until the test lets it go on, which
 * has seen what was sent before. */
void wait_for_test(int32_t request);
/* Waits an hour. */
void wait_long(void);

#endif

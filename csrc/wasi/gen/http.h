/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_HTTP_H
#define UW_WASI_GEN_HTTP_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"
#include "wasi/gen/io.h"

typedef struct {
    uw_slice_t f0;
    uw_slice_t f1;
} uw_http_tuple_string_bytes_t;

typedef enum {
    UW_HTTP_METHOD_GET,
    UW_HTTP_METHOD_HEAD,
    UW_HTTP_METHOD_POST,
    UW_HTTP_METHOD_PUT,
    UW_HTTP_METHOD_DELETE,
    UW_HTTP_METHOD_CONNECT,
    UW_HTTP_METHOD_OPTIONS,
    UW_HTTP_METHOD_TRACE,
    UW_HTTP_METHOD_PATCH,
    UW_HTTP_METHOD_OTHER,
} uw_http_method_tag_t;

typedef struct {
    uw_http_method_tag_t tag;
    union {
        uw_slice_t other;
    } of;
} uw_http_method_t;

typedef struct {
    bool is_some;
    uw_slice_t value;
} uw_http_option_string_t;

typedef enum {
    UW_HTTP_SCHEME_HTTP,
    UW_HTTP_SCHEME_HTTPS,
    UW_HTTP_SCHEME_OTHER,
} uw_http_scheme_tag_t;

typedef struct {
    uw_http_scheme_tag_t tag;
    union {
        uw_slice_t other;
    } of;
} uw_http_scheme_t;

typedef struct {
    bool is_some;
    uw_http_scheme_t value;
} uw_http_option_scheme_t;

typedef struct {
    bool is_some;
    uint64_t value;
} uw_http_option_u64_t;

typedef struct {
    bool is_some;
    uint16_t value;
} uw_http_option_u16_t;

typedef struct {
    uw_http_option_string_t rcode;
    uw_http_option_u16_t info_code;
} uw_http_dns_error_payload_t;

typedef struct {
    bool is_some;
    uint8_t value;
} uw_http_option_u8_t;

typedef struct {
    uw_http_option_u8_t alert_id;
    uw_http_option_string_t alert_message;
} uw_http_tls_alert_received_payload_t;

typedef struct {
    bool is_some;
    uint32_t value;
} uw_http_option_u32_t;

typedef struct {
    uw_http_option_string_t field_name;
    uw_http_option_u32_t field_size;
} uw_http_field_size_payload_t;

typedef struct {
    bool is_some;
    uw_http_field_size_payload_t value;
} uw_http_option_field_size_payload_t;

typedef enum {
    UW_HTTP_ERROR_CODE_DNS_TIMEOUT,
    UW_HTTP_ERROR_CODE_DNS_ERROR,
    UW_HTTP_ERROR_CODE_DESTINATION_NOT_FOUND,
    UW_HTTP_ERROR_CODE_DESTINATION_UNAVAILABLE,
    UW_HTTP_ERROR_CODE_DESTINATION_IP_PROHIBITED,
    UW_HTTP_ERROR_CODE_DESTINATION_IP_UNROUTABLE,
    UW_HTTP_ERROR_CODE_CONNECTION_REFUSED,
    UW_HTTP_ERROR_CODE_CONNECTION_TERMINATED,
    UW_HTTP_ERROR_CODE_CONNECTION_TIMEOUT,
    UW_HTTP_ERROR_CODE_CONNECTION_READ_TIMEOUT,
    UW_HTTP_ERROR_CODE_CONNECTION_WRITE_TIMEOUT,
    UW_HTTP_ERROR_CODE_CONNECTION_LIMIT_REACHED,
    UW_HTTP_ERROR_CODE_TLS_PROTOCOL_ERROR,
    UW_HTTP_ERROR_CODE_TLS_CERTIFICATE_ERROR,
    UW_HTTP_ERROR_CODE_TLS_ALERT_RECEIVED,
    UW_HTTP_ERROR_CODE_HTTP_REQUEST_DENIED,
    UW_HTTP_ERROR_CODE_HTTP_REQUEST_LENGTH_REQUIRED,
    UW_HTTP_ERROR_CODE_HTTP_REQUEST_BODY_SIZE,
    UW_HTTP_ERROR_CODE_HTTP_REQUEST_METHOD_INVALID,
    UW_HTTP_ERROR_CODE_HTTP_REQUEST_URI_INVALID,
    UW_HTTP_ERROR_CODE_HTTP_REQUEST_URI_TOO_LONG,
    UW_HTTP_ERROR_CODE_HTTP_REQUEST_HEADER_SECTION_SIZE,
    UW_HTTP_ERROR_CODE_HTTP_REQUEST_HEADER_SIZE,
    UW_HTTP_ERROR_CODE_HTTP_REQUEST_TRAILER_SECTION_SIZE,
    UW_HTTP_ERROR_CODE_HTTP_REQUEST_TRAILER_SIZE,
    UW_HTTP_ERROR_CODE_HTTP_RESPONSE_INCOMPLETE,
    UW_HTTP_ERROR_CODE_HTTP_RESPONSE_HEADER_SECTION_SIZE,
    UW_HTTP_ERROR_CODE_HTTP_RESPONSE_HEADER_SIZE,
    UW_HTTP_ERROR_CODE_HTTP_RESPONSE_BODY_SIZE,
    UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TRAILER_SECTION_SIZE,
    UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TRAILER_SIZE,
    UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TRANSFER_CODING,
    UW_HTTP_ERROR_CODE_HTTP_RESPONSE_CONTENT_CODING,
    UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TIMEOUT,
    UW_HTTP_ERROR_CODE_HTTP_UPGRADE_FAILED,
    UW_HTTP_ERROR_CODE_HTTP_PROTOCOL_ERROR,
    UW_HTTP_ERROR_CODE_LOOP_DETECTED,
    UW_HTTP_ERROR_CODE_CONFIGURATION_ERROR,
    UW_HTTP_ERROR_CODE_INTERNAL_ERROR,
} uw_http_error_code_tag_t;

typedef struct {
    uw_http_error_code_tag_t tag;
    union {
        uw_http_dns_error_payload_t dns_error;
        uw_http_tls_alert_received_payload_t tls_alert_received;
        uw_http_option_u64_t http_request_body_size;
        uw_http_option_u32_t http_request_header_section_size;
        uw_http_option_field_size_payload_t http_request_header_size;
        uw_http_option_u32_t http_request_trailer_section_size;
        uw_http_field_size_payload_t http_request_trailer_size;
        uw_http_option_u32_t http_response_header_section_size;
        uw_http_field_size_payload_t http_response_header_size;
        uw_http_option_u64_t http_response_body_size;
        uw_http_option_u32_t http_response_trailer_section_size;
        uw_http_field_size_payload_t http_response_trailer_size;
        uw_http_option_string_t http_response_transfer_coding;
        uw_http_option_string_t http_response_content_coding;
        uw_http_option_string_t internal_error;
    } of;
} uw_http_error_code_t;

typedef struct {
    bool is_ok;
    union {
        uw_resource_t *ok;
        uw_http_error_code_t err;
    } of;
} uw_http_result_outgoing_response_error_code_t;

typedef enum {
    UW_HTTP_HEADER_ERROR_INVALID_SYNTAX,
    UW_HTTP_HEADER_ERROR_FORBIDDEN,
    UW_HTTP_HEADER_ERROR_IMMUTABLE,
} uw_http_header_error_t;

extern const char *const uw_http_method_names[10];

extern const char *const uw_http_scheme_names[3];

extern const char *const uw_http_dns_error_payload_names[2];

extern const char *const uw_http_tls_alert_received_payload_names[2];

extern const char *const uw_http_field_size_payload_names[2];

extern const char *const uw_http_error_code_names[39];

extern const char *const uw_http_header_error_names[3];

bool uw_read_http_tuple_string_bytes(uw_call_t *call, const uw_val_t *val,
                                     uw_http_tuple_string_bytes_t *value);

bool uw_read_http_method(uw_call_t *call, const uw_val_t *val,
                         uw_http_method_t *value);

bool uw_read_http_option_string(uw_call_t *call, const uw_val_t *val,
                                uw_http_option_string_t *value);

bool uw_read_http_scheme(uw_call_t *call, const uw_val_t *val,
                         uw_http_scheme_t *value);

bool uw_read_http_option_scheme(uw_call_t *call, const uw_val_t *val,
                                uw_http_option_scheme_t *value);

bool uw_read_http_option_u64(uw_call_t *call, const uw_val_t *val,
                             uw_http_option_u64_t *value);

bool uw_read_http_option_u16(uw_call_t *call, const uw_val_t *val,
                             uw_http_option_u16_t *value);

bool uw_read_http_dns_error_payload(uw_call_t *call, const uw_val_t *val,
                                    uw_http_dns_error_payload_t *value);

bool uw_read_http_option_u8(uw_call_t *call, const uw_val_t *val,
                            uw_http_option_u8_t *value);

bool uw_read_http_tls_alert_received_payload(
    uw_call_t *call, const uw_val_t *val,
    uw_http_tls_alert_received_payload_t *value);

bool uw_read_http_option_u32(uw_call_t *call, const uw_val_t *val,
                             uw_http_option_u32_t *value);

bool uw_read_http_field_size_payload(uw_call_t *call, const uw_val_t *val,
                                     uw_http_field_size_payload_t *value);

bool uw_read_http_option_field_size_payload(
    uw_call_t *call, const uw_val_t *val,
    uw_http_option_field_size_payload_t *value);

bool uw_read_http_error_code(uw_call_t *call, const uw_val_t *val,
                             uw_http_error_code_t *value);

bool uw_read_http_result_outgoing_response_error_code(
    uw_call_t *call, const uw_val_t *val,
    uw_http_result_outgoing_response_error_code_t *value);

uw_val_t uw_make_http_option_string(uw_call_t *call,
                                    const uw_http_option_string_t *value);

uw_val_t uw_make_http_option_u16(uw_call_t *call,
                                 const uw_http_option_u16_t *value);

uw_val_t uw_make_http_dns_error_payload(
    uw_call_t *call, const uw_http_dns_error_payload_t *value);

uw_val_t uw_make_http_option_u8(uw_call_t *call,
                                const uw_http_option_u8_t *value);

uw_val_t uw_make_http_tls_alert_received_payload(
    uw_call_t *call, const uw_http_tls_alert_received_payload_t *value);

uw_val_t uw_make_http_option_u64(uw_call_t *call,
                                 const uw_http_option_u64_t *value);

uw_val_t uw_make_http_option_u32(uw_call_t *call,
                                 const uw_http_option_u32_t *value);

uw_val_t uw_make_http_field_size_payload(
    uw_call_t *call, const uw_http_field_size_payload_t *value);

uw_val_t uw_make_http_option_field_size_payload(
    uw_call_t *call, const uw_http_option_field_size_payload_t *value);

uw_val_t uw_make_http_error_code(uw_call_t *call,
                                 const uw_http_error_code_t *value);

uw_val_t uw_make_http_header_error(uw_call_t *call,
                                   uw_http_header_error_t value);

uw_val_t uw_make_http_tuple_string_bytes(
    uw_call_t *call, const uw_http_tuple_string_bytes_t *value);

uw_val_t uw_make_http_method(uw_call_t *call, const uw_http_method_t *value);

uw_val_t uw_make_http_scheme(uw_call_t *call, const uw_http_scheme_t *value);

extern const uw_resource_type_t uw_http_fields_type;
void uw_http_fields_drop(uw_instance_t *instance, uw_resource_t *resource);
extern const uw_resource_type_t uw_http_incoming_request_type;
extern const uw_resource_type_t uw_http_incoming_body_type;
void uw_http_incoming_body_drop(uw_instance_t *instance,
                                uw_resource_t *resource);
extern const uw_resource_type_t uw_http_outgoing_request_type;
void uw_http_outgoing_request_drop(uw_instance_t *instance,
                                   uw_resource_t *resource);
extern const uw_resource_type_t uw_http_outgoing_body_type;
void uw_http_outgoing_body_drop(uw_instance_t *instance,
                                uw_resource_t *resource);
extern const uw_resource_type_t uw_http_request_options_type;
extern const uw_resource_type_t uw_http_response_outparam_type;
extern const uw_resource_type_t uw_http_outgoing_response_type;
void uw_http_outgoing_response_drop(uw_instance_t *instance,
                                    uw_resource_t *resource);
extern const uw_resource_type_t uw_http_incoming_response_type;
void uw_http_incoming_response_drop(uw_instance_t *instance,
                                    uw_resource_t *resource);
extern const uw_resource_type_t uw_http_future_trailers_type;
void uw_http_future_trailers_drop(uw_instance_t *instance,
                                  uw_resource_t *resource);
extern const uw_resource_type_t uw_http_future_incoming_response_type;
void uw_http_future_incoming_response_drop(uw_instance_t *instance,
                                           uw_resource_t *resource);

/* handle(request: outgoing-request, options: option<request-options>) -> result<future-incoming-response, error-code> */
uw_step_t uw_http_outgoing_handler_handle(uw_call_t *call,
                                          uw_resource_t *request,
                                          uw_resource_t *options);

/* [constructor]fields() -> fields */
uw_step_t uw_http_fields_new(uw_call_t *call);

/* [static]fields.from-list(entries: list<tuple<field-name, field-value>>) -> result<fields, header-error> */
uw_step_t uw_http_fields_from_list(uw_call_t *call, const uw_val_t *entries);

/* [method]fields.get(self: borrow<fields>, name: field-name) -> list<field-value> */
uw_step_t uw_http_fields_get(uw_call_t *call, uw_resource_t *self,
                             uw_slice_t name);

/* [method]fields.has(self: borrow<fields>, name: field-name) -> bool */
uw_step_t uw_http_fields_has(uw_call_t *call, uw_resource_t *self,
                             uw_slice_t name);

/* [method]fields.set(self: borrow<fields>, name: field-name, value: list<field-value>) -> result<_, header-error> */
uw_step_t uw_http_fields_set(uw_call_t *call, uw_resource_t *self,
                             uw_slice_t name, const uw_val_t *value);

/* [method]fields.delete(self: borrow<fields>, name: field-name) -> result<_, header-error> */
uw_step_t uw_http_fields_delete(uw_call_t *call, uw_resource_t *self,
                                uw_slice_t name);

/* [method]fields.append(self: borrow<fields>, name: field-name, value: field-value) -> result<_, header-error> */
uw_step_t uw_http_fields_append(uw_call_t *call, uw_resource_t *self,
                                uw_slice_t name, uw_slice_t value);

/* [method]fields.entries(self: borrow<fields>) -> list<tuple<field-name, field-value>> */
uw_step_t uw_http_fields_entries(uw_call_t *call, uw_resource_t *self);

/* [method]fields.clone(self: borrow<fields>) -> fields */
uw_step_t uw_http_fields_clone(uw_call_t *call, uw_resource_t *self);

/* [method]incoming-request.method(self: borrow<incoming-request>) -> method */
uw_step_t uw_http_incoming_request_method(uw_call_t *call, uw_resource_t *self);

/* [method]incoming-request.path-with-query(self: borrow<incoming-request>) -> option<string> */
uw_step_t uw_http_incoming_request_path_with_query(uw_call_t *call,
                                                   uw_resource_t *self);

/* [method]incoming-request.scheme(self: borrow<incoming-request>) -> option<scheme> */
uw_step_t uw_http_incoming_request_scheme(uw_call_t *call, uw_resource_t *self);

/* [method]incoming-request.authority(self: borrow<incoming-request>) -> option<string> */
uw_step_t uw_http_incoming_request_authority(uw_call_t *call,
                                             uw_resource_t *self);

/* [method]incoming-request.headers(self: borrow<incoming-request>) -> headers */
uw_step_t uw_http_incoming_request_headers(uw_call_t *call,
                                           uw_resource_t *self);

/* [method]incoming-request.consume(self: borrow<incoming-request>) -> result<incoming-body> */
uw_step_t uw_http_incoming_request_consume(uw_call_t *call,
                                           uw_resource_t *self);

/* [constructor]outgoing-request(headers: headers) -> outgoing-request */
uw_step_t uw_http_outgoing_request_new(uw_call_t *call, uw_resource_t *headers);

/* [method]outgoing-request.body(self: borrow<outgoing-request>) -> result<outgoing-body> */
uw_step_t uw_http_outgoing_request_body(uw_call_t *call, uw_resource_t *self);

/* [method]outgoing-request.method(self: borrow<outgoing-request>) -> method */
uw_step_t uw_http_outgoing_request_method(uw_call_t *call, uw_resource_t *self);

/* [method]outgoing-request.set-method(self: borrow<outgoing-request>, method: method) -> result */
uw_step_t uw_http_outgoing_request_set_method(uw_call_t *call,
                                              uw_resource_t *self,
                                              const uw_http_method_t *method);

/* [method]outgoing-request.path-with-query(self: borrow<outgoing-request>) -> option<string> */
uw_step_t uw_http_outgoing_request_path_with_query(uw_call_t *call,
                                                   uw_resource_t *self);

/* [method]outgoing-request.set-path-with-query(self: borrow<outgoing-request>, path-with-query: option<string>) -> result */
uw_step_t uw_http_outgoing_request_set_path_with_query(
    uw_call_t *call, uw_resource_t *self, const uw_slice_t *path_with_query);

/* [method]outgoing-request.scheme(self: borrow<outgoing-request>) -> option<scheme> */
uw_step_t uw_http_outgoing_request_scheme(uw_call_t *call, uw_resource_t *self);

/* [method]outgoing-request.set-scheme(self: borrow<outgoing-request>, scheme: option<scheme>) -> result */
uw_step_t uw_http_outgoing_request_set_scheme(uw_call_t *call,
                                              uw_resource_t *self,
                                              const uw_http_scheme_t *scheme);

/* [method]outgoing-request.authority(self: borrow<outgoing-request>) -> option<string> */
uw_step_t uw_http_outgoing_request_authority(uw_call_t *call,
                                             uw_resource_t *self);

/* [method]outgoing-request.set-authority(self: borrow<outgoing-request>, authority: option<string>) -> result */
uw_step_t uw_http_outgoing_request_set_authority(uw_call_t *call,
                                                 uw_resource_t *self,
                                                 const uw_slice_t *authority);

/* [method]outgoing-request.headers(self: borrow<outgoing-request>) -> headers */
uw_step_t uw_http_outgoing_request_headers(uw_call_t *call,
                                           uw_resource_t *self);

/* [constructor]request-options() -> request-options */
uw_step_t uw_http_request_options_new(uw_call_t *call);

/* [method]request-options.connect-timeout(self: borrow<request-options>) -> option<duration> */
uw_step_t uw_http_request_options_connect_timeout(uw_call_t *call,
                                                  uw_resource_t *self);

/* [method]request-options.set-connect-timeout(self: borrow<request-options>, duration: option<duration>) -> result */
uw_step_t uw_http_request_options_set_connect_timeout(uw_call_t *call,
                                                      uw_resource_t *self,
                                                      const uint64_t *duration);

/* [method]request-options.first-byte-timeout(self: borrow<request-options>) -> option<duration> */
uw_step_t uw_http_request_options_first_byte_timeout(uw_call_t *call,
                                                     uw_resource_t *self);

/* [method]request-options.set-first-byte-timeout(self: borrow<request-options>, duration: option<duration>) -> result */
uw_step_t uw_http_request_options_set_first_byte_timeout(
    uw_call_t *call, uw_resource_t *self, const uint64_t *duration);

/* [method]request-options.between-bytes-timeout(self: borrow<request-options>) -> option<duration> */
uw_step_t uw_http_request_options_between_bytes_timeout(uw_call_t *call,
                                                        uw_resource_t *self);

/* [method]request-options.set-between-bytes-timeout(self: borrow<request-options>, duration: option<duration>) -> result */
uw_step_t uw_http_request_options_set_between_bytes_timeout(
    uw_call_t *call, uw_resource_t *self, const uint64_t *duration);

/* [method]response-outparam.send-informational(self: borrow<response-outparam>, status: u16, headers: headers) -> result<_, error-code> */
uw_step_t uw_http_response_outparam_send_informational(uw_call_t *call,
                                                       uw_resource_t *self,
                                                       uint16_t status,
                                                       uw_resource_t *headers);

/* [static]response-outparam.set(param: response-outparam, response: result<outgoing-response, error-code>) */
uw_step_t uw_http_response_outparam_set(
    uw_call_t *call, uw_resource_t *param,
    const uw_http_result_outgoing_response_error_code_t *response);

/* [method]incoming-response.status(self: borrow<incoming-response>) -> status-code */
uw_step_t uw_http_incoming_response_status(uw_call_t *call,
                                           uw_resource_t *self);

/* [method]incoming-response.headers(self: borrow<incoming-response>) -> headers */
uw_step_t uw_http_incoming_response_headers(uw_call_t *call,
                                            uw_resource_t *self);

/* [method]incoming-response.consume(self: borrow<incoming-response>) -> result<incoming-body> */
uw_step_t uw_http_incoming_response_consume(uw_call_t *call,
                                            uw_resource_t *self);

/* [method]incoming-body.stream(self: borrow<incoming-body>) -> result<input-stream> */
uw_step_t uw_http_incoming_body_stream(uw_call_t *call, uw_resource_t *self);

/* [static]incoming-body.finish(this: incoming-body) -> future-trailers */
uw_step_t uw_http_incoming_body_finish(uw_call_t *call, uw_resource_t *this);

/* [method]future-trailers.subscribe(self: borrow<future-trailers>) -> pollable */
uw_step_t uw_http_future_trailers_subscribe(uw_call_t *call,
                                            uw_resource_t *self);

/* [method]future-trailers.get(self: borrow<future-trailers>) -> option<result<result<option<trailers>, error-code>>> */
uw_step_t uw_http_future_trailers_get(uw_call_t *call, uw_resource_t *self);

/* [constructor]outgoing-response(headers: headers) -> outgoing-response */
uw_step_t uw_http_outgoing_response_new(uw_call_t *call,
                                        uw_resource_t *headers);

/* [method]outgoing-response.status-code(self: borrow<outgoing-response>) -> status-code */
uw_step_t uw_http_outgoing_response_status_code(uw_call_t *call,
                                                uw_resource_t *self);

/* [method]outgoing-response.set-status-code(self: borrow<outgoing-response>, status-code: status-code) -> result */
uw_step_t uw_http_outgoing_response_set_status_code(uw_call_t *call,
                                                    uw_resource_t *self,
                                                    uint16_t status_code);

/* [method]outgoing-response.headers(self: borrow<outgoing-response>) -> headers */
uw_step_t uw_http_outgoing_response_headers(uw_call_t *call,
                                            uw_resource_t *self);

/* [method]outgoing-response.body(self: borrow<outgoing-response>) -> result<outgoing-body> */
uw_step_t uw_http_outgoing_response_body(uw_call_t *call, uw_resource_t *self);

/* [method]outgoing-body.write(self: borrow<outgoing-body>) -> result<output-stream> */
uw_step_t uw_http_outgoing_body_write(uw_call_t *call, uw_resource_t *self);

/* [static]outgoing-body.finish(this: outgoing-body, trailers: option<trailers>) -> result<_, error-code> */
uw_step_t uw_http_outgoing_body_finish(uw_call_t *call, uw_resource_t *this,
                                       uw_resource_t *trailers);

/* [method]future-incoming-response.subscribe(self: borrow<future-incoming-response>) -> pollable */
uw_step_t uw_http_future_incoming_response_subscribe(uw_call_t *call,
                                                     uw_resource_t *self);

/* [method]future-incoming-response.get(self: borrow<future-incoming-response>) -> option<result<result<incoming-response, error-code>>> */
uw_step_t uw_http_future_incoming_response_get(uw_call_t *call,
                                               uw_resource_t *self);

/* http-error-code(err: borrow<io-error>) -> option<error-code> */
uw_step_t uw_http_http_error_code(uw_call_t *call, uw_resource_t *err);

extern const uw_host_interface_t uw_http_interfaces[];

#endif /* UW_WASI_GEN_HTTP_H */

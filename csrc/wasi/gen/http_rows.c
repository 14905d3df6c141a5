/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/http.h"


static uw_step_t
uw_http_outgoing_handler_handle_call(uw_call_t *call)
{
    uw_resource_t *request;
    uw_resource_t *options;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &request)
        || !uw_read_option_handle(call, &call->args[1],
                                  &uw_http_request_options_type, &options))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_handler_handle(call, request, options);
}


static uw_step_t
uw_http_fields_from_list_call(uw_call_t *call)
{


    if (!uw_read_kind(call, &call->args[0], WASMTIME_COMPONENT_LIST)) {
        return UW_TRAP;
    }

    return uw_http_fields_from_list(call, &call->args[0]);
}


static uw_step_t
uw_http_fields_get_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t name;

    if (!uw_read_handle(call, &call->args[0], &uw_http_fields_type, &self)
        || !uw_read_string(call, &call->args[1], &name))
    {
        return UW_TRAP;
    }

    return uw_http_fields_get(call, self, name);
}


static uw_step_t
uw_http_fields_has_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t name;

    if (!uw_read_handle(call, &call->args[0], &uw_http_fields_type, &self)
        || !uw_read_string(call, &call->args[1], &name))
    {
        return UW_TRAP;
    }

    return uw_http_fields_has(call, self, name);
}


static uw_step_t
uw_http_fields_set_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t name;

    if (!uw_read_handle(call, &call->args[0], &uw_http_fields_type, &self)
        || !uw_read_string(call, &call->args[1], &name)
        || !uw_read_kind(call, &call->args[2], WASMTIME_COMPONENT_LIST))
    {
        return UW_TRAP;
    }

    return uw_http_fields_set(call, self, name, &call->args[2]);
}


static uw_step_t
uw_http_fields_delete_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t name;

    if (!uw_read_handle(call, &call->args[0], &uw_http_fields_type, &self)
        || !uw_read_string(call, &call->args[1], &name))
    {
        return UW_TRAP;
    }

    return uw_http_fields_delete(call, self, name);
}


static uw_step_t
uw_http_fields_append_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t name;
    uw_slice_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_http_fields_type, &self)
        || !uw_read_string(call, &call->args[1], &name)
        || !uw_read_bytes(call, &call->args[2], &value))
    {
        return UW_TRAP;
    }

    return uw_http_fields_append(call, self, name, value);
}


static uw_step_t
uw_http_fields_entries_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_fields_type, &self)) {
        return UW_TRAP;
    }

    return uw_http_fields_entries(call, self);
}


static uw_step_t
uw_http_fields_clone_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_fields_type, &self)) {
        return UW_TRAP;
    }

    return uw_http_fields_clone(call, self);
}


static uw_step_t
uw_http_incoming_request_method_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_request_method(call, self);
}


static uw_step_t
uw_http_incoming_request_path_with_query_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_request_path_with_query(call, self);
}


static uw_step_t
uw_http_incoming_request_scheme_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_request_scheme(call, self);
}


static uw_step_t
uw_http_incoming_request_authority_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_request_authority(call, self);
}


static uw_step_t
uw_http_incoming_request_headers_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_request_headers(call, self);
}


static uw_step_t
uw_http_incoming_request_consume_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_request_consume(call, self);
}


static uw_step_t
uw_http_outgoing_request_new_call(uw_call_t *call)
{
    uw_resource_t *headers;

    if (!uw_read_handle(call, &call->args[0], &uw_http_fields_type, &headers)) {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_new(call, headers);
}


static uw_step_t
uw_http_outgoing_request_body_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_body(call, self);
}


static uw_step_t
uw_http_outgoing_request_method_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_method(call, self);
}


static uw_step_t
uw_http_outgoing_request_set_method_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_http_method_t method;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &self)
        || !uw_read_http_method(call, &call->args[1], &method))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_set_method(call, self, &method);
}


static uw_step_t
uw_http_outgoing_request_path_with_query_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_path_with_query(call, self);
}


static uw_step_t
uw_http_outgoing_request_set_path_with_query_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_http_option_string_t path_with_query;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &self)
        || !uw_read_http_option_string(call, &call->args[1], &path_with_query))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_set_path_with_query(
        call, self, path_with_query.is_some ? &path_with_query.value : NULL);
}


static uw_step_t
uw_http_outgoing_request_scheme_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_scheme(call, self);
}


static uw_step_t
uw_http_outgoing_request_set_scheme_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_http_option_scheme_t scheme;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &self)
        || !uw_read_http_option_scheme(call, &call->args[1], &scheme))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_set_scheme(
        call, self, scheme.is_some ? &scheme.value : NULL);
}


static uw_step_t
uw_http_outgoing_request_authority_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_authority(call, self);
}


static uw_step_t
uw_http_outgoing_request_set_authority_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_http_option_string_t authority;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &self)
        || !uw_read_http_option_string(call, &call->args[1], &authority))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_set_authority(
        call, self, authority.is_some ? &authority.value : NULL);
}


static uw_step_t
uw_http_outgoing_request_headers_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_request_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_request_headers(call, self);
}


static uw_step_t
uw_http_request_options_connect_timeout_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_request_options_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_request_options_connect_timeout(call, self);
}


static uw_step_t
uw_http_request_options_set_connect_timeout_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_http_option_u64_t duration;

    if (!uw_read_handle(call, &call->args[0], &uw_http_request_options_type,
                        &self)
        || !uw_read_http_option_u64(call, &call->args[1], &duration))
    {
        return UW_TRAP;
    }

    return uw_http_request_options_set_connect_timeout(
        call, self, duration.is_some ? &duration.value : NULL);
}


static uw_step_t
uw_http_request_options_first_byte_timeout_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_request_options_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_request_options_first_byte_timeout(call, self);
}


static uw_step_t
uw_http_request_options_set_first_byte_timeout_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_http_option_u64_t duration;

    if (!uw_read_handle(call, &call->args[0], &uw_http_request_options_type,
                        &self)
        || !uw_read_http_option_u64(call, &call->args[1], &duration))
    {
        return UW_TRAP;
    }

    return uw_http_request_options_set_first_byte_timeout(
        call, self, duration.is_some ? &duration.value : NULL);
}


static uw_step_t
uw_http_request_options_between_bytes_timeout_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_request_options_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_request_options_between_bytes_timeout(call, self);
}


static uw_step_t
uw_http_request_options_set_between_bytes_timeout_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_http_option_u64_t duration;

    if (!uw_read_handle(call, &call->args[0], &uw_http_request_options_type,
                        &self)
        || !uw_read_http_option_u64(call, &call->args[1], &duration))
    {
        return UW_TRAP;
    }

    return uw_http_request_options_set_between_bytes_timeout(
        call, self, duration.is_some ? &duration.value : NULL);
}


static uw_step_t
uw_http_response_outparam_send_informational_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint16_t status;
    uw_resource_t *headers;

    if (!uw_read_handle(call, &call->args[0], &uw_http_response_outparam_type,
                        &self)
        || !uw_read_u16(call, &call->args[1], &status)
        || !uw_read_handle(call, &call->args[2], &uw_http_fields_type,
                           &headers))
    {
        return UW_TRAP;
    }

    return uw_http_response_outparam_send_informational(call, self, status,
                                                        headers);
}


static uw_step_t
uw_http_response_outparam_set_call(uw_call_t *call)
{
    uw_resource_t *param;
    uw_http_result_outgoing_response_error_code_t response;

    if (!uw_read_handle(call, &call->args[0], &uw_http_response_outparam_type,
                        &param)
        || !uw_read_http_result_outgoing_response_error_code(
            call, &call->args[1], &response))
    {
        return UW_TRAP;
    }

    return uw_http_response_outparam_set(call, param, &response);
}


static uw_step_t
uw_http_incoming_response_status_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_response_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_response_status(call, self);
}


static uw_step_t
uw_http_incoming_response_headers_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_response_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_response_headers(call, self);
}


static uw_step_t
uw_http_incoming_response_consume_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_response_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_response_consume(call, self);
}


static uw_step_t
uw_http_incoming_body_stream_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_body_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_body_stream(call, self);
}


static uw_step_t
uw_http_incoming_body_finish_call(uw_call_t *call)
{
    uw_resource_t *this;

    if (!uw_read_handle(call, &call->args[0], &uw_http_incoming_body_type,
                        &this))
    {
        return UW_TRAP;
    }

    return uw_http_incoming_body_finish(call, this);
}


static uw_step_t
uw_http_future_trailers_subscribe_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_future_trailers_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_future_trailers_subscribe(call, self);
}


static uw_step_t
uw_http_future_trailers_get_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_future_trailers_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_future_trailers_get(call, self);
}


static uw_step_t
uw_http_outgoing_response_new_call(uw_call_t *call)
{
    uw_resource_t *headers;

    if (!uw_read_handle(call, &call->args[0], &uw_http_fields_type, &headers)) {
        return UW_TRAP;
    }

    return uw_http_outgoing_response_new(call, headers);
}


static uw_step_t
uw_http_outgoing_response_status_code_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_response_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_response_status_code(call, self);
}


static uw_step_t
uw_http_outgoing_response_set_status_code_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint16_t status_code;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_response_type,
                        &self)
        || !uw_read_u16(call, &call->args[1], &status_code))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_response_set_status_code(call, self, status_code);
}


static uw_step_t
uw_http_outgoing_response_headers_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_response_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_response_headers(call, self);
}


static uw_step_t
uw_http_outgoing_response_body_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_response_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_response_body(call, self);
}


static uw_step_t
uw_http_outgoing_body_write_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_body_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_body_write(call, self);
}


static uw_step_t
uw_http_outgoing_body_finish_call(uw_call_t *call)
{
    uw_resource_t *this;
    uw_resource_t *trailers;

    if (!uw_read_handle(call, &call->args[0], &uw_http_outgoing_body_type,
                        &this)
        || !uw_read_option_handle(call, &call->args[1], &uw_http_fields_type,
                                  &trailers))
    {
        return UW_TRAP;
    }

    return uw_http_outgoing_body_finish(call, this, trailers);
}


static uw_step_t
uw_http_future_incoming_response_subscribe_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_http_future_incoming_response_type, &self))
    {
        return UW_TRAP;
    }

    return uw_http_future_incoming_response_subscribe(call, self);
}


static uw_step_t
uw_http_future_incoming_response_get_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_http_future_incoming_response_type, &self))
    {
        return UW_TRAP;
    }

    return uw_http_future_incoming_response_get(call, self);
}


static uw_step_t
uw_http_http_error_code_call(uw_call_t *call)
{
    uw_resource_t *err;

    if (!uw_read_handle(call, &call->args[0], &uw_io_error_type, &err)) {
        return UW_TRAP;
    }

    return uw_http_http_error_code(call, err);
}


/* clang-format off */

static const char *const uw_http_versions[] = { "0.2.", NULL };

static const uw_host_func_t uw_http_outgoing_handler_functions[] = {
    { "handle", uw_http_outgoing_handler_handle_call, 54, 2, 1, UW_GIVES_WAY, false },
    { 0 },
};

const uw_resource_type_t uw_http_fields_type = { 55, "fields", uw_http_fields_drop };
const uw_resource_type_t uw_http_incoming_request_type = { 56, "incoming-request", NULL };
const uw_resource_type_t uw_http_incoming_body_type = { 57, "incoming-body", uw_http_incoming_body_drop };
const uw_resource_type_t uw_http_outgoing_request_type = { 58, "outgoing-request", uw_http_outgoing_request_drop };
const uw_resource_type_t uw_http_outgoing_body_type = { 59, "outgoing-body", uw_http_outgoing_body_drop };
const uw_resource_type_t uw_http_request_options_type = { 60, "request-options", NULL };
const uw_resource_type_t uw_http_response_outparam_type = { 61, "response-outparam", NULL };
const uw_resource_type_t uw_http_outgoing_response_type = { 62, "outgoing-response", uw_http_outgoing_response_drop };
const uw_resource_type_t uw_http_incoming_response_type = { 63, "incoming-response", uw_http_incoming_response_drop };
const uw_resource_type_t uw_http_future_trailers_type = { 64, "future-trailers", uw_http_future_trailers_drop };
const uw_resource_type_t uw_http_future_incoming_response_type = { 65, "future-incoming-response", uw_http_future_incoming_response_drop };

static const uw_resource_type_t *const uw_http_types_resources[] = {
    &uw_http_fields_type,
    &uw_http_incoming_request_type,
    &uw_http_incoming_body_type,
    &uw_http_outgoing_request_type,
    &uw_http_outgoing_body_type,
    &uw_http_request_options_type,
    &uw_http_response_outparam_type,
    &uw_http_outgoing_response_type,
    &uw_http_incoming_response_type,
    &uw_http_future_trailers_type,
    &uw_http_future_incoming_response_type,
    NULL,
};

static const uw_host_func_t uw_http_types_functions[] = {
    { "[constructor]fields", uw_http_fields_new, 66, 0, 1, UW_SHORT, false },
    { "[static]fields.from-list", uw_http_fields_from_list_call, 67, 1, 1, UW_GIVES_WAY, false },
    { "[method]fields.get", uw_http_fields_get_call, 68, 2, 1, UW_GIVES_WAY, false },
    { "[method]fields.has", uw_http_fields_has_call, 69, 2, 1, UW_SHORT, false },
    { "[method]fields.set", uw_http_fields_set_call, 70, 3, 1, UW_GIVES_WAY, false },
    { "[method]fields.delete", uw_http_fields_delete_call, 71, 2, 1, UW_SHORT, false },
    { "[method]fields.append", uw_http_fields_append_call, 72, 3, 1, UW_SHORT, false },
    { "[method]fields.entries", uw_http_fields_entries_call, 73, 1, 1, UW_GIVES_WAY, false },
    { "[method]fields.clone", uw_http_fields_clone_call, 74, 1, 1, UW_GIVES_WAY, false },
    { "[method]incoming-request.method", uw_http_incoming_request_method_call, 75, 1, 1, UW_SHORT, false },
    { "[method]incoming-request.path-with-query", uw_http_incoming_request_path_with_query_call, 76, 1, 1, UW_SHORT, false },
    { "[method]incoming-request.scheme", uw_http_incoming_request_scheme_call, 77, 1, 1, UW_SHORT, false },
    { "[method]incoming-request.authority", uw_http_incoming_request_authority_call, 78, 1, 1, UW_SHORT, false },
    { "[method]incoming-request.headers", uw_http_incoming_request_headers_call, 79, 1, 1, UW_SHORT, false },
    { "[method]incoming-request.consume", uw_http_incoming_request_consume_call, 80, 1, 1, UW_SHORT, false },
    { "[constructor]outgoing-request", uw_http_outgoing_request_new_call, 81, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.body", uw_http_outgoing_request_body_call, 82, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.method", uw_http_outgoing_request_method_call, 83, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.set-method", uw_http_outgoing_request_set_method_call, 84, 2, 1, UW_GIVES_WAY, false },
    { "[method]outgoing-request.path-with-query", uw_http_outgoing_request_path_with_query_call, 85, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.set-path-with-query", uw_http_outgoing_request_set_path_with_query_call, 86, 2, 1, UW_GIVES_WAY, false },
    { "[method]outgoing-request.scheme", uw_http_outgoing_request_scheme_call, 87, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.set-scheme", uw_http_outgoing_request_set_scheme_call, 88, 2, 1, UW_GIVES_WAY, false },
    { "[method]outgoing-request.authority", uw_http_outgoing_request_authority_call, 89, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.set-authority", uw_http_outgoing_request_set_authority_call, 90, 2, 1, UW_GIVES_WAY, false },
    { "[method]outgoing-request.headers", uw_http_outgoing_request_headers_call, 91, 1, 1, UW_SHORT, false },
    { "[constructor]request-options", uw_http_request_options_new, 92, 0, 1, UW_SHORT, false },
    { "[method]request-options.connect-timeout", uw_http_request_options_connect_timeout_call, 93, 1, 1, UW_SHORT, false },
    { "[method]request-options.set-connect-timeout", uw_http_request_options_set_connect_timeout_call, 94, 2, 1, UW_SHORT, false },
    { "[method]request-options.first-byte-timeout", uw_http_request_options_first_byte_timeout_call, 95, 1, 1, UW_SHORT, false },
    { "[method]request-options.set-first-byte-timeout", uw_http_request_options_set_first_byte_timeout_call, 96, 2, 1, UW_SHORT, false },
    { "[method]request-options.between-bytes-timeout", uw_http_request_options_between_bytes_timeout_call, 97, 1, 1, UW_SHORT, false },
    { "[method]request-options.set-between-bytes-timeout", uw_http_request_options_set_between_bytes_timeout_call, 98, 2, 1, UW_SHORT, false },
    { "[method]response-outparam.send-informational", uw_http_response_outparam_send_informational_call, 99, 3, 1, UW_SHORT, true },
    { "[static]response-outparam.set", uw_http_response_outparam_set_call, 100, 2, 0, UW_SHORT, false },
    { "[method]incoming-response.status", uw_http_incoming_response_status_call, 101, 1, 1, UW_SHORT, false },
    { "[method]incoming-response.headers", uw_http_incoming_response_headers_call, 102, 1, 1, UW_SHORT, false },
    { "[method]incoming-response.consume", uw_http_incoming_response_consume_call, 103, 1, 1, UW_SHORT, false },
    { "[method]incoming-body.stream", uw_http_incoming_body_stream_call, 104, 1, 1, UW_SHORT, false },
    { "[static]incoming-body.finish", uw_http_incoming_body_finish_call, 105, 1, 1, UW_SHORT, false },
    { "[method]future-trailers.subscribe", uw_http_future_trailers_subscribe_call, 106, 1, 1, UW_SHORT, false },
    { "[method]future-trailers.get", uw_http_future_trailers_get_call, 107, 1, 1, UW_SHORT, false },
    { "[constructor]outgoing-response", uw_http_outgoing_response_new_call, 108, 1, 1, UW_SHORT, false },
    { "[method]outgoing-response.status-code", uw_http_outgoing_response_status_code_call, 109, 1, 1, UW_SHORT, false },
    { "[method]outgoing-response.set-status-code", uw_http_outgoing_response_set_status_code_call, 110, 2, 1, UW_SHORT, false },
    { "[method]outgoing-response.headers", uw_http_outgoing_response_headers_call, 111, 1, 1, UW_SHORT, false },
    { "[method]outgoing-response.body", uw_http_outgoing_response_body_call, 112, 1, 1, UW_SHORT, false },
    { "[method]outgoing-body.write", uw_http_outgoing_body_write_call, 113, 1, 1, UW_SHORT, false },
    { "[static]outgoing-body.finish", uw_http_outgoing_body_finish_call, 114, 2, 1, UW_SHORT, false },
    { "[method]future-incoming-response.subscribe", uw_http_future_incoming_response_subscribe_call, 115, 1, 1, UW_SHORT, false },
    { "[method]future-incoming-response.get", uw_http_future_incoming_response_get_call, 116, 1, 1, UW_SHORT, false },
    { "http-error-code", uw_http_http_error_code_call, 117, 1, 1, UW_SHORT, false },
    { 0 },
};

const uw_host_interface_t uw_http_interfaces[] = {
    { "wasi:http/outgoing-handler", uw_http_versions, NULL, uw_http_outgoing_handler_functions },
    { "wasi:http/types", uw_http_versions, uw_http_types_resources, uw_http_types_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */

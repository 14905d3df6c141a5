/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/http.h"


const char *const uw_http_method_names[] = {
    "get",     "head",    "post",  "put",   "delete",
    "connect", "options", "trace", "patch", "other",
};

const char *const uw_http_scheme_names[] = {
    "HTTP",
    "HTTPS",
    "other",
};

const char *const uw_http_dns_error_payload_names[] = {
    "rcode",
    "info-code",
};

const char *const uw_http_tls_alert_received_payload_names[] = {
    "alert-id",
    "alert-message",
};

const char *const uw_http_field_size_payload_names[] = {
    "field-name",
    "field-size",
};

const char *const uw_http_error_code_names[] = {
    "DNS-timeout",
    "DNS-error",
    "destination-not-found",
    "destination-unavailable",
    "destination-IP-prohibited",
    "destination-IP-unroutable",
    "connection-refused",
    "connection-terminated",
    "connection-timeout",
    "connection-read-timeout",
    "connection-write-timeout",
    "connection-limit-reached",
    "TLS-protocol-error",
    "TLS-certificate-error",
    "TLS-alert-received",
    "HTTP-request-denied",
    "HTTP-request-length-required",
    "HTTP-request-body-size",
    "HTTP-request-method-invalid",
    "HTTP-request-URI-invalid",
    "HTTP-request-URI-too-long",
    "HTTP-request-header-section-size",
    "HTTP-request-header-size",
    "HTTP-request-trailer-section-size",
    "HTTP-request-trailer-size",
    "HTTP-response-incomplete",
    "HTTP-response-header-section-size",
    "HTTP-response-header-size",
    "HTTP-response-body-size",
    "HTTP-response-trailer-section-size",
    "HTTP-response-trailer-size",
    "HTTP-response-transfer-coding",
    "HTTP-response-content-coding",
    "HTTP-response-timeout",
    "HTTP-upgrade-failed",
    "HTTP-protocol-error",
    "loop-detected",
    "configuration-error",
    "internal-error",
};

const char *const uw_http_header_error_names[] = {
    "invalid-syntax",
    "forbidden",
    "immutable",
};

bool
uw_read_http_tuple_string_bytes(uw_call_t *call, const uw_val_t *val,
                                uw_http_tuple_string_bytes_t *value)
{
    return uw_read_tuple(call, val, 2)
           && uw_read_string(call, &val->of.tuple.data[0], &value->f0)
           && uw_read_bytes(call, &val->of.tuple.data[1], &value->f1);
}


bool
uw_read_http_method(uw_call_t *call, const uw_val_t *val,
                    uw_http_method_t *value)
{
    const uw_val_t *payload;
    uint32_t index;

    if (!uw_read_variant(call, val, uw_http_method_names, 10, &index, &payload))
    {
        return false;
    }
    value->tag = (uw_http_method_tag_t) index;

    switch (value->tag) {
    case UW_HTTP_METHOD_OTHER:
        return uw_read_has(call, payload)
               && uw_read_string(call, payload, &value->of.other);
    default:
        return true;
    }
}


bool
uw_read_http_option_string(uw_call_t *call, const uw_val_t *val,
                           uw_http_option_string_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    value->is_some = val->of.option != NULL;

    return !value->is_some
           || uw_read_string(call, val->of.option, &value->value);
}


bool
uw_read_http_scheme(uw_call_t *call, const uw_val_t *val,
                    uw_http_scheme_t *value)
{
    const uw_val_t *payload;
    uint32_t index;

    if (!uw_read_variant(call, val, uw_http_scheme_names, 3, &index, &payload))
    {
        return false;
    }
    value->tag = (uw_http_scheme_tag_t) index;

    switch (value->tag) {
    case UW_HTTP_SCHEME_OTHER:
        return uw_read_has(call, payload)
               && uw_read_string(call, payload, &value->of.other);
    default:
        return true;
    }
}


bool
uw_read_http_option_scheme(uw_call_t *call, const uw_val_t *val,
                           uw_http_option_scheme_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    value->is_some = val->of.option != NULL;

    return !value->is_some
           || uw_read_http_scheme(call, val->of.option, &value->value);
}


bool
uw_read_http_option_u64(uw_call_t *call, const uw_val_t *val,
                        uw_http_option_u64_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    value->is_some = val->of.option != NULL;

    return !value->is_some || uw_read_u64(call, val->of.option, &value->value);
}


bool
uw_read_http_option_u16(uw_call_t *call, const uw_val_t *val,
                        uw_http_option_u16_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    value->is_some = val->of.option != NULL;

    return !value->is_some || uw_read_u16(call, val->of.option, &value->value);
}


bool
uw_read_http_dns_error_payload(uw_call_t *call, const uw_val_t *val,
                               uw_http_dns_error_payload_t *value)
{
    return uw_read_record(call, val, 2)
           && uw_read_http_option_string(call, &val->of.record.data[0].val,
                                         &value->rcode)
           && uw_read_http_option_u16(call, &val->of.record.data[1].val,
                                      &value->info_code);
}


bool
uw_read_http_option_u8(uw_call_t *call, const uw_val_t *val,
                       uw_http_option_u8_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    value->is_some = val->of.option != NULL;

    return !value->is_some || uw_read_u8(call, val->of.option, &value->value);
}


bool
uw_read_http_tls_alert_received_payload(
    uw_call_t *call, const uw_val_t *val,
    uw_http_tls_alert_received_payload_t *value)
{
    return uw_read_record(call, val, 2)
           && uw_read_http_option_u8(call, &val->of.record.data[0].val,
                                     &value->alert_id)
           && uw_read_http_option_string(call, &val->of.record.data[1].val,
                                         &value->alert_message);
}


bool
uw_read_http_option_u32(uw_call_t *call, const uw_val_t *val,
                        uw_http_option_u32_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    value->is_some = val->of.option != NULL;

    return !value->is_some || uw_read_u32(call, val->of.option, &value->value);
}


bool
uw_read_http_field_size_payload(uw_call_t *call, const uw_val_t *val,
                                uw_http_field_size_payload_t *value)
{
    return uw_read_record(call, val, 2)
           && uw_read_http_option_string(call, &val->of.record.data[0].val,
                                         &value->field_name)
           && uw_read_http_option_u32(call, &val->of.record.data[1].val,
                                      &value->field_size);
}


bool
uw_read_http_option_field_size_payload(
    uw_call_t *call, const uw_val_t *val,
    uw_http_option_field_size_payload_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    value->is_some = val->of.option != NULL;

    return !value->is_some
           || uw_read_http_field_size_payload(call, val->of.option,
                                              &value->value);
}


bool
uw_read_http_error_code(uw_call_t *call, const uw_val_t *val,
                        uw_http_error_code_t *value)
{
    const uw_val_t *payload;
    uint32_t index;

    if (!uw_read_variant(call, val, uw_http_error_code_names, 39, &index,
                         &payload))
    {
        return false;
    }
    value->tag = (uw_http_error_code_tag_t) index;

    switch (value->tag) {
    case UW_HTTP_ERROR_CODE_DNS_ERROR:
        return uw_read_has(call, payload)
               && uw_read_http_dns_error_payload(call, payload,
                                                 &value->of.dns_error);
    case UW_HTTP_ERROR_CODE_TLS_ALERT_RECEIVED:
        return uw_read_has(call, payload)
               && uw_read_http_tls_alert_received_payload(
                   call, payload, &value->of.tls_alert_received);
    case UW_HTTP_ERROR_CODE_HTTP_REQUEST_BODY_SIZE:
        return uw_read_has(call, payload)
               && uw_read_http_option_u64(call, payload,
                                          &value->of.http_request_body_size);
    case UW_HTTP_ERROR_CODE_HTTP_REQUEST_HEADER_SECTION_SIZE:
        return uw_read_has(call, payload)
               && uw_read_http_option_u32(
                   call, payload, &value->of.http_request_header_section_size);
    case UW_HTTP_ERROR_CODE_HTTP_REQUEST_HEADER_SIZE:
        return uw_read_has(call, payload)
               && uw_read_http_option_field_size_payload(
                   call, payload, &value->of.http_request_header_size);
    case UW_HTTP_ERROR_CODE_HTTP_REQUEST_TRAILER_SECTION_SIZE:
        return uw_read_has(call, payload)
               && uw_read_http_option_u32(
                   call, payload, &value->of.http_request_trailer_section_size);
    case UW_HTTP_ERROR_CODE_HTTP_REQUEST_TRAILER_SIZE:
        return uw_read_has(call, payload)
               && uw_read_http_field_size_payload(
                   call, payload, &value->of.http_request_trailer_size);
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_HEADER_SECTION_SIZE:
        return uw_read_has(call, payload)
               && uw_read_http_option_u32(
                   call, payload, &value->of.http_response_header_section_size);
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_HEADER_SIZE:
        return uw_read_has(call, payload)
               && uw_read_http_field_size_payload(
                   call, payload, &value->of.http_response_header_size);
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_BODY_SIZE:
        return uw_read_has(call, payload)
               && uw_read_http_option_u64(call, payload,
                                          &value->of.http_response_body_size);
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TRAILER_SECTION_SIZE:
        return uw_read_has(call, payload)
               && uw_read_http_option_u32(
                   call, payload,
                   &value->of.http_response_trailer_section_size);
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TRAILER_SIZE:
        return uw_read_has(call, payload)
               && uw_read_http_field_size_payload(
                   call, payload, &value->of.http_response_trailer_size);
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TRANSFER_CODING:
        return uw_read_has(call, payload)
               && uw_read_http_option_string(
                   call, payload, &value->of.http_response_transfer_coding);
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_CONTENT_CODING:
        return uw_read_has(call, payload)
               && uw_read_http_option_string(
                   call, payload, &value->of.http_response_content_coding);
    case UW_HTTP_ERROR_CODE_INTERNAL_ERROR:
        return uw_read_has(call, payload)
               && uw_read_http_option_string(call, payload,
                                             &value->of.internal_error);
    default:
        return true;
    }
}


bool
uw_read_http_result_outgoing_response_error_code(
    uw_call_t *call, const uw_val_t *val,
    uw_http_result_outgoing_response_error_code_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_RESULT)) {
        return false;
    }
    value->is_ok = val->of.result.is_ok;

    if (value->is_ok) {
        return uw_read_has(call, val->of.result.val)
               && uw_read_handle(call, val->of.result.val,
                                 &uw_http_outgoing_response_type,
                                 &value->of.ok);
    }

    return uw_read_has(call, val->of.result.val)
           && uw_read_http_error_code(call, val->of.result.val, &value->of.err);
}


uw_val_t
uw_make_http_option_string(uw_call_t *call,
                           const uw_http_option_string_t *value)
{
    uw_val_t item;

    if (!value->is_some) {
        return uw_val_option(call->abi, NULL);
    }
    item = uw_val_string(call->abi, (value->value).data, (value->value).size);

    return uw_val_option(call->abi, &item);
}


uw_val_t
uw_make_http_option_u16(uw_call_t *call, const uw_http_option_u16_t *value)
{
    uw_val_t item;

    if (!value->is_some) {
        return uw_val_option(call->abi, NULL);
    }
    item = uw_val_u16(value->value);

    return uw_val_option(call->abi, &item);
}


uw_val_t
uw_make_http_dns_error_payload(uw_call_t *call,
                               const uw_http_dns_error_payload_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 2);

    uw_val_record_name(call->abi, &made, 0, uw_http_dns_error_payload_names[0]);
    made.of.record.data[0].val =
        uw_make_http_option_string(call, &value->rcode);
    uw_val_record_name(call->abi, &made, 1, uw_http_dns_error_payload_names[1]);
    made.of.record.data[1].val =
        uw_make_http_option_u16(call, &value->info_code);

    return made;
}


uw_val_t
uw_make_http_option_u8(uw_call_t *call, const uw_http_option_u8_t *value)
{
    uw_val_t item;

    if (!value->is_some) {
        return uw_val_option(call->abi, NULL);
    }
    item = uw_val_u8(value->value);

    return uw_val_option(call->abi, &item);
}


uw_val_t
uw_make_http_tls_alert_received_payload(
    uw_call_t *call, const uw_http_tls_alert_received_payload_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 2);

    uw_val_record_name(call->abi, &made, 0,
                       uw_http_tls_alert_received_payload_names[0]);
    made.of.record.data[0].val = uw_make_http_option_u8(call, &value->alert_id);
    uw_val_record_name(call->abi, &made, 1,
                       uw_http_tls_alert_received_payload_names[1]);
    made.of.record.data[1].val =
        uw_make_http_option_string(call, &value->alert_message);

    return made;
}


uw_val_t
uw_make_http_option_u64(uw_call_t *call, const uw_http_option_u64_t *value)
{
    uw_val_t item;

    if (!value->is_some) {
        return uw_val_option(call->abi, NULL);
    }
    item = uw_val_u64(value->value);

    return uw_val_option(call->abi, &item);
}


uw_val_t
uw_make_http_option_u32(uw_call_t *call, const uw_http_option_u32_t *value)
{
    uw_val_t item;

    if (!value->is_some) {
        return uw_val_option(call->abi, NULL);
    }
    item = uw_val_u32(value->value);

    return uw_val_option(call->abi, &item);
}


uw_val_t
uw_make_http_field_size_payload(uw_call_t *call,
                                const uw_http_field_size_payload_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 2);

    uw_val_record_name(call->abi, &made, 0,
                       uw_http_field_size_payload_names[0]);
    made.of.record.data[0].val =
        uw_make_http_option_string(call, &value->field_name);
    uw_val_record_name(call->abi, &made, 1,
                       uw_http_field_size_payload_names[1]);
    made.of.record.data[1].val =
        uw_make_http_option_u32(call, &value->field_size);

    return made;
}


uw_val_t
uw_make_http_option_field_size_payload(
    uw_call_t *call, const uw_http_option_field_size_payload_t *value)
{
    uw_val_t item;

    if (!value->is_some) {
        return uw_val_option(call->abi, NULL);
    }
    item = uw_make_http_field_size_payload(call, &value->value);

    return uw_val_option(call->abi, &item);
}


uw_val_t
uw_make_http_error_code(uw_call_t *call, const uw_http_error_code_t *value)
{
    uw_val_t payload;

    switch (value->tag) {
    case UW_HTTP_ERROR_CODE_DNS_ERROR:
        payload = uw_make_http_dns_error_payload(call, &value->of.dns_error);
        break;
    case UW_HTTP_ERROR_CODE_TLS_ALERT_RECEIVED:
        payload = uw_make_http_tls_alert_received_payload(
            call, &value->of.tls_alert_received);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_REQUEST_BODY_SIZE:
        payload =
            uw_make_http_option_u64(call, &value->of.http_request_body_size);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_REQUEST_HEADER_SECTION_SIZE:
        payload = uw_make_http_option_u32(
            call, &value->of.http_request_header_section_size);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_REQUEST_HEADER_SIZE:
        payload = uw_make_http_option_field_size_payload(
            call, &value->of.http_request_header_size);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_REQUEST_TRAILER_SECTION_SIZE:
        payload = uw_make_http_option_u32(
            call, &value->of.http_request_trailer_section_size);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_REQUEST_TRAILER_SIZE:
        payload = uw_make_http_field_size_payload(
            call, &value->of.http_request_trailer_size);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_HEADER_SECTION_SIZE:
        payload = uw_make_http_option_u32(
            call, &value->of.http_response_header_section_size);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_HEADER_SIZE:
        payload = uw_make_http_field_size_payload(
            call, &value->of.http_response_header_size);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_BODY_SIZE:
        payload =
            uw_make_http_option_u64(call, &value->of.http_response_body_size);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TRAILER_SECTION_SIZE:
        payload = uw_make_http_option_u32(
            call, &value->of.http_response_trailer_section_size);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TRAILER_SIZE:
        payload = uw_make_http_field_size_payload(
            call, &value->of.http_response_trailer_size);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TRANSFER_CODING:
        payload = uw_make_http_option_string(
            call, &value->of.http_response_transfer_coding);
        break;
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_CONTENT_CODING:
        payload = uw_make_http_option_string(
            call, &value->of.http_response_content_coding);
        break;
    case UW_HTTP_ERROR_CODE_INTERNAL_ERROR:
        payload = uw_make_http_option_string(call, &value->of.internal_error);
        break;
    default:
        return uw_val_variant(call->abi, uw_http_error_code_names[value->tag],
                              NULL);
    }

    return uw_val_variant(call->abi, uw_http_error_code_names[value->tag],
                          &payload);
}


uw_val_t
uw_make_http_header_error(uw_call_t *call, uw_http_header_error_t value)
{
    return uw_val_variant(call->abi, uw_http_header_error_names[value], NULL);
}


uw_val_t
uw_make_http_tuple_string_bytes(uw_call_t *call,
                                const uw_http_tuple_string_bytes_t *value)
{
    uw_val_t made = uw_val_tuple(call->abi, 2);

    made.of.tuple.data[0] =
        uw_val_string(call->abi, (value->f0).data, (value->f0).size);
    made.of.tuple.data[1] =
        uw_val_bytes(call->abi, (value->f1).data, (value->f1).size);

    return made;
}


uw_val_t
uw_make_http_method(uw_call_t *call, const uw_http_method_t *value)
{
    uw_val_t payload;

    switch (value->tag) {
    case UW_HTTP_METHOD_OTHER:
        payload = uw_val_string(call->abi, (value->of.other).data,
                                (value->of.other).size);
        break;
    default:
        return uw_val_variant(call->abi, uw_http_method_names[value->tag],
                              NULL);
    }

    return uw_val_variant(call->abi, uw_http_method_names[value->tag],
                          &payload);
}


uw_val_t
uw_make_http_scheme(uw_call_t *call, const uw_http_scheme_t *value)
{
    uw_val_t payload;

    switch (value->tag) {
    case UW_HTTP_SCHEME_OTHER:
        payload = uw_val_string(call->abi, (value->of.other).data,
                                (value->of.other).size);
        break;
    default:
        return uw_val_variant(call->abi, uw_http_scheme_names[value->tag],
                              NULL);
    }

    return uw_val_variant(call->abi, uw_http_scheme_names[value->tag],
                          &payload);
}

/*
 * The variant `error-code` of wasi:http/types, and `http-error-code`.
 */

#include "wasi/http/common.h"
#include "wasi/io/poll.h"


/* option<string>: none for an empty one. */
static uw_http_option_string_t
uw_failure_text(const uw_failure_t *failure)
{
    uw_slice_t text = uw_slice_of(failure->text);

    return (uw_http_option_string_t) { text.size != 0, text };
}


static uw_http_field_size_payload_t
uw_failure_field(const uw_failure_t *failure)
{
    return (uw_http_field_size_payload_t) {
        .field_name = uw_failure_text(failure),
        .field_size = { failure->has_number, (uint32_t) failure->number },
    };
}


/* Cases with the same kind of value have it at the same place. */
uw_val_t
uw_http_failure_code(uw_call_t *call, const uw_failure_t *failure)
{
    uw_http_error_code_t code = {
        .tag = (uw_http_error_code_tag_t) uw_failure_case(failure),
    };

    switch (failure->code->payload) {
    case UW_PAYLOAD_DNS:
        code.of.dns_error = (uw_http_dns_error_payload_t) {
            .rcode = uw_failure_text(failure),
            .info_code = { failure->has_number, (uint16_t) failure->number },
        };
        break;
    case UW_PAYLOAD_ALERT:
        code.of.tls_alert_received = (uw_http_tls_alert_received_payload_t) {
            .alert_id = { failure->has_number, (uint8_t) failure->number },
            .alert_message = uw_failure_text(failure),
        };
        break;
    case UW_PAYLOAD_BODY_SIZE:
        code.of.http_request_body_size =
            (uw_http_option_u64_t) { failure->has_number, failure->number };
        break;
    case UW_PAYLOAD_SECTION_SIZE:
        code.of.http_request_header_section_size =
            (uw_http_option_u32_t) { failure->has_number,
                                     (uint32_t) failure->number };
        break;
    case UW_PAYLOAD_FIELD:
        code.of.http_request_trailer_size = uw_failure_field(failure);
        break;
    case UW_PAYLOAD_OPTION_FIELD:
        code.of.http_request_header_size =
            (uw_http_option_field_size_payload_t) {
                failure->text[0] != '\0' || failure->has_number,
                uw_failure_field(failure),
            };
        break;
    case UW_PAYLOAD_TEXT:
        code.of.internal_error = uw_failure_text(failure);
        break;
    default:
        break;
    }

    return uw_make_http_error_code(call, &code);
}


void
uw_http_body_size(uw_failure_t *failure, bool is_request, uint64_t size)
{
    uw_failure_set(
        failure,
        is_request ? "HTTP-request-body-size" : "HTTP-response-body-size", "");
    uw_failure_set_number(failure, size);
}


uw_step_t
uw_http_http_error_code(uw_call_t *call, uw_resource_t *err)
{
    uw_val_t code;

    if (uw_as_error(err)->code == NULL) {
        return uw_return(call, uw_val_option(call->abi, NULL));
    }
    code = uw_http_failure_code(call, uw_as_error(err));

    return uw_return(call, uw_val_option(call->abi, &code));
}

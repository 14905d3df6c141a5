/*
 * The variant `error-code` of wasi:http/types, and `http-error-code`.
 */

#include "wasi/http/package.h"

#include <string.h>


uw_val_t
uw_http_error_code(const uw_abi_t *abi, const char *name, uw_val_t *payload)
{
    return uw_val_variant(abi, name, payload);
}


/* option<string>: none for an empty one. */
static uw_val_t
uw_text_val(const uw_abi_t *abi, const uw_failure_t *failure)
{
    size_t size = strlen(failure->text);
    uw_val_t text;

    if (size == 0) {
        return uw_val_option(abi, NULL);
    }
    text = uw_val_string(abi, (const uint8_t *) failure->text, size);

    return uw_val_option(abi, &text);
}


/* option<T>; `number` is moved. */
static uw_val_t
uw_number_val(const uw_abi_t *abi, const uw_failure_t *failure, uw_val_t number)
{
    return uw_val_option(abi, failure->has_number ? &number : NULL);
}


/* record {option<string>, option<T>}; in the WIT either may be the first. */
static uw_val_t
uw_record_val(const uw_abi_t *abi, const uw_failure_t *failure, size_t text_at,
              const char *text_name, const char *number_name, uw_val_t number)
{
    uw_val_t record = uw_val_record(abi, 2);

    uw_val_record_set(abi, &record, text_at, text_name,
                      uw_text_val(abi, failure));
    uw_val_record_set(abi, &record, 1 - text_at, number_name,
                      uw_number_val(abi, failure, number));

    return record;
}


static uw_val_t
uw_field_size_val(const uw_abi_t *abi, const uw_failure_t *failure)
{
    return uw_record_val(abi, failure, 0, "field-name", "field-size",
                         uw_val_u32((uint32_t) failure->number));
}


uw_val_t
uw_http_failure_code(const uw_abi_t *abi, const uw_failure_t *failure)
{
    uw_val_t payload;
    uw_val_t field;

    switch (failure->code->payload) {
    case UW_PAYLOAD_DNS:
        payload = uw_record_val(abi, failure, 0, "rcode", "info-code",
                                uw_val_u16((uint16_t) failure->number));
        break;
    case UW_PAYLOAD_ALERT:
        payload = uw_record_val(abi, failure, 1, "alert-message", "alert-id",
                                uw_val_u8((uint8_t) failure->number));
        break;
    case UW_PAYLOAD_BODY_SIZE:
        payload = uw_number_val(abi, failure, uw_val_u64(failure->number));
        break;
    case UW_PAYLOAD_SECTION_SIZE:
        payload =
            uw_number_val(abi, failure, uw_val_u32((uint32_t) failure->number));
        break;
    case UW_PAYLOAD_FIELD:
        payload = uw_field_size_val(abi, failure);
        break;
    case UW_PAYLOAD_OPTION_FIELD:
        if (failure->text[0] == '\0' && !failure->has_number) {
            payload = uw_val_option(abi, NULL);
            break;
        }
        field = uw_field_size_val(abi, failure);
        payload = uw_val_option(abi, &field);
        break;
    case UW_PAYLOAD_TEXT:
        payload = uw_text_val(abi, failure);
        break;
    default:
        return uw_http_error_code(abi, failure->code->name, NULL);
    }

    return uw_http_error_code(abi, failure->code->name, &payload);
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
uw_http_error_of(uw_call_t *call)
{
    const uw_resource_t *error = uw_arg_handle(call, 0, UW_RES_ERROR);
    uw_val_t code;

    if (error == NULL) {
        return UW_TRAP;
    }
    if (error->as.error.code == NULL) {
        return uw_return(call, uw_val_option(call->abi, NULL));
    }
    code = uw_http_failure_code(call->abi, &error->as.error);

    return uw_return(call, uw_val_option(call->abi, &code));
}

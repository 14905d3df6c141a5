/*
 * The two messages of an exchange: the request that the guest got and the
 * response that it sets.
 */

#include "wasi/http/common.h"

/* http::StatusCode, which wasmtime uses: three digits. */
#define UW_STATUS_MIN 100
#define UW_STATUS_MAX 999

/* What a client may get as the final status of a response. */
#define UW_FINAL_STATUS_MIN 200
#define UW_FINAL_STATUS_MAX 599

/* On the wire, with case; in the order of the WIT, whose last case is `other`. */
static const char *const uw_methods[] = {
    "GET",     "HEAD",    "POST",  "PUT",   "DELETE",
    "CONNECT", "OPTIONS", "TRACE", "PATCH",
};

static const char *const uw_schemes[] = { "http", "https" };

#define UW_METHODS (sizeof(uw_methods) / sizeof(uw_methods[0]))
#define UW_SCHEMES (sizeof(uw_schemes) / sizeof(uw_schemes[0]))


/* ---- What resources release ---- */

void
uw_http_outgoing_response_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    uw_outgoing_response_t *response = uw_as_outgoing_response(resource);

    (void) instance;

    uw_shared_fields_release(response->headers);
    uw_http_unread_body(response->body);
    *response = (uw_outgoing_response_t) { 0 };
}


/* ---- method and scheme: variants with a case `other(string)` ---- */

/* Which text it is; `count` for another one. */
static size_t
uw_case_of(uw_slice_t text, const char *const *texts, size_t count)
{
    size_t i = 0;

    while (i < count && !uw_slice_is(text, texts[i])) {
        i++;
    }

    return i;
}


uw_val_t
uw_http_method_val(uw_call_t *call, uw_slice_t text)
{
    uw_http_method_t method = {
        .tag = (uw_http_method_tag_t) uw_case_of(text, uw_methods, UW_METHODS),
        .of = { .other = text },
    };

    return uw_make_http_method(call, &method);
}


uw_slice_t
uw_http_method_text(const uw_http_method_t *method)
{
    return method->tag == UW_HTTP_METHOD_OTHER
               ? method->of.other
               : uw_slice_of(uw_methods[method->tag]);
}


uw_val_t
uw_http_scheme_val(uw_call_t *call, uw_slice_t text)
{
    uw_http_scheme_t scheme = {
        .tag = (uw_http_scheme_tag_t) uw_case_of(text, uw_schemes, UW_SCHEMES),
        .of = { .other = text },
    };

    return uw_make_http_scheme(call, &scheme);
}


uw_slice_t
uw_http_scheme_text(const uw_http_scheme_t *scheme)
{
    return scheme->tag == UW_HTTP_SCHEME_OTHER
               ? scheme->of.other
               : uw_slice_of(uw_schemes[scheme->tag]);
}


/* ---- incoming-request ---- */

uw_step_t
uw_http_incoming_request_method(uw_call_t *call, uw_resource_t *self)
{
    (void) self;

    return uw_return(
        call, uw_http_method_val(call, call->instance->exchange->method));
}


uw_step_t
uw_http_incoming_request_path_with_query(uw_call_t *call, uw_resource_t *self)
{
    (void) self;

    return uw_http_return_some_string(
        call, call->instance->exchange->path_with_query);
}


uw_step_t
uw_http_incoming_request_scheme(uw_call_t *call, uw_resource_t *self)
{
    (void) self;

    return uw_http_return_some(
        call, uw_http_scheme_val(call, call->instance->exchange->scheme));
}


uw_step_t
uw_http_incoming_request_authority(uw_call_t *call, uw_resource_t *self)
{
    (void) self;

    return uw_http_return_some_string(call,
                                      call->instance->exchange->authority);
}


uw_step_t
uw_http_incoming_request_headers(uw_call_t *call, uw_resource_t *self)
{
    (void) self;

    return uw_http_return_view(call,
                               &call->instance->exchange->request_headers);
}


uw_step_t
uw_http_incoming_request_consume(uw_call_t *call, uw_resource_t *self)
{
    if (uw_as_incoming_request(self)->consumed) {
        return uw_return_err(call, NULL);
    }
    uw_as_incoming_request(self)->consumed = true;

    return uw_http_return_incoming_body(
        call, &call->instance->exchange->request_body);
}


/* ---- outgoing-response ---- */

uw_step_t
uw_http_outgoing_response_new(uw_call_t *call, uw_resource_t *headers)
{
    uw_resource_t *resource = uw_make(call, &uw_http_outgoing_response_type, 0);
    uw_outgoing_response_t *response;

    if (resource == NULL) {
        return UW_TRAP;
    }

    response = uw_as_outgoing_response(resource);
    response->status = 200;
    response->headers = uw_http_take_fields(call, headers);
    if (response->headers == NULL) {
        return UW_TRAP;
    }
    response->body = uw_http_new_body(call);
    if (response->body == NULL) {
        return UW_TRAP;
    }
    response->body->limit = call->instance->engine->settings.max_response_bytes;

    return uw_return_handle(call, resource);
}


uw_step_t
uw_http_outgoing_response_status_code(uw_call_t *call, uw_resource_t *self)
{
    return uw_return(call, uw_val_u16(uw_as_outgoing_response(self)->status));
}


uw_step_t
uw_http_outgoing_response_set_status_code(uw_call_t *call, uw_resource_t *self,
                                          uint16_t status_code)
{
    if (status_code < UW_STATUS_MIN || status_code > UW_STATUS_MAX) {
        return uw_return_err(call, NULL);
    }
    uw_as_outgoing_response(self)->status = status_code;

    return uw_return_ok(call, NULL);
}


uw_step_t
uw_http_outgoing_response_headers(uw_call_t *call, uw_resource_t *self)
{
    return uw_http_return_view(call, uw_as_outgoing_response(self)->headers);
}


uw_step_t
uw_http_outgoing_response_body(uw_call_t *call, uw_resource_t *self)
{
    uw_outgoing_response_t *response = uw_as_outgoing_response(self);
    uint64_t length;

    if (response->body_taken
        || !uw_http_content_length(&response->headers->fields, &length))
    {
        return uw_return_err(call, NULL);
    }

    response->body_taken = true;
    if (!uw_exchange_is_bodiless(call->instance->exchange, response->status)) {
        response->body->content_length = length;
    }

    return uw_http_return_outgoing_body(call, response->body, false);
}


/* ---- response-outparam ---- */

/*
 * Whether a body of which this much is written can still become one of that
 * length.  The status may have changed since the guest took the body.
 */
static bool
uw_length_agrees(const uw_outgoing_body_t *body, uint64_t length)
{
    if (length == UW_LENGTH_UNKNOWN) {
        return true;
    }
    if (body == NULL) {
        return length == 0;
    }

    return body->state == UW_OUTGOING_OPEN ? body->written <= length
                                           : body->written == length;
}


/* False, with the reason noted, when no client may get such a response. */
static bool
uw_response_valid(uw_instance_t *instance,
                  const uw_outgoing_response_t *response,
                  uw_outgoing_body_t *body)
{
    uint64_t length;

    if (response->status < UW_FINAL_STATUS_MIN
        || response->status > UW_FINAL_STATUS_MAX)
    {
        uw_http_failure(instance,
                        "the component answered with status %u, which is not "
                        "between 200 and 599",
                        (unsigned) response->status);
        return false;
    }

    if (!uw_http_content_length(&response->headers->fields, &length)) {
        uw_http_failure(instance, "the component's content-length is not one "
                                  "number");
        return false;
    }

    if (body != NULL && body->state == UW_OUTGOING_ABANDONED) {
        uw_http_failure(instance, "the component dropped the response body "
                                  "unfinished, or it has the wrong length");
        return false;
    }

    if (uw_exchange_is_bodiless(instance->exchange, response->status)) {
        return true;
    }

    if (!uw_length_agrees(body, length)) {
        uw_http_failure(instance, "the response body is not as long as the "
                                  "component's content-length");
        return false;
    }
    if (body != NULL) {
        body->content_length = length;
    }

    return true;
}


static void
uw_answer(uw_instance_t *instance, uw_outgoing_response_t *response)
{
    uw_exchange_t *exchange = instance->exchange;
    uw_outgoing_body_t *body = response->body_taken ? response->body : NULL;
    uw_fields_t headers = { .count = 0 };

    if (!uw_response_valid(instance, response, body)) {
        (void) uw_exchange_fail(exchange, 500);
        return;
    }

    if (!uw_http_fields_move(&headers, response->headers)) {
        uw_http_failure(instance, "out of memory");
        (void) uw_exchange_fail(exchange, 500);

    } else {
        uw_http_single_content_length(&headers);
        uw_exchange_set(exchange, response->status, &headers, body);
        if (body != NULL) {
            /* Not unread: the exchange has it, or has closed it. */
            uw_outgoing_body_release(body);
            response->body = NULL;
        }
    }
    uw_fields_free(&headers);
}


/* What is said of an error-code, beside its name. */
static uw_slice_t
uw_error_reason(const uw_http_error_code_t *code)
{
    const uw_http_option_string_t *text;

    switch (code->tag) {
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_TRANSFER_CODING:
        text = &code->of.http_response_transfer_coding;
        break;
    case UW_HTTP_ERROR_CODE_HTTP_RESPONSE_CONTENT_CODING:
        text = &code->of.http_response_content_coding;
        break;
    case UW_HTTP_ERROR_CODE_INTERNAL_ERROR:
        text = &code->of.internal_error;
        break;
    default:
        return (uw_slice_t) { NULL, 0 };
    }

    return text->is_some ? text->value : (uw_slice_t) { NULL, 0 };
}


static uw_step_t
uw_answer_error(uw_call_t *call, const uw_http_error_code_t *code)
{
    uw_slice_t reason = uw_error_reason(code);

    if (reason.size > sizeof(call->instance->failure)) {
        reason.size = sizeof(call->instance->failure);
    }
    uw_http_failure(
        call->instance, "the component answered with error-code %s%s%.*s",
        uw_http_error_code_names[code->tag], reason.size == 0 ? "" : ": ",
        (int) reason.size, reason.size == 0 ? "" : (const char *) reason.data);
    call->instance->end = UW_END_ERROR_CODE;
    (void) uw_exchange_fail(call->instance->exchange, 500);

    return UW_DONE;
}


uw_step_t
uw_http_response_outparam_set(
    uw_call_t *call, uw_resource_t *param,
    const uw_http_result_outgoing_response_error_code_t *response)
{
    uw_resource_t taken;

    if (!uw_drop(call, param)) {
        return UW_TRAP;
    }
    if (!response->is_ok) {
        return uw_answer_error(call, &response->of.err);
    }
    if (!uw_http_take(call, response->of.ok, &taken)) {
        return UW_TRAP;
    }

    uw_answer(call->instance, uw_as_outgoing_response(&taken));
    uw_resource_release(call->instance, &taken);

    return UW_DONE;
}


/* Unstable in WASI 0.2.12; wasmtime traps as well. */
uw_step_t
uw_http_response_outparam_send_informational(uw_call_t *call,
                                             uw_resource_t *self,
                                             uint16_t status,
                                             uw_resource_t *headers)
{
    (void) self;
    (void) status;
    (void) headers;

    return uw_trap(call, "response-outparam.send-informational is not "
                         "implemented");
}

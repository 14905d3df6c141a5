/*
 * The two messages of an exchange: the request that the guest got and the
 * response that it sets.
 */

#include "wasi/http/package.h"

/* http::StatusCode, which wasmtime uses: three digits. */
#define UW_STATUS_MIN 100
#define UW_STATUS_MAX 999

/* What a client may get as the final status of a response. */
#define UW_FINAL_STATUS_MIN 200
#define UW_FINAL_STATUS_MAX 599

typedef struct {
    const char *text; /* on the wire; compared with case */
    const char *name; /* of the WIT's case */
} uw_http_case_t;

static const uw_http_case_t uw_methods[] = {
    { "GET", "get" },         { "HEAD", "head" },     { "POST", "post" },
    { "PUT", "put" },         { "DELETE", "delete" }, { "CONNECT", "connect" },
    { "OPTIONS", "options" }, { "TRACE", "trace" },   { "PATCH", "patch" },
    { NULL, NULL },
};

static const uw_http_case_t uw_schemes[] = {
    { "http", "HTTP" },
    { "https", "HTTPS" },
    { NULL, NULL },
};


/* ---- method and scheme: variants with a case `other(string)` ---- */

static uw_val_t
uw_case_val(uw_call_t *call, const uw_http_case_t *cases, uw_slice_t text)
{
    uw_val_t other;

    for (; cases->text != NULL; cases++) {
        if (uw_slice_is(text, cases->text)) {
            return uw_val_variant(call->abi, cases->name, NULL);
        }
    }
    other = uw_val_string(call->abi, text.data, text.size);

    return uw_val_variant(call->abi, "other", &other);
}


static bool
uw_case_get(uw_call_t *call, const uw_http_case_t *cases, const uw_val_t *val,
            uw_slice_t *text)
{
    const uw_val_t *payload = NULL;
    uw_slice_t name = uw_val_get_variant(val, &payload);

    if (payload != NULL) {
        return uw_val_bytes_or_trap(call, payload, text);
    }

    for (; cases->text != NULL; cases++) {
        if (uw_slice_is(name, cases->name)) {
            *text = uw_slice_of(cases->text);
            return true;
        }
    }
    (void) uw_trap(call, "an argument has another type than WASI's");

    return false;
}


uw_val_t
uw_http_method_val(uw_call_t *call, uw_slice_t method)
{
    return uw_case_val(call, uw_methods, method);
}


bool
uw_http_method_get(uw_call_t *call, const uw_val_t *val, uw_slice_t *method)
{
    return uw_case_get(call, uw_methods, val, method);
}


uw_val_t
uw_http_scheme_val(uw_call_t *call, uw_slice_t scheme)
{
    return uw_case_val(call, uw_schemes, scheme);
}


bool
uw_http_scheme_get(uw_call_t *call, const uw_val_t *val, uw_slice_t *scheme)
{
    return uw_case_get(call, uw_schemes, val, scheme);
}


uw_step_t
uw_http_return_some(uw_call_t *call, uw_val_t value)
{
    return uw_return(call, uw_val_option(call->abi, &value));
}


uw_step_t
uw_http_return_some_string(uw_call_t *call, uw_slice_t text)
{
    return uw_http_return_some(call,
                               uw_val_string(call->abi, text.data, text.size));
}


uw_step_t
uw_http_return_view(uw_call_t *call, uw_shared_fields_t *shared)
{
    uw_resource_t *view = uw_http_fields_view(call, shared);

    return view == NULL ? UW_TRAP : uw_return_handle(call, view);
}


/* ---- incoming-request ---- */

/* The request, if the first argument is one; else NULL after uw_trap(). */
static uw_exchange_t *
uw_arg_request(uw_call_t *call)
{
    return uw_arg_handle(call, 0, UW_RES_INCOMING_REQUEST) == NULL
               ? NULL
               : call->instance->exchange;
}


uw_step_t
uw_http_request_method(uw_call_t *call)
{
    const uw_exchange_t *exchange = uw_arg_request(call);

    return exchange == NULL
               ? UW_TRAP
               : uw_return(call, uw_http_method_val(call, exchange->method));
}


uw_step_t
uw_http_request_path(uw_call_t *call)
{
    const uw_exchange_t *exchange = uw_arg_request(call);

    return exchange == NULL
               ? UW_TRAP
               : uw_http_return_some_string(call, exchange->path_with_query);
}


uw_step_t
uw_http_request_scheme(uw_call_t *call)
{
    const uw_exchange_t *exchange = uw_arg_request(call);

    return exchange == NULL
               ? UW_TRAP
               : uw_http_return_some(
                     call, uw_http_scheme_val(call, exchange->scheme));
}


uw_step_t
uw_http_request_authority(uw_call_t *call)
{
    const uw_exchange_t *exchange = uw_arg_request(call);

    return exchange == NULL
               ? UW_TRAP
               : uw_http_return_some_string(call, exchange->authority);
}


uw_step_t
uw_http_request_headers(uw_call_t *call)
{
    uw_exchange_t *exchange = uw_arg_request(call);

    return exchange == NULL
               ? UW_TRAP
               : uw_http_return_view(call, &exchange->request_headers);
}


uw_step_t
uw_http_request_consume(uw_call_t *call)
{
    uw_resource_t *request = uw_arg_handle(call, 0, UW_RES_INCOMING_REQUEST);

    if (request == NULL) {
        return UW_TRAP;
    }
    if (request->as.incoming_request.consumed) {
        return uw_return_err(call, NULL);
    }
    request->as.incoming_request.consumed = true;

    return uw_http_return_incoming_body(
        call, &call->instance->exchange->request_body);
}


/* ---- outgoing-response ---- */

static uw_outgoing_response_t *
uw_arg_response(uw_call_t *call)
{
    uw_resource_t *resource = uw_arg_handle(call, 0, UW_RES_OUTGOING_RESPONSE);

    return resource == NULL ? NULL : &resource->as.outgoing_response;
}


uw_step_t
uw_http_response_new(uw_call_t *call)
{
    uw_resource_t *resource = uw_make(call, UW_RES_OUTGOING_RESPONSE, 0);
    uw_outgoing_response_t *response;

    if (resource == NULL) {
        return UW_TRAP;
    }

    response = &resource->as.outgoing_response;
    response->status = 200;
    response->headers = uw_http_take_fields(call, &call->args[0]);
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
uw_http_response_status(uw_call_t *call)
{
    const uw_outgoing_response_t *response = uw_arg_response(call);

    return response == NULL ? UW_TRAP
                            : uw_return(call, uw_val_u16(response->status));
}


uw_step_t
uw_http_response_set_status(uw_call_t *call)
{
    uw_outgoing_response_t *response = uw_arg_response(call);
    uint16_t status;

    if (response == NULL || !uw_arg_u16(call, 1, &status)) {
        return UW_TRAP;
    }
    if (status < UW_STATUS_MIN || status > UW_STATUS_MAX) {
        return uw_return_err(call, NULL);
    }
    response->status = status;

    return uw_return_ok(call, NULL);
}


uw_step_t
uw_http_response_headers(uw_call_t *call)
{
    const uw_outgoing_response_t *response = uw_arg_response(call);

    return response == NULL ? UW_TRAP
                            : uw_http_return_view(call, response->headers);
}


uw_step_t
uw_http_response_body(uw_call_t *call)
{
    uw_outgoing_response_t *response = uw_arg_response(call);
    uint64_t length;

    if (response == NULL) {
        return UW_TRAP;
    }
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
        uw_http_failure(instance, "memory is out");
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


static uw_step_t
uw_answer_error(uw_call_t *call, const uw_val_t *code)
{
    const uw_val_t *payload = NULL;
    uw_slice_t name = uw_val_get_variant(code, &payload);
    uw_slice_t reason = { NULL, 0 };

    if (name.size == 0) {
        return uw_trap(call, "an argument has another type than WASI's");
    }
    if (payload != NULL && payload->kind == WASMTIME_COMPONENT_OPTION) {
        payload = payload->of.option;
    }
    if (payload != NULL && payload->kind == WASMTIME_COMPONENT_STRING
        && !uw_val_bytes_or_trap(call, payload, &reason))
    {
        return UW_TRAP;
    }

    if (name.size > 64) {
        name.size = 64;
    }
    if (reason.size > sizeof(call->instance->failure)) {
        reason.size = sizeof(call->instance->failure);
    }
    uw_http_failure(
        call->instance, "the component answered with error-code %.*s%s%.*s",
        (int) name.size, (const char *) name.data, reason.size == 0 ? "" : ": ",
        (int) reason.size, reason.size == 0 ? "" : (const char *) reason.data);
    call->instance->end = UW_END_ERROR_CODE;
    (void) uw_exchange_fail(call->instance->exchange, 500);

    return UW_DONE;
}


uw_step_t
uw_http_outparam_set(uw_call_t *call)
{
    const uw_val_t *answer = &call->args[1];
    uw_resource_t *resource = uw_arg_handle(call, 0, UW_RES_RESPONSE_OUTPARAM);
    uw_resource_t response;

    if (resource == NULL || !uw_drop(call, resource)) {
        return UW_TRAP;
    }
    if (answer->kind != WASMTIME_COMPONENT_RESULT
        || answer->of.result.val == NULL)
    {
        return uw_trap(call, "an argument has another type than WASI's");
    }
    if (!answer->of.result.is_ok) {
        return uw_answer_error(call, answer->of.result.val);
    }

    resource = uw_val_handle_or_trap(call, answer->of.result.val,
                                     UW_RES_OUTGOING_RESPONSE);
    if (resource == NULL || !uw_http_take(call, resource, &response)) {
        return UW_TRAP;
    }
    uw_answer(call->instance, &response.as.outgoing_response);
    uw_http_let_go(call->instance, &response);

    return UW_DONE;
}


/* Unstable in WASI 0.2.12; wasmtime traps as well. */
uw_step_t
uw_http_send_informational(uw_call_t *call)
{
    return uw_trap(call, "response-outparam.send-informational is not "
                         "implemented");
}

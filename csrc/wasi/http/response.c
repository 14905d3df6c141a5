/*
 * wasi:http/outgoing-handler, and what comes back: future-incoming-response and
 * incoming-response.  Its body is in wasi/http/body.c.
 */

#include "wasi/http/common.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "outgoing/outgoing.h"
#include "wasi/io/poll.h"

/* Each of the three times, where the guest gives none; as in wasmtime. */
#define UW_DEFAULT_TIMEOUT (600ull * 1000000000u)

/* Of an origin so much is logged: a DNS name has 253 bytes. */
#define UW_ORIGIN_MAX 300


/* ---- What resources release ---- */

/* A request on its way goes with the resource that owns it. */
static void
uw_sent_drop(uw_outgoing_t *outgoing)
{
    if (outgoing != NULL) {
        uw_outgoing_cancel(outgoing);
    }
}


void
uw_http_future_incoming_response_drop(uw_instance_t *instance,
                                      uw_resource_t *resource)
{
    uw_future_response_t *future = uw_as_future_response(resource);

    (void) instance;

    uw_sent_drop(future->outgoing);
    future->outgoing = NULL;
}


void
uw_http_incoming_response_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    uw_incoming_response_t *response = uw_as_incoming_response(resource);

    (void) instance;

    uw_sent_drop(response->outgoing);
    uw_shared_fields_release(response->headers);
    *response = (uw_incoming_response_t) { 0 };
}


/* The request that this resource owns; or NULL. */
static uw_outgoing_t *
uw_outgoing_of(const uw_resource_t *resource)
{
    const uw_incoming_body_t *body = NULL;

    if (resource->type == &uw_http_future_incoming_response_type) {
        return uw_as_future_response(resource)->outgoing;
    }
    if (resource->type == &uw_http_incoming_response_type) {
        return uw_as_incoming_response(resource)->outgoing;
    }
    if (resource->type == &uw_http_incoming_body_type) {
        body = uw_as_incoming_body(resource)->body;

    } else if (resource->type == &uw_http_future_trailers_type) {
        body = uw_as_future_trailers(resource)->body;
    }

    return body == NULL ? NULL : body->source;
}


/* ---- outgoing-handler ---- */

static uint64_t
uw_timeout(uint64_t duration)
{
    return duration == UINT64_MAX ? UW_DEFAULT_TIMEOUT : duration;
}


static uw_slice_t
uw_text_or(uw_slice_t text, const char *none)
{
    return text.data == NULL ? uw_slice_of(none) : text;
}


static uw_step_t
uw_refuse(uw_call_t *call, const char *name)
{
    uw_failure_t failure;
    uw_val_t code;

    uw_failure_set(&failure, name, "");
    code = uw_http_failure_code(call, &failure);

    return uw_return_err(call, &code);
}


/*
 * What can be sent of the request's line, or the name of an error-code.  The
 * syntax of each part was checked when it was set.
 */
static const char *
uw_request_line(uw_call_t *call, const uw_outgoing_request_t *request,
                uw_outgoing_head_t *head)
{
    uint8_t *path;

    head->method = uw_text_or(request->method, "GET");
    head->scheme = uw_text_or(request->scheme, "https");
    head->authority = request->authority;
    head->path = request->path_with_query;

    if (!uw_slice_is(head->scheme, "https")
        && !uw_slice_is(head->scheme, "http"))
    {
        return "HTTP-protocol-error";
    }
    if (head->authority.data == NULL || head->path.data == NULL) {
        return "HTTP-request-URI-invalid";
    }

    /* RFC 9112 section 3.2.1: an empty path is sent as "/". */
    if (head->path.size == 0 || head->path.data[0] == '?') {
        path = uw_arena_alloc(&call->instance->arena, head->path.size + 1);
        if (path == NULL) {
            return "internal-error";
        }
        path[0] = '/';
        for (size_t i = 0; i < head->path.size; i++) {
            path[i + 1] = head->path.data[i];
        }
        head->path = (uw_slice_t) { path, head->path.size + 1 };
    }

    /* RFC 9112 section 3.2.4: only OPTIONS is about the server as a whole. */
    return head->path.data[0] == '/'
                   || (uw_slice_is(head->path, "*")
                       && uw_slice_is(head->method, "OPTIONS"))
               ? NULL
               : "HTTP-request-URI-invalid";
}


/* Whether such a body can be sent; else *failure says why not. */
static bool
uw_request_body_valid(const uw_outgoing_request_t *request,
                      const uw_outgoing_body_t *body, uw_failure_t *failure)
{
    uint64_t written = body == NULL ? 0 : body->written;
    uint64_t length;

    if (!uw_http_content_length(&request->headers->fields, &length)) {
        uw_failure_set(failure, "HTTP-protocol-error", "");
        return false;
    }

    if (length != UW_LENGTH_UNKNOWN
        && (body == NULL || body->state != UW_OUTGOING_OPEN)
        && length != written)
    {
        uw_http_body_size(failure, true, written);
        return false;
    }
    if (body != NULL && body->state == UW_OUTGOING_ABANDONED) {
        uw_failure_set(failure, "HTTP-protocol-error", "");
        return false;
    }

    return true;
}


typedef struct {
    uint32_t count;
} uw_count_t;


static void
uw_count_in_flight(void *data, uw_resource_t *resource)
{
    uw_count_t *count = data;
    uw_outgoing_t *outgoing = uw_outgoing_of(resource);

    if (outgoing != NULL && uw_outgoing_in_flight(outgoing)) {
        count->count++;
    }
}


/* The value of a header of the request that the guest serves; empty: none. */
static uw_slice_t
uw_served_header(const uw_call_t *call, const char *name)
{
    return uw_fields_value(&call->instance->exchange->request_headers.fields,
                           uw_slice_of(name));
}


/* Sends the request, which is the host's by now; UW_TRAP after uw_trap(). */
static uw_step_t
uw_send(uw_call_t *call, uw_outgoing_request_t *request,
        const uw_request_options_t *options)
{
    uw_instance_t *instance = call->instance;
    const uw_settings_t *settings = &instance->engine->settings;
    uw_outgoing_body_t *body = request->body_taken ? request->body : NULL;
    uw_outgoing_head_t head = {
        .headers = &request->headers->fields,
        .hops = uw_served_header(call, "unit-wasm-hops"),
        .traceparent = uw_served_header(call, "traceparent"),
        .connect_timeout = uw_timeout(options->connect),
        .first_byte_timeout = uw_timeout(options->first_byte),
        .between_bytes_timeout = uw_timeout(options->between_bytes),
    };
    const char *refusal = uw_request_line(call, request, &head);
    uw_count_t in_flight = { 0 };
    uw_resource_t *future;
    uw_failure_t failure;
    uw_val_t code;

    if (refusal != NULL) {
        return uw_refuse(call, refusal);
    }
    if (!uw_request_body_valid(request, body, &failure)) {
        code = uw_http_failure_code(call, &failure);
        return uw_return_err(call, &code);
    }
    uw_resources_each(&instance->resources, uw_count_in_flight, &in_flight);
    if (in_flight.count >= settings->max_outgoing) {
        uw_failure_set(&failure, "internal-error",
                       "too many outgoing requests at once");
        code = uw_http_failure_code(call, &failure);
        return uw_return_err(call, &code);
    }

    future = uw_make(call, &uw_http_future_incoming_response_type, 0);
    if (future == NULL) {
        return UW_TRAP;
    }
    uw_as_future_response(future)->outgoing =
        uw_outgoing_send(instance->host->outgoing, instance->ticket, &head,
                         body, &instance->account);
    if (uw_as_future_response(future)->outgoing == NULL) {
        return uw_trap(call, "out of memory");
    }
    if (body != NULL) {
        /* Not unread: it is being sent. */
        uw_outgoing_body_release(body);
        request->body = NULL;
    }

    return uw_return_ok_handle(call, future);
}


/* Says so in the log, once for each origin. */
static void
uw_log_denied(uw_host_t *host, uw_slice_t scheme, uw_slice_t authority)
{
    const char *port = uw_slice_is(scheme, "http") ? ":80" : ":443";
    size_t port_size = strlen(port);
    char origin[UW_ORIGIN_MAX];
    size_t used;

    if (authority.size > port_size
        && memcmp(authority.data + authority.size - port_size, port, port_size)
               == 0)
    {
        authority.size -= port_size;
    }
    used =
        (size_t) snprintf(origin, sizeof(origin), "%.*s://%.*s",
                          (int) scheme.size, (const char *) scheme.data,
                          (int) authority.size, (const char *) authority.data);
    used = used < sizeof(origin) ? used : sizeof(origin) - 1;
    for (size_t i = 0; i < used; i++) {
        origin[i] =
            (char) (origin[i] >= 'A' && origin[i] <= 'Z' ? origin[i] | 0x20
                                                         : origin[i]);
    }

    if (uw_noted_is_new(&host->denied,
                        (uw_slice_t) { (const uint8_t *) origin, used }))
    {
        uw_log(&host->engine->settings, UW_LOG_WARNING,
               "outgoing requests to %s are denied: UNIT_WASM_OUTGOING is "
               "empty",
               origin);
    }
}


static uw_step_t
uw_deny(uw_call_t *call, const uw_outgoing_request_t *request)
{
    if (request->authority.size != 0) {
        uw_log_denied(call->instance->host,
                      uw_text_or(request->scheme, "https"), request->authority);
    }

    return uw_refuse(call, "HTTP-request-denied");
}


uw_step_t
uw_http_outgoing_handler_handle(uw_call_t *call, uw_resource_t *request,
                                uw_resource_t *options)
{
    uw_request_options_t times = { UINT64_MAX, UINT64_MAX, UINT64_MAX };
    uw_resource_t taken;
    uw_step_t step;

    if (options != NULL) {
        times = *uw_as_request_options(options);
        if (!uw_drop(call, options)) {
            return UW_TRAP;
        }
    }
    if (!uw_http_take(call, request, &taken)) {
        return UW_TRAP;
    }

    step = call->instance->engine->settings.outgoing
               ? uw_send(call, uw_as_outgoing_request(&taken), &times)
               : uw_deny(call, uw_as_outgoing_request(&taken));
    uw_resource_release(call->instance, &taken);

    return step;
}


/* ---- future-incoming-response ---- */

static bool
uw_future_ready(uw_instance_t *instance, uw_resource_t *subject)
{
    uw_outgoing_t *outgoing = uw_as_future_response(subject)->outgoing;

    (void) instance;

    return outgoing == NULL || uw_outgoing_answer(outgoing) != UW_ANSWER_NONE;
}


uw_step_t
uw_http_future_incoming_response_subscribe(uw_call_t *call, uw_resource_t *self)
{
    return uw_subscribe(call, self, uw_future_ready, NULL);
}


/* ok(incoming-response): the future's request becomes the response's. */
static bool
uw_response_val(uw_call_t *call, uw_resource_t *future, uw_val_t *value)
{
    uw_outgoing_t *outgoing = uw_as_future_response(future)->outgoing;
    uw_resource_t *response = uw_make(call, &uw_http_incoming_response_type, 0);
    uw_val_t handle;

    if (response == NULL) {
        return false;
    }

    uw_as_incoming_response(response)->status = uw_outgoing_take_head(
        outgoing, &uw_as_incoming_response(response)->headers);
    uw_as_incoming_response(response)->outgoing = outgoing;
    uw_as_future_response(future)->outgoing = NULL;

    if (!uw_handle(call, response, &handle)) {
        return false;
    }
    *value = uw_val_ok(call->abi, &handle);

    return true;
}


/* option<result<result<incoming-response, error-code>>> */
uw_step_t
uw_http_future_incoming_response_get(uw_call_t *call, uw_resource_t *self)
{
    uw_failure_t failure;
    uw_val_t value;
    uw_val_t code;

    if (uw_as_future_response(self)->outgoing == NULL) {
        return uw_http_return_some(call, uw_val_err(call->abi, NULL));
    }

    switch (uw_outgoing_answer(uw_as_future_response(self)->outgoing)) {
    case UW_ANSWER_HEAD:
        if (!uw_response_val(call, self, &value)) {
            return UW_TRAP;
        }
        break;

    case UW_ANSWER_FAILED:
        uw_outgoing_failure(uw_as_future_response(self)->outgoing, &failure);
        uw_outgoing_cancel(uw_as_future_response(self)->outgoing);
        uw_as_future_response(self)->outgoing = NULL;
        code = uw_http_failure_code(call, &failure);
        value = uw_val_err(call->abi, &code);
        break;

    default:
        return uw_return(call, uw_val_option(call->abi, NULL));
    }
    value = uw_val_ok(call->abi, &value);

    return uw_http_return_some(call, value);
}


/* ---- incoming-response ---- */

uw_step_t
uw_http_incoming_response_status(uw_call_t *call, uw_resource_t *self)
{
    return uw_return(call, uw_val_u16(uw_as_incoming_response(self)->status));
}


uw_step_t
uw_http_incoming_response_headers(uw_call_t *call, uw_resource_t *self)
{
    return uw_http_return_view(call, uw_as_incoming_response(self)->headers);
}


uw_step_t
uw_http_incoming_response_consume(uw_call_t *call, uw_resource_t *self)
{
    uw_outgoing_t *outgoing = uw_as_incoming_response(self)->outgoing;
    uw_step_t step;

    if (outgoing == NULL) {
        return uw_return_err(call, NULL);
    }

    step =
        uw_http_return_incoming_body(call, uw_outgoing_response_body(outgoing));
    if (step == UW_DONE) {
        uw_as_incoming_response(self)->outgoing = NULL;
    }

    return step;
}

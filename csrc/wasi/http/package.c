/*
 * wasi:http/types and wasi:http/outgoing-handler: the tables, and what belongs
 * to no single message.  See wasi/http/package.h for the other files.
 */

#include "wasi/http/package.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outgoing/outgoing.h"


/* ---- Reasons ---- */

void
uw_http_failure(uw_instance_t *instance, const char *format, ...)
{
    va_list args;
    int size;

    if (instance->failure[0] != '\0') {
        return;
    }

    va_start(args, format);
    size =
        vsnprintf(instance->failure, sizeof(instance->failure), format, args);
    va_end(args);

    if (size < 0) {
        instance->failure[0] = '\0';
    }
}


/* ---- Resources: taking over and letting go ---- */

bool
uw_http_take(uw_call_t *call, uw_resource_t *resource, uw_resource_t *taken)
{
    *taken = *resource;

    /* uw_drop() lets go of what a resource points to: it is ours now. */
    memset(&resource->as, 0, sizeof(resource->as));

    if (!uw_drop(call, resource)) {
        resource->as = taken->as;
        return false;
    }

    return true;
}


/* Nobody will ever read this body: whoever still writes to it is told so. */
static void
uw_unread_body(uw_outgoing_body_t *body)
{
    if (body != NULL) {
        uw_outgoing_body_close(body);
        uw_outgoing_body_release(body);
    }
}


uw_outgoing_t *
uw_http_outgoing_of(const uw_resource_t *resource)
{
    const uw_incoming_body_t *body = NULL;

    switch (resource->kind) {
    case UW_RES_FUTURE_INCOMING_RESPONSE:
        return resource->as.future_response.outgoing;
    case UW_RES_INCOMING_RESPONSE:
        return resource->as.incoming_response.outgoing;
    case UW_RES_INCOMING_BODY:
        body = resource->as.incoming_body.body;
        break;
    case UW_RES_FUTURE_TRAILERS:
        body = resource->as.future_trailers.body;
        break;
    default:
        break;
    }

    return body == NULL ? NULL : body->source;
}


void
uw_http_text_free(uw_instance_t *instance, char **text, size_t *size)
{
    if (*text == NULL) {
        return;
    }

    free(*text);
    uw_account_give(&instance->account, *size + 1);
    *text = NULL;
    *size = 0;
}


static void
uw_outgoing_request_free(uw_instance_t *instance,
                         uw_outgoing_request_t *request)
{
    uw_shared_fields_release(request->headers);
    uw_unread_body(request->body);
    uw_http_text_free(instance, &request->method, &request->method_size);
    uw_http_text_free(instance, &request->scheme, &request->scheme_size);
    uw_http_text_free(instance, &request->authority, &request->authority_size);
    uw_http_text_free(instance, &request->path_with_query, &request->path_size);
    *request = (uw_outgoing_request_t) { 0 };
}


void
uw_http_let_go(uw_instance_t *instance, uw_resource_t *resource)
{
    uw_outgoing_t *outgoing = uw_http_outgoing_of(resource);

    if (outgoing != NULL) {
        uw_outgoing_cancel(outgoing);
    }

    switch (resource->kind) {
    case UW_RES_FIELDS:
        uw_shared_fields_release(resource->as.fields.shared);
        resource->as.fields.shared = NULL;
        break;

    case UW_RES_INCOMING_RESPONSE:
        uw_shared_fields_release(resource->as.incoming_response.headers);
        resource->as.incoming_response = (uw_incoming_response_t) { 0 };
        break;

    case UW_RES_FUTURE_INCOMING_RESPONSE:
        resource->as.future_response.outgoing = NULL;
        break;

    case UW_RES_INCOMING_BODY:
        resource->as.incoming_body.body = NULL;
        break;

    case UW_RES_FUTURE_TRAILERS:
        resource->as.future_trailers.body = NULL;
        break;

    case UW_RES_OUTGOING_RESPONSE:
        uw_shared_fields_release(resource->as.outgoing_response.headers);
        uw_unread_body(resource->as.outgoing_response.body);
        resource->as.outgoing_response = (uw_outgoing_response_t) { 0 };
        break;

    case UW_RES_OUTGOING_REQUEST:
        uw_outgoing_request_free(instance, &resource->as.outgoing_request);
        break;

    case UW_RES_OUTGOING_BODY:
        if (resource->as.outgoing_body.body != NULL) {
            uw_http_abandon(instance, resource->as.outgoing_body.body);
            uw_outgoing_body_release(resource->as.outgoing_body.body);
            resource->as.outgoing_body.body = NULL;
        }
        break;

    default:
        break;
    }
}


wasmtime_error_t *
uw_http_handler_args(uw_instance_t *instance, uw_val_t args[2])
{
    uw_call_t call = { .instance = instance, .abi = &instance->abi };
    uw_resource_t *request = uw_make(&call, UW_RES_INCOMING_REQUEST, 0);
    uw_resource_t *outparam;

    if (request == NULL || !uw_handle(&call, request, &args[0])) {
        return call.error;
    }

    outparam = uw_make(&call, UW_RES_RESPONSE_OUTPARAM, 0);
    if (outparam == NULL || !uw_handle(&call, outparam, &args[1])) {
        call.abi->wt->component_val_delete(&args[0]);
        args[0] = uw_val_bool(false);
    }

    return call.error;
}


/* ---- Tables ---- */

static const uw_host_resource_t uw_http_resources[] = {
    { "fields", UW_RES_FIELDS },
    { "incoming-request", UW_RES_INCOMING_REQUEST },
    { "outgoing-request", UW_RES_OUTGOING_REQUEST },
    { "request-options", UW_RES_REQUEST_OPTIONS },
    { "response-outparam", UW_RES_RESPONSE_OUTPARAM },
    { "incoming-response", UW_RES_INCOMING_RESPONSE },
    { "incoming-body", UW_RES_INCOMING_BODY },
    { "future-trailers", UW_RES_FUTURE_TRAILERS },
    { "outgoing-response", UW_RES_OUTGOING_RESPONSE },
    { "outgoing-body", UW_RES_OUTGOING_BODY },
    { "future-incoming-response", UW_RES_FUTURE_INCOMING_RESPONSE },
    { NULL, UW_RES_FREE },
};

/* clang-format off */

static const uw_host_func_t uw_http_types[] = {
    { "http-error-code", uw_http_error_of, 1, 1, UW_SHORT, false },

    { "[constructor]fields", uw_http_fields_new, 0, 1, UW_SHORT, false },
    { "[static]fields.from-list",
      uw_http_fields_from_list, 1, 1, UW_GIVES_WAY, false },
    { "[method]fields.get", uw_http_fields_get, 2, 1, UW_GIVES_WAY, false },
    { "[method]fields.has", uw_http_fields_has, 2, 1, UW_SHORT, false },
    { "[method]fields.set", uw_http_fields_set, 3, 1, UW_GIVES_WAY, false },
    { "[method]fields.delete", uw_http_fields_delete, 2, 1, UW_SHORT, false },
    { "[method]fields.append", uw_http_fields_append, 3, 1, UW_SHORT, false },
    { "[method]fields.entries", uw_http_fields_entries, 1, 1, UW_GIVES_WAY, false },
    { "[method]fields.clone", uw_http_fields_clone, 1, 1, UW_GIVES_WAY, false },

    { "[method]incoming-request.method",
      uw_http_request_method, 1, 1, UW_SHORT, false },
    { "[method]incoming-request.path-with-query",
      uw_http_request_path, 1, 1, UW_SHORT, false },
    { "[method]incoming-request.scheme",
      uw_http_request_scheme, 1, 1, UW_SHORT, false },
    { "[method]incoming-request.authority",
      uw_http_request_authority, 1, 1, UW_SHORT, false },
    { "[method]incoming-request.headers",
      uw_http_request_headers, 1, 1, UW_SHORT, false },
    { "[method]incoming-request.consume",
      uw_http_request_consume, 1, 1, UW_SHORT, false },

    { "[constructor]outgoing-request",
      uw_http_outgoing_request_new, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.body",
      uw_http_outgoing_request_body, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.method",
      uw_http_outgoing_request_method, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.set-method",
      uw_http_outgoing_request_set_method, 2, 1, UW_GIVES_WAY, false },
    { "[method]outgoing-request.path-with-query",
      uw_http_outgoing_request_path, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.set-path-with-query",
      uw_http_outgoing_request_set_path, 2, 1, UW_GIVES_WAY, false },
    { "[method]outgoing-request.scheme",
      uw_http_outgoing_request_scheme, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.set-scheme",
      uw_http_outgoing_request_set_scheme, 2, 1, UW_GIVES_WAY, false },
    { "[method]outgoing-request.authority",
      uw_http_outgoing_request_authority, 1, 1, UW_SHORT, false },
    { "[method]outgoing-request.set-authority",
      uw_http_outgoing_request_set_authority, 2, 1, UW_GIVES_WAY, false },
    { "[method]outgoing-request.headers",
      uw_http_outgoing_request_headers, 1, 1, UW_SHORT, false },

    { "[constructor]request-options", uw_http_options_new, 0, 1, UW_SHORT, false },
    { "[method]request-options.connect-timeout",
      uw_http_options_connect, 1, 1, UW_SHORT, false },
    { "[method]request-options.set-connect-timeout",
      uw_http_options_set_connect, 2, 1, UW_SHORT, false },
    { "[method]request-options.first-byte-timeout",
      uw_http_options_first_byte, 1, 1, UW_SHORT, false },
    { "[method]request-options.set-first-byte-timeout",
      uw_http_options_set_first_byte, 2, 1, UW_SHORT, false },
    { "[method]request-options.between-bytes-timeout",
      uw_http_options_between_bytes, 1, 1, UW_SHORT, false },
    { "[method]request-options.set-between-bytes-timeout",
      uw_http_options_set_between_bytes, 2, 1, UW_SHORT, false },

    { "[method]response-outparam.send-informational",
      uw_http_send_informational, 3, 1, UW_SHORT, true },
    { "[static]response-outparam.set",
      uw_http_outparam_set, 2, 0, UW_SHORT, false },

    { "[method]incoming-response.status",
      uw_http_incoming_response_status, 1, 1, UW_SHORT, false },
    { "[method]incoming-response.headers",
      uw_http_incoming_response_headers, 1, 1, UW_SHORT, false },
    { "[method]incoming-response.consume",
      uw_http_incoming_response_consume, 1, 1, UW_SHORT, false },

    { "[method]incoming-body.stream",
      uw_http_incoming_body_stream, 1, 1, UW_SHORT, false },
    { "[static]incoming-body.finish",
      uw_http_incoming_body_finish, 1, 1, UW_SHORT, false },

    { "[method]future-trailers.subscribe",
      uw_http_future_trailers_subscribe, 1, 1, UW_SHORT, false },
    { "[method]future-trailers.get",
      uw_http_future_trailers_get, 1, 1, UW_SHORT, false },

    { "[constructor]outgoing-response",
      uw_http_response_new, 1, 1, UW_SHORT, false },
    { "[method]outgoing-response.status-code",
      uw_http_response_status, 1, 1, UW_SHORT, false },
    { "[method]outgoing-response.set-status-code",
      uw_http_response_set_status, 2, 1, UW_SHORT, false },
    { "[method]outgoing-response.headers",
      uw_http_response_headers, 1, 1, UW_SHORT, false },
    { "[method]outgoing-response.body",
      uw_http_response_body, 1, 1, UW_SHORT, false },

    { "[method]outgoing-body.write",
      uw_http_outgoing_body_write, 1, 1, UW_SHORT, false },
    { "[static]outgoing-body.finish",
      uw_http_outgoing_body_finish, 2, 1, UW_SHORT, false },

    { "[method]future-incoming-response.subscribe",
      uw_http_future_response_subscribe, 1, 1, UW_SHORT, false },
    { "[method]future-incoming-response.get",
      uw_http_future_response_get, 1, 1, UW_SHORT, false },

    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_http_outgoing_handler[] = {
    { "handle", uw_http_outgoing_handle, 2, 1, UW_GIVES_WAY, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

/* clang-format on */

static const uw_host_interface_t uw_http_interfaces[] = {
    { "wasi:http/types", uw_http_resources, uw_http_types },
    { "wasi:http/outgoing-handler", NULL, uw_http_outgoing_handler },
    { NULL, NULL, NULL },
};

const uw_package_t uw_wasi_http = { .interfaces = uw_http_interfaces };

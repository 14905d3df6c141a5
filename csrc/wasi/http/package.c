/*
 * wasi:http/types and wasi:http/outgoing-handler: what belongs to no single
 * message.  See wasi/http/package.h for the other files.
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


const uw_package_t uw_wasi_http = { .interfaces = uw_http_interfaces };

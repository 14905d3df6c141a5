/*
 * Requests that the guest wants to send: outgoing-request and request-options.
 * They are sent in wasi/http/response.c.
 */

#include "wasi/http/common.h"

#include <string.h>


/* ---- What resources release ---- */

static void
uw_text_free(uw_instance_t *instance, uw_slice_t *text)
{
    uw_account_free(&instance->account, (void *) (uintptr_t) text->data,
                    text->size + 1);
    *text = (uw_slice_t) { 0 };
}


static void
uw_outgoing_request_free(uw_instance_t *instance,
                         uw_outgoing_request_t *request)
{
    uw_shared_fields_release(request->headers);
    uw_http_unread_body(request->body);
    uw_text_free(instance, &request->method);
    uw_text_free(instance, &request->scheme);
    uw_text_free(instance, &request->authority);
    uw_text_free(instance, &request->path_with_query);
    *request = (uw_outgoing_request_t) { 0 };
}


void
uw_http_outgoing_request_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    uw_outgoing_request_free(instance, uw_as_outgoing_request(resource));
}


/* ---- outgoing-request ---- */

uw_step_t
uw_http_outgoing_request_new(uw_call_t *call, uw_resource_t *headers)
{
    uw_resource_t *resource = uw_make(call, &uw_http_outgoing_request_type, 0);
    uw_outgoing_request_t *request;

    if (resource == NULL) {
        return UW_TRAP;
    }

    request = uw_as_outgoing_request(resource);
    request->headers = uw_http_take_fields(call, headers);
    if (request->headers == NULL) {
        return UW_TRAP;
    }
    request->body = uw_http_new_body(call);

    return request->body == NULL ? UW_TRAP : uw_return_handle(call, resource);
}


uw_step_t
uw_http_outgoing_request_body(uw_call_t *call, uw_resource_t *self)
{
    uw_outgoing_request_t *request = uw_as_outgoing_request(self);

    if (request->body_taken
        || !uw_http_content_length(&request->headers->fields,
                                   &request->body->content_length))
    {
        return uw_return_err(call, NULL);
    }
    request->body_taken = true;

    return uw_http_return_outgoing_body(call, request->body, true);
}


/* Nobody else runs while a text is looked at: a longer one is not. */
static bool
uw_text_fits(const uw_call_t *call, uw_slice_t value)
{
    return value.size <= call->instance->engine->settings.max_header_bytes;
}


/* Replaces one of the request's texts; as long as a header may be at most. */
static uw_step_t
uw_set_text(uw_call_t *call, uw_slice_t *text, uw_slice_t value)
{
    uint8_t *copy;

    if (!uw_text_fits(call, value)) {
        return uw_return_err(call, NULL);
    }

    copy = uw_account_alloc(&call->instance->account, value.size + 1);
    if (copy == NULL) {
        return uw_trap(call, "out of memory");
    }
    if (value.size != 0) {
        memcpy(copy, value.data, value.size);
    }

    uw_text_free(call->instance, text);
    *text = (uw_slice_t) { copy, value.size };

    return uw_return_ok(call, NULL);
}


static uw_step_t
uw_unset_text(uw_call_t *call, uw_slice_t *text)
{
    uw_text_free(call->instance, text);

    return uw_return_ok(call, NULL);
}


/* Sets a text, NULL for none. */
static uw_step_t
uw_set_option(uw_call_t *call, uw_slice_t *text, const uw_slice_t *value,
              bool (*valid)(uw_slice_t value))
{
    if (value == NULL) {
        return uw_unset_text(call, text);
    }

    return uw_text_fits(call, *value) && valid(*value)
               ? uw_set_text(call, text, *value)
               : uw_return_err(call, NULL);
}


static uw_step_t
uw_return_text(uw_call_t *call, uw_slice_t text)
{
    return text.data == NULL ? uw_return(call, uw_val_option(call->abi, NULL))
                             : uw_http_return_some_string(call, text);
}


uw_step_t
uw_http_outgoing_request_method(uw_call_t *call, uw_resource_t *self)
{
    uw_slice_t method = uw_as_outgoing_request(self)->method;

    return uw_return(call, uw_http_method_val(call, method.data == NULL
                                                        ? uw_slice_of("GET")
                                                        : method));
}


uw_step_t
uw_http_outgoing_request_set_method(uw_call_t *call, uw_resource_t *self,
                                    const uw_http_method_t *method)
{
    uw_slice_t text = uw_http_method_text(method);

    if (!uw_text_fits(call, text) || !uw_token_valid(text)) {
        return uw_return_err(call, NULL);
    }

    return uw_set_text(call, &uw_as_outgoing_request(self)->method, text);
}


uw_step_t
uw_http_outgoing_request_path_with_query(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_text(call, uw_as_outgoing_request(self)->path_with_query);
}


uw_step_t
uw_http_outgoing_request_set_path_with_query(uw_call_t *call,
                                             uw_resource_t *self,
                                             const uw_slice_t *path_with_query)
{
    return uw_set_option(call, &uw_as_outgoing_request(self)->path_with_query,
                         path_with_query, uw_http_path_valid);
}


uw_step_t
uw_http_outgoing_request_scheme(uw_call_t *call, uw_resource_t *self)
{
    uw_slice_t scheme = uw_as_outgoing_request(self)->scheme;

    return scheme.data == NULL
               ? uw_return(call, uw_val_option(call->abi, NULL))
               : uw_http_return_some(call, uw_http_scheme_val(call, scheme));
}


/* RFC 3986 section 3.1: whatever its case, it is the same one. */
static const char *
uw_lower_scheme(uw_slice_t scheme, char lower[UW_SCHEME_MAX + 1])
{
    for (size_t i = 0; i < scheme.size; i++) {
        uint8_t byte = scheme.data[i];

        lower[i] = (char) (byte >= 'A' && byte <= 'Z' ? (uint8_t) (byte | 0x20)
                                                      : byte);
    }
    lower[scheme.size] = '\0';

    return lower;
}


uw_step_t
uw_http_outgoing_request_set_scheme(uw_call_t *call, uw_resource_t *self,
                                    const uw_http_scheme_t *scheme)
{
    uw_slice_t *text = &uw_as_outgoing_request(self)->scheme;
    char lower[UW_SCHEME_MAX + 1];
    uw_slice_t value;

    if (scheme == NULL) {
        return uw_unset_text(call, text);
    }
    value = uw_http_scheme_text(scheme);
    if (!uw_http_scheme_valid(value)) {
        return uw_return_err(call, NULL);
    }

    return uw_set_text(call, text, uw_slice_of(uw_lower_scheme(value, lower)));
}


uw_step_t
uw_http_outgoing_request_authority(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_text(call, uw_as_outgoing_request(self)->authority);
}


uw_step_t
uw_http_outgoing_request_set_authority(uw_call_t *call, uw_resource_t *self,
                                       const uw_slice_t *authority)
{
    return uw_set_option(call, &uw_as_outgoing_request(self)->authority,
                         authority, uw_http_authority_valid);
}


uw_step_t
uw_http_outgoing_request_headers(uw_call_t *call, uw_resource_t *self)
{
    return uw_http_return_view(call, uw_as_outgoing_request(self)->headers);
}


/* ---- request-options ---- */

uw_step_t
uw_http_request_options_new(uw_call_t *call)
{
    uw_resource_t *options = uw_make(call, &uw_http_request_options_type, 0);

    if (options == NULL) {
        return UW_TRAP;
    }
    *uw_as_request_options(options) =
        (uw_request_options_t) { UINT64_MAX, UINT64_MAX, UINT64_MAX };

    return uw_return_handle(call, options);
}


static uw_step_t
uw_return_duration(uw_call_t *call, uint64_t duration)
{
    uw_val_t value = uw_val_u64(duration);

    return uw_return(
        call, uw_val_option(call->abi, duration == UINT64_MAX ? NULL : &value));
}


static uw_step_t
uw_set_duration(uw_call_t *call, uint64_t *duration, const uint64_t *value)
{
    if (value == NULL) {
        *duration = UINT64_MAX;

    } else {
        /* The largest number stands for `none`: 584 years get 1 ns shorter. */
        *duration = *value == UINT64_MAX ? UINT64_MAX - 1 : *value;
    }

    return uw_return_ok(call, NULL);
}


uw_step_t
uw_http_request_options_connect_timeout(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_duration(call, uw_as_request_options(self)->connect);
}


uw_step_t
uw_http_request_options_set_connect_timeout(uw_call_t *call,
                                            uw_resource_t *self,
                                            const uint64_t *duration)
{
    return uw_set_duration(call, &uw_as_request_options(self)->connect,
                           duration);
}


uw_step_t
uw_http_request_options_first_byte_timeout(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_duration(call, uw_as_request_options(self)->first_byte);
}


uw_step_t
uw_http_request_options_set_first_byte_timeout(uw_call_t *call,
                                               uw_resource_t *self,
                                               const uint64_t *duration)
{
    return uw_set_duration(call, &uw_as_request_options(self)->first_byte,
                           duration);
}


uw_step_t
uw_http_request_options_between_bytes_timeout(uw_call_t *call,
                                              uw_resource_t *self)
{
    return uw_return_duration(call, uw_as_request_options(self)->between_bytes);
}


uw_step_t
uw_http_request_options_set_between_bytes_timeout(uw_call_t *call,
                                                  uw_resource_t *self,
                                                  const uint64_t *duration)
{
    return uw_set_duration(call, &uw_as_request_options(self)->between_bytes,
                           duration);
}

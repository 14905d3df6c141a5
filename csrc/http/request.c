#include "http/request.h"

#include <string.h>

#include "base/utf8.h"
#include "http/request_id.h"


/*
 * A target that may be passed on: UTF-8 without spaces and control characters.
 * Stricter syntax (RFC 3986) would refuse what browsers really send.
 */
static bool
uw_target_valid(uw_slice_t target)
{
    for (size_t i = 0; i < target.size; i++) {
        if (target.data[i] <= 0x20 || target.data[i] == 0x7F) {
            return false;
        }
    }

    return target.size != 0 && uw_utf8_valid(target.data, target.size);
}


/* A host name or address, with an optional port (RFC 3986 section 3.2). */
static bool
uw_authority_valid(uw_slice_t authority)
{
    for (size_t i = 0; i < authority.size; i++) {
        uint8_t byte = authority.data[i];

        if (byte <= 0x20 || byte >= 0x7F
            || strchr("\"#/<>?@\\^`{|}", byte) != NULL)
        {
            return false;
        }
    }

    return authority.size != 0;
}


int
uw_exchange_request(uw_exchange_t *exchange, uw_slice_t method,
                    uw_slice_t scheme, uw_slice_t authority,
                    uw_slice_t path_with_query)
{
    const uw_slice_t parts[] = { method, scheme, authority, path_with_query };
    uw_slice_t *copies[] = { &exchange->method, &exchange->scheme,
                             &exchange->authority, &exchange->path_with_query };
    size_t total = 0;
    uint8_t *text;

    for (size_t i = 0; i < 4; i++) {
        total += parts[i].size;
    }
    text = uw_buf_reserve(&exchange->text, total);
    if (text == NULL) {
        return 500;
    }

    /* Also of a bad request: HEAD is answered without a body in any case. */
    for (size_t i = 0; i < 4; i++) {
        if (parts[i].size != 0) {
            memcpy(text, parts[i].data, parts[i].size);
        }
        *copies[i] = (uw_slice_t) { text, parts[i].size };
        text += parts[i].size;
    }
    uw_buf_grew(&exchange->text, total);

    if (!uw_token_valid(method) || !uw_token_valid(scheme)
        || !uw_authority_valid(authority) || !uw_target_valid(path_with_query))
    {
        return 400;
    }

    return 0;
}


static int
uw_exchange_append(uw_exchange_t *exchange, uw_slice_t name, uw_slice_t value)
{
    switch (uw_fields_append(&exchange->request_headers.fields, name, value)) {
    case UW_FIELD_OK:
        return 0;
    case UW_FIELD_TOO_LARGE:
        return 431;
    case UW_FIELD_NO_MEMORY:
        return 500;
    default:
        return 400;
    }
}


/* A client's own would be believed to be ours. */
static bool
uw_is_client_address(const uw_settings_t *settings, uw_slice_t name)
{
    const char *ours = settings->client_address_header;

    return ours[0] != '\0' && uw_field_name_is(ours, name);
}


/* The port behind a host, if there is one, is a number (RFC 3986). */
static bool
uw_host_valid(uw_slice_t host)
{
    const uint8_t *end = memchr(host.data, ']', host.size);
    size_t at = end == NULL ? 0 : (size_t) (end - host.data) + 1;

    if (host.data[0] == ':') {
        return false;
    }
    while (end == NULL && at < host.size && host.data[at] != ':') {
        at++;
    }
    if (at < host.size && host.data[at++] != ':') {
        return false;
    }
    while (at < host.size && host.data[at] >= '0' && host.data[at] <= '9') {
        at++;
    }

    return at == host.size && uw_authority_valid(host);
}


/*
 * What the client calls the server takes the place of what the transport has
 * made of it.  An empty Host says nothing.
 */
static int
uw_exchange_host(uw_exchange_t *exchange, uw_slice_t value)
{
    uw_slice_t host = uw_field_trim(value);
    uw_slice_t *parts[] = { &exchange->method, &exchange->scheme,
                            &exchange->path_with_query };
    size_t places[sizeof(parts) / sizeof(parts[0])];
    uint8_t *text;

    if (host.size == 0) {
        return 0;
    }
    if (!uw_host_valid(host)) {
        return 400;
    }

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        places[i] = (size_t) (parts[i]->data - uw_buf_head(&exchange->text));
    }
    text = uw_buf_reserve(&exchange->text, host.size);
    if (text == NULL) {
        return 500;
    }
    memcpy(text, host.data, host.size);
    uw_buf_grew(&exchange->text, host.size);
    exchange->authority = (uw_slice_t) { text, host.size };

    /* The text may have moved. */
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        parts[i]->data = uw_buf_head(&exchange->text) + places[i];
    }

    return 0;
}


int
uw_exchange_request_header(uw_exchange_t *exchange, uw_slice_t name,
                           uw_slice_t value, const uw_settings_t *settings)
{
    uw_fields_t *headers = &exchange->request_headers.fields;

    if (uw_field_is_hop_by_hop(name) || uw_is_client_address(settings, name)
        || uw_request_id_header(exchange, name, value, settings))
    {
        return 0;
    }

    /* Bytes as the client sent them, without what a field costs us. */
    if (uw_buf_size(&headers->bytes) + name.size + value.size
        > settings->max_header_bytes)
    {
        return 431;
    }

    return settings->drop_host && uw_field_name_is("host", name)
               ? uw_exchange_host(exchange, value)
               : uw_exchange_append(exchange, name, value);
}


int
uw_exchange_client_address(uw_exchange_t *exchange, uw_slice_t address,
                           const uw_settings_t *settings)
{
    const char *name = settings->client_address_header;

    if (name[0] == '\0' || address.size == 0) {
        return 0;
    }

    return uw_exchange_append(exchange, uw_slice_of(name), address);
}

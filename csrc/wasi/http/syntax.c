/*
 * What a guest may put into a field and into the line of a request, and what
 * its Content-Length says.  Nothing that passes here is refused later on its
 * way to the network.
 */

#include "wasi/http/common.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/utf8.h"


#define UW_CONTENT_LENGTH "content-length"


uw_field_status_t
uw_http_check_name(uw_slice_t name)
{
    if (!uw_token_valid(name)) {
        return UW_FIELD_INVALID_SYNTAX;
    }

    return uw_field_is_forbidden(name) ? UW_FIELD_FORBIDDEN : UW_FIELD_OK;
}


/* 1*DIGIT below 2^64 - 1, which stands for "unknown". */
static bool
uw_parse_length(uw_slice_t digits, uint64_t *length)
{
    uint64_t value = 0;

    for (size_t i = 0; i < digits.size; i++) {
        uint64_t digit = (uint64_t) digits.data[i] - '0';

        if (digits.data[i] < '0' || digits.data[i] > '9'
            || value > (UINT64_MAX - 1 - digit) / 10)
        {
            return false;
        }
        value = value * 10 + digit;
    }
    *length = value;

    return digits.size != 0;
}


uw_field_status_t
uw_http_check_value(uw_slice_t name, uw_slice_t *value)
{
    uint64_t length;

    *value = uw_field_trim(*value);
    if (!uw_field_name_is(UW_CONTENT_LENGTH, name)) {
        return uw_field_value_valid(*value) ? UW_FIELD_OK
                                            : UW_FIELD_INVALID_SYNTAX;
    }

    if (!uw_parse_length(*value, &length)) {
        return UW_FIELD_INVALID_SYNTAX;
    }
    while (value->size > 1 && value->data[0] == '0') {
        value->data++;
        value->size--;
    }

    return UW_FIELD_OK;
}


/* ---- The line of a request ---- */

bool
uw_http_path_valid(uw_slice_t path)
{
    for (size_t i = 0; i < path.size; i++) {
        if (path.data[i] <= 0x20 || strchr("#<>\x7F", path.data[i]) != NULL) {
            return false; /* a fragment is never sent */
        }
    }

    return uw_utf8_valid(path.data, path.size);
}


static bool
uw_is_alpha(uint8_t byte)
{
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}


static bool
uw_is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}


/* Whether it is one of these; a zero byte never is. */
static bool
uw_is_one_of(const char *bytes, uint8_t byte)
{
    return byte != 0 && strchr(bytes, byte) != NULL;
}


/* RFC 3986 section 3.1. */
bool
uw_http_scheme_valid(uw_slice_t scheme)
{
    for (size_t i = 0; i < scheme.size; i++) {
        uint8_t byte = scheme.data[i];

        if (!uw_is_alpha(byte)
            && (i == 0 || (!uw_is_digit(byte) && !uw_is_one_of("+-.", byte))))
        {
            return false;
        }
    }

    return scheme.size != 0 && scheme.size <= UW_SCHEME_MAX;
}


/* ":" and a number that fits into 16 bits, or nothing. */
static bool
uw_port_valid(uw_slice_t port)
{
    unsigned number = 0;

    if (port.size == 0) {
        return true;
    }
    if (port.data[0] != ':' || port.size == 1 || port.size > 6) {
        return false;
    }

    for (size_t i = 1; i < port.size; i++) {
        if (!uw_is_digit(port.data[i])) {
            return false;
        }
        number = number * 10 + (unsigned) (port.data[i] - '0');
    }

    return number <= UINT16_MAX;
}


/* "[" and "]" with an IPv6 address between them; *size gets how long that is. */
static bool
uw_literal_valid(uw_slice_t authority, size_t *size)
{
    const uint8_t *end = memchr(authority.data, ']', authority.size);
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    size_t inner;

    if (end == NULL) {
        return false;
    }
    inner = (size_t) (end - authority.data) - 1;
    if (inner >= sizeof(text)
        || memchr(authority.data + 1, '\0', inner) != NULL)
    {
        return false;
    }

    memcpy(text, authority.data + 1, inner);
    text[inner] = '\0';
    *size = inner + 2;

    return inet_pton(AF_INET6, text, &address) == 1;
}


/*
 * A host with an optional port (RFC 3986 section 3.2); no user information,
 * which RFC 9110 section 4.2.4 forbids to send.
 */
bool
uw_http_authority_valid(uw_slice_t authority)
{
    size_t size = 0;

    if (authority.size != 0 && authority.data[0] == '[') {
        if (!uw_literal_valid(authority, &size)) {
            return false;
        }

    } else {
        while (size < authority.size
               && (uw_is_alpha(authority.data[size])
                   || uw_is_digit(authority.data[size])
                   || uw_is_one_of("-._~!$&'()*+,;=", authority.data[size])))
        {
            size++;
        }
    }

    return size != 0
           && uw_port_valid(
               (uw_slice_t) { authority.data + size, authority.size - size });
}


/* ---- Content-Length ---- */

bool
uw_http_content_length(const uw_fields_t *fields, uint64_t *length)
{
    const uw_slice_t name = uw_slice_of(UW_CONTENT_LENGTH);
    uint64_t value;

    *length = UW_LENGTH_UNKNOWN;

    for (size_t i = uw_fields_find(fields, name, 0); i < fields->count;
         i = uw_fields_find(fields, name, i + 1))
    {
        if (!uw_parse_length(uw_field_value(fields, i), &value)
            || (*length != UW_LENGTH_UNKNOWN && *length != value))
        {
            return false;
        }
        *length = value;
    }

    return true;
}


void
uw_http_single_content_length(uw_fields_t *fields)
{
    const uw_slice_t name = uw_slice_of(UW_CONTENT_LENGTH);
    size_t first = uw_fields_find(fields, name, 0);

    (void) uw_fields_remove_from(fields, name, first + 1);
}

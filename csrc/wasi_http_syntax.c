/*
 * What a guest may put into a field, and what its Content-Length says.
 */

#include "wasi_http.h"

#include <string.h>
#include <strings.h>


static const char uw_content_length[] = "content-length";


uw_field_status_t
uw_http_check_name(uw_slice_t name)
{
    if (!uw_token_valid(name.data, name.size)) {
        return UW_FIELD_INVALID_SYNTAX;
    }

    return uw_field_is_forbidden(name.data, name.size) ? UW_FIELD_FORBIDDEN
                                                       : UW_FIELD_OK;
}


/* 1*DIGIT below 2^64 - 1, which stands for "unknown". */
static bool
uw_parse_length(const uint8_t *digits, size_t size, uint64_t *length)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++) {
        uint64_t digit = (uint64_t) digits[i] - '0';

        if (digits[i] < '0' || digits[i] > '9'
            || value > (UINT64_MAX - 1 - digit) / 10)
        {
            return false;
        }
        value = value * 10 + digit;
    }
    *length = value;

    return size != 0;
}


static bool
uw_is_content_length(uw_slice_t name)
{
    size_t size = sizeof(uw_content_length) - 1;

    return name.size == size
           && strncasecmp((const char *) name.data, uw_content_length, size)
                  == 0;
}


uw_field_status_t
uw_http_check_value(uw_slice_t name, uw_slice_t *value)
{
    uint64_t length;

    if (!uw_is_content_length(name)) {
        return uw_field_value_valid(value->data, value->size)
                   ? UW_FIELD_OK
                   : UW_FIELD_INVALID_SYNTAX;
    }

    if (!uw_parse_length(value->data, value->size, &length)) {
        return UW_FIELD_INVALID_SYNTAX;
    }
    while (value->size > 1 && value->data[0] == '0') {
        value->data++;
        value->size--;
    }

    return UW_FIELD_OK;
}


bool
uw_http_content_length(const uw_fields_t *fields, uint64_t *length)
{
    const uint8_t *name = (const uint8_t *) uw_content_length;
    size_t size = sizeof(uw_content_length) - 1;
    uint64_t value;

    *length = UW_LENGTH_UNKNOWN;

    for (size_t i = uw_fields_find(fields, name, size, 0); i < fields->count;
         i = uw_fields_find(fields, name, size, i + 1))
    {
        if (!uw_parse_length(uw_field_value(fields, i),
                             fields->items[i].value_size, &value)
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
    const uint8_t *name = (const uint8_t *) uw_content_length;
    size_t size = sizeof(uw_content_length) - 1;
    size_t first = uw_fields_find(fields, name, size, 0);

    (void) uw_fields_remove_from(fields, name, size, first + 1);
}

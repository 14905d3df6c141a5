/*
 * The classes of bytes in HTTP/1.1, as RFC 9110 and 9112 have them.
 */

#ifndef UW_PYTHON_HTTP_BYTES_H
#define UW_PYTHON_HTTP_BYTES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    UW_BYTE_TOKEN = 1, /* RFC 9110, section 5.6.2 */
    UW_BYTE_VALUE = 2, /* of a field: section 5.5, with tab and space */
    UW_BYTE_TARGET = 4 /* visible ASCII: what nobody could mistake */
};

/* The classes of each byte. */
extern const uint8_t uw_http_bytes[256];

static inline bool
uw_http_is(uint8_t byte, uint8_t classes)
{
    return (uw_http_bytes[byte] & classes) != 0;
}


static inline bool
uw_http_is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}


#endif /* UW_PYTHON_HTTP_BYTES_H */

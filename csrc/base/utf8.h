#ifndef UW_BASE_UTF8_H
#define UW_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7). */
bool uw_utf8_valid(const uint8_t *bytes, size_t size);

#endif /* UW_BASE_UTF8_H */

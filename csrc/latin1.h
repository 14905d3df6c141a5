/*
 * The two forms of a byte string at the border of a rewritten component
 * (DESIGN, "byte-string rewrite"): outside plain bytes, inside a UTF-8 string
 * in which every character is one byte's value (U+0000 to U+00FF).
 */

#ifndef UW_LATIN1_H
#define UW_LATIN1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the UTF-8 form of `size` bytes. */
size_t uw_latin1_utf8_size(const uint8_t *bytes, size_t size);

/* Writes exactly uw_latin1_utf8_size() bytes to `utf8`. */
void uw_latin1_to_utf8(const uint8_t *bytes, size_t size, uint8_t *utf8);

/*
 * Whether all bytes are below 0x80: then both forms are the same bytes and
 * nothing need be converted.
 */
bool uw_latin1_is_ascii(const uint8_t *bytes, size_t size);

/*
 * Decodes valid UTF-8 into at most `size` bytes.  Returns the number of bytes
 * written, or -1 if a character is above U+00FF or the text is not UTF-8.
 */
ptrdiff_t uw_latin1_from_utf8(const uint8_t *utf8, size_t size, uint8_t *bytes);

/* Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7). */
bool uw_utf8_valid(const uint8_t *bytes, size_t size);

#endif /* UW_LATIN1_H */

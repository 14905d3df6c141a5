/*
 * Bytes at the border of a rewritten component, which carries them as strings
 * (unit_wasm/component/rewrite/rewrite.py).
 *
 * Those that a guest writes come as UTF-8 in which every character is one
 * byte's value (U+0000 to U+00FF).
 *
 * Those that it reads are packed into a string of ASCII, which libwasmtime
 * copies in one piece (character by character it would take 14 instructions
 * for each); bytesmodule.py unpacks them.  The first character says how: 0, the
 * bytes follow as they are; else 1 + how many bytes the last group lacks, and
 * for each group of seven bytes there follow eight characters: the bytes
 * without their high bits, and these, that of byte i as bit i.
 */

#ifndef UW_GUEST_LATIN1_H
#define UW_GUEST_LATIN1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the packed form; `ascii` is what uw_latin1_is_ascii() says. */
size_t uw_packed_size(size_t size, bool ascii);

/* Writes exactly uw_packed_size() characters. */
void uw_pack(const uint8_t *bytes, size_t size, bool ascii, uint8_t *text);

/*
 * Whether all bytes are below 0x80: then nothing need be converted.
 */
bool uw_latin1_is_ascii(const uint8_t *bytes, size_t size);

/*
 * Decodes valid UTF-8 into at most `size` bytes.  Returns the number of bytes
 * written, or -1 if a character is above U+00FF or the text is not UTF-8.
 */
ptrdiff_t uw_latin1_from_utf8(const uint8_t *utf8, size_t size, uint8_t *bytes);

#endif /* UW_GUEST_LATIN1_H */

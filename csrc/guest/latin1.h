/*
 * Bytes at the border of a rewritten component, which carries them as strings
 * (unit_wasm/component/rewrite/rewrite.py).  libwasmtime checks and copies a string of
 * ASCII in one piece (others character by character), so what is not ASCII is
 * packed into it; bytesmodule.py does the same on the guest's side, there and
 * back.
 *
 * Packed are groups of 112 bytes, the last one filled up with zeros: 7 times 16
 * characters, the bytes without their high bits, and 16 more, of which the i-th
 * has the high bits of the i-th bytes of the seven, that of the first as bit 6,
 * that of the last as bit 0.
 *
 * Bytes that a guest reads end with one more character: 0, the bytes before it
 * are as they are; else 1 + how many bytes the last group lacks.
 *
 * Bytes that it writes are as they are where the string ends with an ASCII
 * character, or is empty.  Else it ends with
 *   U+0080, and before that, behind the groups, how many bytes the last one lacks;
 *   U+0081, and before that the number of bytes, as five characters of 7 bits,
 *   the lowest first: they come with the next calls.
 */

#ifndef UW_GUEST_LATIN1_H
#define UW_GUEST_LATIN1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of what a guest reads; `ascii` is what uw_latin1_is_ascii() says. */
size_t uw_packed_size(size_t size, bool ascii);

/* Writes exactly uw_packed_size() characters. */
void uw_pack(const uint8_t *bytes, size_t size, bool ascii, uint8_t *text);

/*
 * Whether all bytes are below 0x80: then nothing need be converted.
 */
bool uw_latin1_is_ascii(const uint8_t *bytes, size_t size);

/* How a string carries bytes that a guest writes. */
enum {
    UW_CARRIED_PLAIN,     /* they are the string */
    UW_CARRIED_PACKED,    /* uw_unpack() makes `size` bytes of it */
    UW_CARRIED_ANNOUNCED, /* there are none yet, `size` are to come */
    UW_CARRIED_WRONG,
};

int uw_carried(const uint8_t *text, size_t length, size_t *size);

/* Writes the `size` bytes that uw_carried() has found, no more. */
void uw_unpack(const uint8_t *text, uint8_t *bytes, size_t size);

#endif /* UW_GUEST_LATIN1_H */

/*
 * Invariant: both directions of the Latin-1 codec and the check of UTF-8 give
 * what plain readings of their definitions give, write only what they say, and
 * decoding gives back every byte string that was encoded.
 */

#include "latin1.h"

#include "fuzz.h"


/* One character by the definition of UTF-8 (RFC 3629): its length, or 0. */
static size_t
reference_character(const uint8_t *utf8, size_t size, uint32_t *point)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t length = utf8[0] < 0x80           ? 1
                    : (utf8[0] >> 5) == 0x06 ? 2
                    : (utf8[0] >> 4) == 0x0E ? 3
                    : (utf8[0] >> 3) == 0x1E ? 4
                                             : 0;

    if (length == 0 || length > size) {
        return 0;
    }
    *point = length == 1 ? utf8[0] : utf8[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if (utf8[i] >> 6 != 2) {
            return 0;
        }
        *point = *point << 6 | (utf8[i] & 0x3Fu);
    }
    if (*point < smallest[length] || *point > 0x10FFFF
        || (*point >= 0xD800 && *point <= 0xDFFF))
    {
        return 0;
    }

    return length;
}


/* Returns what uw_latin1_from_utf8() should; *valid: it is UTF-8. */
static ptrdiff_t
reference_decode(const uint8_t *utf8, size_t size, uint8_t *bytes, int *valid)
{
    ptrdiff_t count = 0;
    int narrow = 1;
    uint32_t point;

    *valid = 1;
    for (size_t i = 0; i < size;) {
        size_t length = reference_character(utf8 + i, size - i, &point);

        if (length == 0) {
            *valid = 0;
            return -1;
        }
        narrow = narrow && point <= 0xFF;
        bytes[count++] = (uint8_t) point;
        i += length;
    }

    return narrow ? count : -1;
}


static void
check_encoding(const uint8_t *bytes, size_t size)
{
    size_t utf8_size = uw_latin1_utf8_size(bytes, size);
    uint8_t *utf8 = malloc(utf8_size == 0 ? 1 : utf8_size);
    uint8_t *back = malloc(utf8_size == 0 ? 1 : utf8_size);
    size_t expected = 0;
    size_t at = 0;

    FUZZ_CHECK(utf8 != NULL && back != NULL);
    for (size_t i = 0; i < size; i++) {
        expected += bytes[i] < 0x80 ? 1 : 2;
    }
    FUZZ_CHECK(utf8_size == expected);
    FUZZ_CHECK(uw_latin1_is_ascii(bytes, size) == (utf8_size == size));

    uw_latin1_to_utf8(bytes, size, utf8);
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] < 0x80) {
            FUZZ_CHECK(utf8[at++] == bytes[i]);
        } else {
            FUZZ_CHECK(utf8[at++] == 0xC0 + bytes[i] / 64);
            FUZZ_CHECK(utf8[at++] == 0x80 + bytes[i] % 64);
        }
    }
    FUZZ_CHECK(uw_utf8_valid(utf8, utf8_size));

    FUZZ_CHECK(uw_latin1_from_utf8(utf8, utf8_size, back) == (ptrdiff_t) size);
    FUZZ_CHECK(size == 0 || memcmp(back, bytes, size) == 0);

    free(back);
    free(utf8);
}


static void
check_decoding(const uint8_t *utf8, size_t size)
{
    uint8_t *expected = fuzz_copy(utf8, size);
    uint8_t *found = fuzz_copy(utf8, size);
    int valid;
    ptrdiff_t count = reference_decode(utf8, size, expected, &valid);

    FUZZ_CHECK(uw_utf8_valid(utf8, size) == (valid != 0));
    FUZZ_CHECK(uw_latin1_from_utf8(utf8, size, found) == count);
    FUZZ_CHECK(count <= 0 || memcmp(found, expected, (size_t) count) == 0);

    free(found);
    free(expected);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_copy(data, size);

    check_encoding(bytes, size);
    check_decoding(bytes, size);
    free(bytes);

    return 0;
}

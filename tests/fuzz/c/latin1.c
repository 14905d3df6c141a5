/*
 * Invariant: packing, the Latin-1 decoder and the check of UTF-8 give what plain
 * readings of their definitions give, write only what they say, and give back
 * every byte string.
 */

#include "base/utf8.h"
#include "guest/latin1.h"

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


/* Byte `i` of a packed text, by the definition in guest/latin1.h. */
static uint8_t
reference_unpack(const uint8_t *text, size_t i)
{
    const uint8_t *group = text + 1 + i / 7 * 8;

    if (text[0] == 0) {
        return text[1 + i];
    }

    return (uint8_t) (group[i % 7] | (group[7] >> i % 7 & 1) << 7);
}


static void
check_packing(const uint8_t *bytes, size_t size)
{
    bool ascii = uw_latin1_is_ascii(bytes, size);
    size_t text_size = uw_packed_size(size, ascii);
    uint8_t *text = malloc(text_size);
    bool expected = true;

    FUZZ_CHECK(text != NULL);
    for (size_t i = 0; i < size; i++) {
        expected = expected && bytes[i] < 0x80;
    }
    FUZZ_CHECK(ascii == expected);

    uw_pack(bytes, size, ascii, text);
    FUZZ_CHECK(uw_latin1_is_ascii(text, text_size));
    FUZZ_CHECK(ascii ? text[0] == 0 && text_size == size + 1
                     : (text_size - 1) / 8 * 7 - (text[0] - 1u) == size
                           && text_size % 8 == 1);
    for (size_t i = 0; i < size; i++) {
        FUZZ_CHECK(reference_unpack(text, i) == bytes[i]);
    }

    free(text);
}


static void
check_encoding(const uint8_t *bytes, size_t size)
{
    uint8_t *utf8 = malloc(2 * size + 1);
    uint8_t *back = malloc(2 * size + 1);
    size_t at = 0;

    FUZZ_CHECK(utf8 != NULL && back != NULL);
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] < 0x80) {
            utf8[at++] = bytes[i];
        } else {
            utf8[at++] = (uint8_t) (0xC0 + bytes[i] / 64);
            utf8[at++] = (uint8_t) (0x80 + bytes[i] % 64);
        }
    }
    FUZZ_CHECK(uw_utf8_valid(utf8, at));
    FUZZ_CHECK(uw_latin1_from_utf8(utf8, at, back) == (ptrdiff_t) size);
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

    check_packing(bytes, size);
    check_encoding(bytes, size);
    check_decoding(bytes, size);
    free(bytes);

    return 0;
}

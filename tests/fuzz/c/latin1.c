/*
 * Invariant: packing, unpacking and the check of UTF-8 give what plain readings
 * of their definitions give, write only what they say, and give back every byte
 * string; and no string is taken for what it is not.
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


static int
reference_valid(const uint8_t *utf8, size_t size)
{
    uint32_t point;

    for (size_t i = 0; i < size;) {
        size_t length = reference_character(utf8 + i, size - i, &point);

        if (length == 0) {
            return 0;
        }
        i += length;
    }

    return 1;
}


/* Byte `i` of packed groups, by the definition in latin1.h. */
static uint8_t
reference_unpack(const uint8_t *text, size_t i)
{
    const uint8_t *group = text + i / 112 * 128;
    size_t place = i % 112;
    int high = group[112 + place % 16] >> (6 - place / 16) & 1;

    return (uint8_t) (group[place] | high << 7);
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
    FUZZ_CHECK(ascii
                   ? text[size] == 0 && text_size == size + 1
                   : text_size / 128 * 112 - (text[text_size - 1] - 1u) == size
                         && text_size % 128 == 1);
    for (size_t i = 0; i < size; i++) {
        FUZZ_CHECK((ascii ? text[i] : reference_unpack(text, i)) == bytes[i]);
    }

    free(text);
}


/* What a guest writes, made of the same bytes, comes back. */
static void
check_written(const uint8_t *bytes, size_t size)
{
    size_t packed = uw_packed_size(size, false);
    uint8_t *text = malloc(packed + 2);
    uint8_t *back = malloc(size + 1);
    size_t found;

    FUZZ_CHECK(text != NULL && back != NULL);
    uw_pack(bytes, size, false, text);
    text[packed - 1]--;
    text[packed] = 0xC2;
    text[packed + 1] = 0x80;
    FUZZ_CHECK(uw_carried(text, packed + 2, &found) == UW_CARRIED_PACKED);
    FUZZ_CHECK(found == size);
    uw_unpack(text, back, size);
    FUZZ_CHECK(size == 0 || memcmp(back, bytes, size) == 0);

    free(back);
    free(text);
}


static void
check_any_string(const uint8_t *text, size_t size)
{
    size_t found;
    int how = uw_carried(text, size, &found);

    if (size == 0 || text[size - 1] < 0x80) {
        FUZZ_CHECK(how == UW_CARRIED_PLAIN && found == size);
        return;
    }
    FUZZ_CHECK(how != UW_CARRIED_PLAIN);
    if (how == UW_CARRIED_PACKED) {
        uint8_t *bytes = malloc(found + 1);

        FUZZ_CHECK(bytes != NULL && found <= size);
        uw_unpack(text, bytes, found);
        for (size_t i = 0; i < found; i++) {
            FUZZ_CHECK((bytes[i] & 0x7F) == (reference_unpack(text, i) & 0x7F));
        }
        free(bytes);
    }
    FUZZ_CHECK(how != UW_CARRIED_ANNOUNCED || (size == 7 && found >> 35 == 0));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_copy(data, size);

    check_packing(bytes, size);
    check_written(bytes, size);
    check_any_string(bytes, size);
    FUZZ_CHECK(uw_utf8_valid(bytes, size)
               == (reference_valid(bytes, size) != 0));
    free(bytes);

    return 0;
}

#include "guest/latin1.h"

#include <string.h>

/* One step of the inner loops: small enough to leave early on a mixed text. */
#define UW_BLOCK 32

/* Bytes that are packed together; their high bits are one character more. */
#define UW_GROUP 7

/* Groups are read and written as numbers, and so does the guest's side. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little endian");


static bool
uw_block_is_ascii(const uint8_t *bytes)
{
    uint64_t words[UW_BLOCK / sizeof(uint64_t)];
    uint64_t any = 0;

    memcpy(words, bytes, sizeof(words));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        any |= words[i];
    }

    return (any & 0x8080808080808080u) == 0;
}


bool
uw_latin1_is_ascii(const uint8_t *bytes, size_t size)
{
    uint8_t any = 0;

    for (; size >= UW_BLOCK; bytes += UW_BLOCK, size -= UW_BLOCK) {
        if (!uw_block_is_ascii(bytes)) {
            return false;
        }
    }
    for (size_t i = 0; i < size; i++) {
        any |= bytes[i];
    }

    return any < 0x80;
}


size_t
uw_packed_size(size_t size, bool ascii)
{
    return 1
           + (ascii ? size : (size + UW_GROUP - 1) / UW_GROUP * (UW_GROUP + 1));
}


/* Seven bytes of a group (the eighth is ignored) as its eight characters. */
static uint64_t
uw_pack_group(uint64_t bytes)
{
    uint64_t high = bytes >> 7 & 0x0001010101010101u;

    /* Bit 8 * i of `high` times 2^(49 - 7 * i) is bit 49 + i of the product;
     * no two products meet, so that nothing is carried. */
    high = high * 0x0002040810204081u >> 49 & 0x7F;

    return (bytes & 0x007F7F7F7F7F7F7Fu) | high << 56;
}


void
uw_pack(const uint8_t *bytes, size_t size, bool ascii, uint8_t *text)
{
    uint64_t group;

    if (ascii) {
        text[0] = 0;
        if (size != 0) {
            memcpy(text + 1, bytes, size);
        }
        return;
    }

    text[0] = (uint8_t) (1 + (UW_GROUP - size % UW_GROUP) % UW_GROUP);
    text++;

    while (size > UW_GROUP) {
        memcpy(&group, bytes, sizeof(group));
        group = uw_pack_group(group);
        memcpy(text, &group, sizeof(group));
        bytes += UW_GROUP;
        size -= UW_GROUP;
        text += UW_GROUP + 1;
    }

    group = 0;
    memcpy(&group, bytes, size);
    group = uw_pack_group(group);
    memcpy(text, &group, sizeof(group));
}


/*
 * Decodes the characters that begin in utf8[i..stop), without a branch.  The
 * byte behind each of them must be readable.  Returns where the next character
 * begins and adds to *wrong for what is not Latin-1.
 */
static size_t
uw_latin1_decode_mixed(const uint8_t *utf8, size_t i, size_t stop,
                       uint8_t **bytes, unsigned *wrong)
{
    uint8_t *out = *bytes;

    while (i < stop) {
        uint8_t lead = utf8[i];
        uint8_t next = utf8[i + 1];
        unsigned high = lead >> 7;

        /* U+0080 to U+00FF are the lead bytes C2 and C3. */
        *wrong |= high & ((lead & 0xFE) != 0xC2 || (next & 0xC0) != 0x80);
        *out++ = high ? (uint8_t) (lead << 6 | (next & 0x3F)) : lead;
        i += 1 + high;
    }

    *bytes = out;

    return i;
}


ptrdiff_t
uw_latin1_from_utf8(const uint8_t *utf8, size_t size, uint8_t *bytes)
{
    const uint8_t *begin = bytes;
    unsigned wrong = 0;
    size_t i = 0;

    while (i < size && !wrong) {
        size_t stop = size - i > UW_BLOCK ? i + UW_BLOCK : size - 1;

        if (size - i >= UW_BLOCK && uw_block_is_ascii(utf8 + i)) {
            memcpy(bytes, utf8 + i, UW_BLOCK);
            bytes += UW_BLOCK;
            i += UW_BLOCK;
            continue;
        }

        i = uw_latin1_decode_mixed(utf8, i, stop, &bytes, &wrong);

        if (i == size - 1) {
            wrong |= utf8[i] >= 0x80;
            *bytes++ = utf8[i++];
        }
    }

    return wrong ? -1 : bytes - begin;
}

#include "guest/latin1.h"

#include <string.h>

/* One step of the inner loops: small enough to leave early on a mixed text. */
#define UW_BLOCK 32

/* Bytes that are packed together, and what they become. */
#define UW_LANES 16
#define UW_GROUP (7 * UW_LANES)
#define UW_PACKED (UW_GROUP + UW_LANES)

/* How long what is behind the groups of bytes that are written is, and what is
 * announced: a mark of two bytes, U+0080 or U+0081, with what is before it. */
#define UW_TAIL 3
#define UW_ANNOUNCED 7
#define UW_MARK_LEAD 0xC2
#define UW_MARK_PACKED 0x80
#define UW_MARK_ANNOUNCED 0x81

/* Sixteen bytes at once.  Where a byte is shifted, others get bits of it that
 * are masked, so that it does not matter in which order pairs of bytes are. */
typedef uint16_t uw_lanes_t __attribute__((vector_size(UW_LANES)));


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
    return 1 + (ascii ? size : (size + UW_GROUP - 1) / UW_GROUP * UW_PACKED);
}


static uw_lanes_t
uw_lanes_of(uint8_t byte)
{
    uw_lanes_t zero = { 0 };

    return zero + (uint16_t) (byte << 8 | byte);
}


static void
uw_pack_group(const uint8_t *bytes, uint8_t *text)
{
    uw_lanes_t highs = { 0 };
    uw_lanes_t lanes;

    for (int i = 0; i < 7; i++) {
        memcpy(&lanes, bytes + UW_LANES * i, sizeof(lanes));
        highs |= (lanes & uw_lanes_of(0x80)) >> (i + 1);
        lanes &= uw_lanes_of(0x7F);
        memcpy(text + UW_LANES * i, &lanes, sizeof(lanes));
    }
    memcpy(text + UW_GROUP, &highs, sizeof(highs));
}


static void
uw_unpack_group(const uint8_t *text, uint8_t *bytes)
{
    uw_lanes_t highs;
    uw_lanes_t lanes;

    memcpy(&highs, text + UW_GROUP, sizeof(highs));
    for (int i = 0; i < 7; i++) {
        memcpy(&lanes, text + UW_LANES * i, sizeof(lanes));
        lanes |= (highs << (i + 1)) & uw_lanes_of(0x80);
        memcpy(bytes + UW_LANES * i, &lanes, sizeof(lanes));
    }
}


void
uw_pack(const uint8_t *bytes, size_t size, bool ascii, uint8_t *text)
{
    uint8_t last[UW_GROUP] = { 0 };

    if (ascii) {
        if (size != 0) {
            memcpy(text, bytes, size);
        }
        text[size] = 0;
        return;
    }

    for (; size >= UW_GROUP; size -= UW_GROUP) {
        uw_pack_group(bytes, text);
        bytes += UW_GROUP;
        text += UW_PACKED;
    }
    if (size == 0) {
        *text = 1;
        return;
    }

    memcpy(last, bytes, size);
    uw_pack_group(last, text);
    text[UW_PACKED] = (uint8_t) (1 + UW_GROUP - size);
}


int
uw_carried(const uint8_t *text, size_t length, size_t *size)
{
    size_t missing;

    *size = length;
    if (length == 0 || text[length - 1] < 0x80) {
        return UW_CARRIED_PLAIN;
    }
    if (length < UW_TAIL || text[length - 2] != UW_MARK_LEAD) {
        return UW_CARRIED_WRONG;
    }

    if (text[length - 1] == UW_MARK_ANNOUNCED && length == UW_ANNOUNCED) {
        *size = 0;
        for (size_t i = 0; i < UW_ANNOUNCED - 2; i++) {
            *size |= (size_t) (text[i] & 0x7F) << 7 * i;
        }
        return UW_CARRIED_ANNOUNCED;
    }

    missing = text[length - UW_TAIL];
    length -= UW_TAIL;
    if (text[length + 2] != UW_MARK_PACKED || length % UW_PACKED != 0
        || missing >= UW_GROUP || (length == 0 && missing != 0))
    {
        return UW_CARRIED_WRONG;
    }
    *size = length / UW_PACKED * UW_GROUP - missing;

    return UW_CARRIED_PACKED;
}


void
uw_unpack(const uint8_t *text, uint8_t *bytes, size_t size)
{
    uint8_t last[UW_GROUP];

    for (; size >= UW_GROUP; size -= UW_GROUP) {
        uw_unpack_group(text, bytes);
        text += UW_PACKED;
        bytes += UW_GROUP;
    }
    if (size != 0) {
        uw_unpack_group(text, last);
        memcpy(bytes, last, size);
    }
}

#include "base/escape.h"

#include <string.h>

#include "base/utf8.h"

typedef struct {
    uint32_t first;
    uint32_t last;
} uw_range_t;

/*
 * In their order: Unicode's categories Cc (but the tab), Cf, Zl and Zp, and what
 * is "default ignorable" in it.  The two selectors that choose between text and
 * picture (U+FE0E, U+FE0F) stand behind every second emoji and hide nothing.
 */
static const uw_range_t uw_unsafe[] = {
    { 0x0000, 0x0008 },   { 0x000A, 0x001F },   { 0x007F, 0x009F },
    { 0x00AD, 0x00AD },   { 0x034F, 0x034F },   { 0x0600, 0x0605 },
    { 0x061C, 0x061C },   { 0x06DD, 0x06DD },   { 0x070F, 0x070F },
    { 0x0890, 0x0891 },   { 0x08E2, 0x08E2 },   { 0x115F, 0x1160 },
    { 0x17B4, 0x17B5 },   { 0x180B, 0x180F },   { 0x200B, 0x200F },
    { 0x2028, 0x202E },   { 0x2060, 0x206F },   { 0x3164, 0x3164 },
    { 0xFE00, 0xFE0D },   { 0xFEFF, 0xFEFF },   { 0xFFA0, 0xFFA0 },
    { 0xFFF0, 0xFFFB },   { 0x110BD, 0x110BD }, { 0x110CD, 0x110CD },
    { 0x13430, 0x1343F }, { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A },
    { 0xE0000, 0xE0FFF },
};


static bool
uw_is_unsafe(uint32_t character)
{
    for (size_t i = 0; i < sizeof(uw_unsafe) / sizeof(uw_unsafe[0]); i++) {
        if (character <= uw_unsafe[i].last) {
            return character >= uw_unsafe[i].first;
        }
    }

    return false;
}


/* The bytes of the character that begins here; 0: it is no UTF-8. */
static size_t
uw_character_size(const uint8_t *bytes, size_t size)
{
    size_t length = bytes[0] < 0x80   ? 1
                    : bytes[0] < 0xE0 ? 2
                    : bytes[0] < 0xF0 ? 3
                                      : 4;

    return length <= size && uw_utf8_valid(bytes, length) ? length : 0;
}


static uint32_t
uw_character(const uint8_t *bytes, size_t length)
{
    uint32_t character = length == 1 ? bytes[0] : bytes[0] & (0x7Fu >> length);

    for (size_t i = 1; i < length; i++) {
        character = character << 6 | (bytes[i] & 0x3F);
    }

    return character;
}


size_t
uw_escape(const uint8_t *bytes, size_t size, char *text, size_t text_size)
{
    static const char digits[] = "0123456789abcdef";
    size_t used = 0;
    size_t length;
    size_t written;
    bool plain;

    while (size != 0) {
        length = uw_character_size(bytes, size);
        plain = length != 0 && !uw_is_unsafe(uw_character(bytes, length));
        length = length == 0 ? 1 : length;
        written = plain ? length : length * UW_ESCAPED_MAX;
        if (written > text_size - used) {
            break;
        }

        if (plain) {
            memcpy(text + used, bytes, length);
        } else {
            for (size_t i = 0; i < length; i++) {
                text[used + i * UW_ESCAPED_MAX] = '\\';
                text[used + i * UW_ESCAPED_MAX + 1] = 'x';
                text[used + i * UW_ESCAPED_MAX + 2] = digits[bytes[i] >> 4];
                text[used + i * UW_ESCAPED_MAX + 3] = digits[bytes[i] & 0xF];
            }
        }
        used += written;
        bytes += length;
        size -= length;
    }

    return used;
}


void
uw_escape_text(uw_slice_t bytes, char *text, size_t text_size)
{
    size_t used = uw_escape(bytes.data, bytes.size, text, text_size - 1);

    text[used] = '\0';
}

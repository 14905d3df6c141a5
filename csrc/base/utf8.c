#include "base/utf8.h"


static bool
uw_utf8_tail(const uint8_t *bytes, size_t count, uint8_t low, uint8_t high)
{
    if (bytes[0] < low || bytes[0] > high) {
        return false;
    }
    for (size_t i = 1; i < count; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return false;
        }
    }

    return true;
}


bool
uw_utf8_valid(const uint8_t *bytes, size_t size)
{
    size_t i = 0;

    while (i < size) {
        uint8_t lead = bytes[i++];
        uint8_t low = 0x80;
        uint8_t high = 0xBF;
        size_t tail;

        if (lead < 0x80) {
            continue;
        }
        if (lead >= 0xC2 && lead <= 0xDF) {
            tail = 1;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            tail = 2;
            low = lead == 0xE0 ? 0xA0 : 0x80;
            high = lead == 0xED ? 0x9F : 0xBF;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            tail = 3;
            low = lead == 0xF0 ? 0x90 : 0x80;
            high = lead == 0xF4 ? 0x8F : 0xBF;
        } else {
            return false;
        }

        if (size - i < tail || !uw_utf8_tail(bytes + i, tail, low, high)) {
            return false;
        }
        i += tail;
    }

    return true;
}

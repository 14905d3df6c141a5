#include "guest/cursor.h"

#include "base/utf8.h"


/* ---- To bytes ---- */

void
uw_pack_number(uw_packing_t *packing, uint64_t number, size_t width)
{
    uint8_t *bytes = uw_buf_reserve(packing->bytes, width);

    if (bytes == NULL) {
        packing->complete = false;
        return;
    }
    for (size_t i = 0; i < width; i++) {
        bytes[i] = (uint8_t) (number >> (8 * i));
    }
    uw_buf_grew(packing->bytes, width);
}


void
uw_pack_slice(uw_packing_t *packing, uw_slice_t slice)
{
    if (slice.size > UINT32_MAX) {
        packing->complete = false;
        return;
    }
    uw_pack_number(packing, slice.size, 4);
    if (slice.size != 0
        && uw_buf_append(packing->bytes, slice.data, slice.size) != 0)
    {
        packing->complete = false;
    }
}


/* ---- From bytes ---- */

const uint8_t *
uw_unpack_raw(uw_unpacking_t *from, size_t size)
{
    const uint8_t *bytes = from->at;

    if (size > from->left) {
        from->bad = true;
        from->left = 0;
        return NULL;
    }
    if (size != 0) {
        from->at += size;
        from->left -= size;
    }

    return bytes;
}


uint64_t
uw_unpack_number(uw_unpacking_t *from, size_t width)
{
    const uint8_t *bytes = uw_unpack_raw(from, width);
    uint64_t number = 0;

    if (bytes != NULL) {
        for (size_t i = 0; i < width; i++) {
            number |= (uint64_t) bytes[i] << (8 * i);
        }
    }

    return number;
}


uw_slice_t
uw_unpack_slice(uw_unpacking_t *from)
{
    size_t size = (size_t) uw_unpack_number(from, 4);
    const uint8_t *bytes = uw_unpack_raw(from, size);

    return bytes == NULL ? (uw_slice_t) { from->at, 0 }
                         : (uw_slice_t) { bytes, size };
}


uw_slice_t
uw_unpack_text(uw_unpacking_t *from)
{
    uw_slice_t text = uw_unpack_slice(from);

    if (text.size != 0 && !uw_utf8_valid(text.data, text.size)) {
        from->bad = true;
        text.size = 0;
    }

    return text;
}


uint32_t
uw_unpack_count(uw_unpacking_t *from, size_t each)
{
    uint32_t count = (uint32_t) uw_unpack_number(from, 4);

    if (count > from->left / each) {
        from->bad = true;
        return 0;
    }

    return count;
}

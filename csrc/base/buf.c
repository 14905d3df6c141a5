#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

/* The first allocation: holds a usual head and a small body at once. */
#define UW_BUF_MIN 512

uint8_t *
uw_buf_reserve(uw_buf_t *buf, size_t size)
{
    size_t used = uw_buf_size(buf);
    size_t capacity;
    uint8_t *data;

    if (buf->capacity - buf->end >= size && buf->data != NULL) {
        return buf->data + buf->end;
    }

    if (buf->data != NULL && buf->capacity - used >= size) {
        memmove(buf->data, buf->data + buf->start, used);
        buf->start = 0;
        buf->end = used;
        return buf->data + used;
    }

    if (size > SIZE_MAX / 2 - used) {
        return NULL;
    }

    capacity = buf->capacity == 0 ? UW_BUF_MIN : buf->capacity;
    while (capacity < used + size) {
        capacity *= 2;
    }

    if (!uw_account_take(buf->account, capacity - buf->capacity)) {
        return NULL;
    }
    data = malloc(capacity);
    if (data == NULL) {
        uw_account_give(buf->account, capacity - buf->capacity);
        return NULL;
    }
    if (used != 0) {
        /* NOLINTNEXTLINE(*NullPointerArithm): where bytes are used, it has memory. */
        memcpy(data, buf->data + buf->start, used);
    }
    free(buf->data);

    *buf = (uw_buf_t) {
        .data = data, .end = used, .capacity = capacity, .account = buf->account
    };

    return data + used;
}

void
uw_buf_grew(uw_buf_t *buf, size_t size)
{
    buf->end += size;
}

int
uw_buf_append(uw_buf_t *buf, const void *bytes, size_t size)
{
    uint8_t *tail;

    if (size == 0) {
        return 0;
    }

    tail = uw_buf_reserve(buf, size);
    if (tail == NULL) {
        return -1;
    }

    memcpy(tail, bytes, size);
    uw_buf_grew(buf, size);

    return 0;
}

void
uw_buf_consume(uw_buf_t *buf, size_t size)
{
    buf->start += size;
    if (buf->start == buf->end) {
        buf->start = 0;
        buf->end = 0;
    }
}

void
uw_buf_reset(uw_buf_t *buf, size_t keep)
{
    if (buf->capacity > keep) {
        uw_buf_free(buf);
        return;
    }

    buf->start = 0;
    buf->end = 0;
}

void
uw_buf_free(uw_buf_t *buf)
{
    uw_account_give(buf->account, buf->capacity);
    free(buf->data);
    *buf = (uw_buf_t) { .account = buf->account };
}

uint8_t *
uw_buf_give(uw_buf_t *buf)
{
    uint8_t *data = buf->data;

    uw_account_give(buf->account, buf->capacity);
    *buf = (uw_buf_t) { .account = buf->account };

    return data;
}

void
uw_buf_charge(uw_buf_t *buf, uw_account_t *account)
{
    uw_account_give(buf->account, buf->capacity);
    uw_account_add(account, buf->capacity);
    buf->account = account;
}


size_t
uw_buf_lend(uw_buf_t *buf, uw_buf_t *to)
{
    uw_account_t *account = buf->account;
    size_t size = account == NULL ? 0 : uw_buf_size(buf);
    uw_buf_t kept = *to;

    *to = *buf;
    *buf = kept;
    uw_buf_charge(to, NULL);
    uw_buf_charge(buf, account);
    uw_account_add(account, size);

    return size;
}


/* ---- Slices ---- */

bool
uw_slice_is(uw_slice_t slice, const char *text)
{
    return slice.size == strlen(text)
           && memcmp(slice.data, text, slice.size) == 0;
}


uw_slice_t
uw_slice_of(const char *text)
{
    return (uw_slice_t) { (const uint8_t *) text, strlen(text) };
}

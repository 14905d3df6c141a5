/*
 * A growable byte buffer that is filled at the end and emptied at the front.
 */

#ifndef UW_BASE_BUF_H
#define UW_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/account.h"

#define UW_CHECKED __attribute__((warn_unused_result))

/* Bytes that belong to somebody else. */
typedef struct {
    const uint8_t *data;
    size_t size;
} uw_slice_t;

/* Compares a text with a C string. */
bool uw_slice_is(uw_slice_t slice, const char *text);
uw_slice_t uw_slice_of(const char *text);

typedef struct {
    uint8_t *data;
    size_t start;
    size_t end;
    size_t capacity;
    uw_account_t *account; /* counts the capacity; NULL: nobody does */
} uw_buf_t;

/* Bytes that wait in the buffer. */
static inline size_t
uw_buf_size(const uw_buf_t *buf)
{
    return buf->end - buf->start;
}

/* The first byte that waits; valid until the buffer is changed. */
static inline const uint8_t *
uw_buf_head(const uw_buf_t *buf)
{
    return buf->data == NULL ? NULL : buf->data + buf->start;
}

static inline uw_slice_t
uw_buf_slice(const uw_buf_t *buf)
{
    return (uw_slice_t) { uw_buf_head(buf), uw_buf_size(buf) };
}

/*
 * Makes room for `size` more bytes.  Returns where they go (NULL when memory is
 * out, or the account allows no more); the caller writes them and then calls uw_buf_grew().
 */
uint8_t *uw_buf_reserve(uw_buf_t *buf, size_t size) UW_CHECKED;
void uw_buf_grew(uw_buf_t *buf, size_t size);

/* Returns 0, or -1 when out of memory (the buffer is then unchanged). */
int uw_buf_append(uw_buf_t *buf, const void *bytes, size_t size) UW_CHECKED;

/* Removes `size` bytes at the front; at most what waits. */
void uw_buf_consume(uw_buf_t *buf, size_t size);

/*
 * Empties the buffer for its next user.  Memory up to `keep` bytes is kept,
 * more is given back.
 */
void uw_buf_reset(uw_buf_t *buf, size_t keep);

/* Gives the memory back; the account stays written in it. */
void uw_buf_free(uw_buf_t *buf);

/* The memory, which is the caller's from now on, to be freed; NULL: none.  No
 * account counts it any more. */
uint8_t *uw_buf_give(uw_buf_t *buf) UW_CHECKED;

/* From now on the buffer, with what it has, is on another account. */
void uw_buf_charge(uw_buf_t *buf, uw_account_t *account);

/*
 * Hands what waits in a buffer over to another, which is on no account, and takes the
 * memory of that one in return.  Whoever gets the bytes will copy them: until he has,
 * their number, which is returned, stays on the account of the first; 0 without one.
 */
size_t uw_buf_lend(uw_buf_t *buf, uw_buf_t *to);

#endif /* UW_BASE_BUF_H */

/*
 * What the host holds for one exchange, in bytes, and how much that may be.
 *
 * Whoever allocates for a guest takes from the account first, and gives back with
 * the free: buffers (base/buf.h) and fields (http/fields.h) do it themselves,
 * with the account that is written in them.  What is kept for the next exchange of the
 * same slot stays counted, because it is still there.
 *
 * The client of outgoing requests counts from its own thread.
 */

#ifndef UW_BASE_ACCOUNT_H
#define UW_BASE_ACCOUNT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

typedef struct {
    size_t limit;
    atomic_size_t held;
    /* Something was refused: the guest is to be ended, whatever it was told. */
    atomic_bool over;
} uw_account_t;

/* Counts what is there already; an account of NULL counts nothing. */
static inline void
uw_account_add(uw_account_t *account, size_t size)
{
    if (account != NULL) {
        (void) atomic_fetch_add_explicit(&account->held, size,
                                         memory_order_relaxed);
    }
}

static inline void
uw_account_give(uw_account_t *account, size_t size)
{
    if (account != NULL) {
        (void) atomic_fetch_sub_explicit(&account->held, size,
                                         memory_order_relaxed);
    }
}

/* False, with nothing counted, when it would be more than the limit. */
static inline bool
uw_account_take(uw_account_t *account, size_t size)
{
    size_t held;

    if (account == NULL) {
        return true;
    }

    held =
        atomic_fetch_add_explicit(&account->held, size, memory_order_relaxed);
    if (held <= account->limit && size <= account->limit - held) {
        return true;
    }
    uw_account_give(account, size);
    atomic_store_explicit(&account->over, true, memory_order_relaxed);

    return false;
}

/* Zeroed memory on the account; NULL where it is over, or memory is out. */
static inline void *
uw_account_alloc(uw_account_t *account, size_t size)
{
    void *memory;

    if (!uw_account_take(account, size)) {
        return NULL;
    }
    memory = calloc(1, size);
    if (memory == NULL) {
        uw_account_give(account, size);
    }

    return memory;
}

/* Frees such memory, which may be NULL. */
static inline void
uw_account_free(uw_account_t *account, void *memory, size_t size)
{
    if (memory != NULL) {
        free(memory);
        uw_account_give(account, size);
    }
}

static inline bool
uw_account_is_over(const uw_account_t *account)
{
    return atomic_load_explicit(&account->over, memory_order_relaxed);
}

static inline size_t
uw_account_held(const uw_account_t *account)
{
    return atomic_load_explicit(&account->held, memory_order_relaxed);
}

#endif /* UW_BASE_ACCOUNT_H */

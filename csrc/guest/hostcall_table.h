/*
 * Host calls on their way: what the worker (guest/hostcall.c) and the other side
 * (python/host_calls.c) have in common.  Private to these, but for what the
 * worker does with the table.
 */

#ifndef UW_GUEST_HOSTCALL_TABLE_H
#define UW_GUEST_HOSTCALL_TABLE_H

#include "base/buf.h"
#include "base/mailbox.h"
#include "guest/hostcall_orders.h"
#include "http/request_id.h"

typedef struct uw_hostcalls uw_hostcalls_t;
typedef struct uw_context uw_context_t;
struct uw_call;

/* What is kept of a context's buffers from call to call. */
#define UW_CONTEXT_KEEP 4096

typedef enum {
    UW_CALL_NONE,     /* none is on its way; the buffers are the worker's */
    UW_CALL_ASKED,    /* the other side has it, or will fetch it */
    UW_CALL_ANSWERED, /* `result` is a packed value */
    UW_CALL_FAILED,   /* `result` is a text */
} uw_call_state_t;

/* An instance that has called the other side at least once. */
struct uw_context {
    /* The worker's thread alone. */
    uw_hostcalls_t *table;
    int (*take)(struct uw_call *call, uw_slice_t result); /* see hostcall.h */

    uint32_t note; /* of the row that calls, for `take` */

    /* Both threads: only with the table's mutex held. */
    uw_letter_t letter;    /* to be fetched while `pending` is not 0 */
    int pending;           /* UW_HOST_*, not fetched yet */
    bool known;            /* the other side has had an order of it */
    bool orphan;           /* the instance is gone: freed with its next order */
    uw_account_t *account; /* of the instance; NULL once it is gone */
    size_t lent;           /* bytes that the other side has of the arguments */
    uw_call_state_t state;
    uint32_t function;
    uint64_t serial;
    uw_buf_t arguments;
    uw_buf_t drops;
    uw_buf_t result;
    char request[UW_ID_MAX + 1];
};

struct uw_hostcalls {
    uw_mailbox_t box;
    bool closed; /* nobody is there any more to answer */

    /* The other side's thread alone: what the last order points to. */
    uw_buf_t order_arguments;
    uw_buf_t order_drops;
    char order_request[UW_ID_MAX + 1];
};

#define uw_context_of(letter) uw_link_owner(letter, uw_context_t, letter)

/* NULL with errno set when memory or descriptors are out. */
uw_hostcalls_t *uw_hostcalls_new(uw_executor_t *executor) UW_CHECKED;

/* No instance may be left, and nobody on the other side. */
void uw_hostcalls_delete(uw_hostcalls_t *table);

/* Frees it; it is in no ring and has no place. */
void uw_context_free(uw_context_t *context);

/* Its instance is no more; NULL: it never called. */
void uw_context_end(uw_context_t *context);

/* ---- With the mutex held ---- */

/* Adds to what the other side has to do. */
void uw_context_order(uw_context_t *context, int what);

/* The call on its way ends with that text. */
void uw_context_fail(uw_context_t *context, const char *text, size_t size);

#endif /* UW_GUEST_HOSTCALL_TABLE_H */

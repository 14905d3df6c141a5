/*
 * Messages to the router's threads that leave together.
 *
 * libunit writes into a queue in shared memory, and makes a system call for
 * each message that is too long for that, and for each announcement that the
 * queue is empty no more.  Each such call wakes the router.  Where the two share
 * a processor it takes over at once, for one message, with cold caches.
 *
 * So what libunit wants to send is kept from uw_nxt_outbox_hold() to
 * uw_nxt_outbox_release(), and then sent in one go.  All workers of a Unit write
 * into the same queues: the router stops at a message whose bytes have not come
 * through the socket, and does not begin without the announcement, also for what
 * others have written; a process that is killed meanwhile takes both with it.  So
 * nothing is held for longer than it takes to write a few messages.  No guest
 * runs then, and nobody waits for the router, who knows nothing yet.
 */

#ifndef UW_NXT_OUTBOX_H
#define UW_NXT_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"

/* When there are more they leave earlier. */
#define UW_NXT_OUTBOX_MESSAGES 16
#define UW_NXT_OUTBOX_BYTES 16384

typedef struct {
    int fd;
    bool notice; /* it only says that there is something in the queue */
    uint32_t start;
    uint32_t size;
} uw_nxt_message_t;

/* Zero-initialised is empty. */
typedef struct {
    uint32_t holds;
    uint32_t count;
    uint32_t used;
    int error; /* of the last message that could not be sent; 0: none */
    uw_nxt_message_t messages[UW_NXT_OUTBOX_MESSAGES];
    uint8_t bytes[UW_NXT_OUTBOX_BYTES];
} uw_nxt_outbox_t;

/* Messages are kept until the last of as many releases; these send them. */
void uw_nxt_outbox_hold(uw_nxt_outbox_t *box);
void uw_nxt_outbox_release(uw_nxt_outbox_t *box);

/*
 * Copies a message for that socket, or sends it when nothing is held.  A notice
 * is left out where another message goes to the same socket: the router reads
 * its queue after each.  Returns `size`; or -1 with errno set, which is never
 * the case for one that is held.
 */
ssize_t uw_nxt_outbox_add(uw_nxt_outbox_t *box, int fd, const void *bytes,
                          size_t size, bool notice) UW_CHECKED;

/*
 * Sends all that is held, and then this message, with control data (descriptors)
 * if `control_size` is not 0.  Returns `size`, or -1 with errno set.
 */
ssize_t uw_nxt_outbox_send(uw_nxt_outbox_t *box, int fd, const void *bytes,
                           size_t size, const void *control,
                           size_t control_size) UW_CHECKED;

/* Sends all that is held, and goes on holding. */
void uw_nxt_outbox_flush(uw_nxt_outbox_t *box);

/* What has gone wrong since the last call, as errno says it; 0: nothing. */
int uw_nxt_outbox_take_error(uw_nxt_outbox_t *box);

#endif /* UW_NXT_OUTBOX_H */

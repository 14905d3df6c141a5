/*
 * Messages to the router's threads that leave together.
 *
 * libunit makes a system call for each message that is too long for the queue,
 * and for each announcement that the queue is empty no more.  Each such call
 * wakes the router.  Where the two share a processor it takes over at once, for
 * one message, with cold caches.
 *
 * So what libunit wants to send is kept from uw_nxt_outbox_hold() to
 * uw_nxt_outbox_release(), and then sent in one go, in its order.  The router
 * stops at a message that its queue announces until its bytes come through the
 * socket, also for what other workers have written; a process that is killed
 * meanwhile takes them with it.  So the announcements are made right before the
 * bytes are sent.
 */

#ifndef UW_UNIT_OUTBOX_H
#define UW_UNIT_OUTBOX_H

#include <stdint.h>
#include <sys/types.h>

#include "nxt_shim.h"

/* When there are more they leave earlier. */
#define UW_NXT_OUTBOX_MESSAGES 32
#define UW_NXT_OUTBOX_BYTES 16384

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
 * Copies a message without control data, or sends it when nothing is held.
 * Returns its size; or -1 with errno set, which is never the case for one that
 * is held.
 */
ssize_t uw_nxt_outbox_add(uw_nxt_outbox_t *box, const uw_nxt_message_t *message)
    UW_CHECKED;

/* Sends all that is held, and then this message.  Returns its size, or -1 with
 * errno set. */
ssize_t uw_nxt_outbox_send(uw_nxt_outbox_t *box,
                           const uw_nxt_message_t *message) UW_CHECKED;

/* Sends all that is held, and goes on holding. */
void uw_nxt_outbox_flush(uw_nxt_outbox_t *box);

/* What has gone wrong since the last call, as errno says it; 0: nothing. */
int uw_nxt_outbox_take_error(uw_nxt_outbox_t *box);

#endif /* UW_UNIT_OUTBOX_H */

/*
 * The way up to a thread of the router.
 *
 * Such a thread has a queue in shared memory and a socket, which all workers of
 * a Unit write to.  A short message is in the queue itself; for a long one the
 * queue says only that the next one of the socket is meant, whoever sent it.  A
 * worker that has written this, and not yet sent the message, leaves its place
 * to another worker's, which so overtakes what that one has put into the queue
 * before: an answer overtakes its own acknowledgement.  To the router its
 * request is then one that nobody has taken, to be taken back from the queue of
 * requests; a restart has unmapped that one, and the router crashes (Unit
 * 1.35.0, FreeUnit 1.36.0).
 *
 * So libunit gets a queue of ours in the place of the thread's, and all that it
 * writes goes through the socket, where nothing of one process can overtake
 * another message of it.
 */

#ifndef UW_UNIT_UPLINK_H
#define UW_UNIT_UPLINK_H

#include <sys/socket.h>

#include "unit/outbox.h"
#include "nxt_shim.h"

struct uw_nxt_uplink {
    uw_nxt_uplink_t *next;
    uw_nxt_port_id_t id;
    void *queue; /* the thread's */
    void *ours;  /* in its place, for libunit: empty after each message */
};

/*
 * A message has brought the port of a thread: its second descriptor is that of
 * the thread's queue, and becomes one of ours, which libunit owns.  -1 with
 * errno set: the message is as it was, and libunit uses the thread's queue.
 */
int uw_nxt_uplink_open(uw_nxt_uplink_t **list, uw_nxt_port_id_t id,
                       struct msghdr *message) UW_CHECKED;

/* NULL when there is none for that port. */
uw_nxt_uplink_t *uw_nxt_uplink_find(uw_nxt_uplink_t *list, uw_nxt_port_id_t id);

/* The outbox must hold nothing for it; NULL is allowed. */
void uw_nxt_uplink_close(uw_nxt_uplink_t **list, uw_nxt_uplink_t *uplink);

/*
 * In the place of libunit's sendmsg(): what libunit has put into our queue, and
 * then the message, unless it is a `notice`, which only says that there is
 * something in the queue.  Without an uplink, or with control data, the message
 * leaves at once.  Returns `size`, or -1 with errno set.
 */
ssize_t uw_nxt_uplink_send(uw_nxt_uplink_t *uplink, uw_nxt_outbox_t *box,
                           const uw_nxt_message_t *message, bool notice)
    UW_CHECKED;

#endif /* UW_UNIT_UPLINK_H */

#include "unit/outbox.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "nxt_shim.h"


/*
 * Announces the messages from `first` on that go to the same socket; returns
 * how many these are.  The queue has room for more than any number of workers
 * can have in flight, so when it is full the router has stopped.
 */
static uint32_t
uw_nxt_outbox_announce(uw_nxt_outbox_t *box, uint32_t first)
{
    const uw_nxt_message_t *message = &box->messages[first];
    int fd = message->fd;
    uint32_t count;

    for (count = 0; first + count < box->count && message->fd == fd; count++) {
        if (message->queue != NULL && !uw_nxt_queue_announce(message->queue)) {
            box->error = ENOBUFS;
            break;
        }
        message++;
    }

    return count;
}


/*
 * Sends as many of these messages as the kernel takes; one that it refuses is
 * lost, as it would be without us.  Returns how many these were.
 */
static uint32_t
uw_nxt_outbox_send_some(uw_nxt_outbox_t *box, uint32_t first, uint32_t count)
{
    struct mmsghdr headers[UW_NXT_OUTBOX_MESSAGES];
    struct iovec parts[UW_NXT_OUTBOX_MESSAGES];
    int sent;

    for (uint32_t i = 0; i < count; i++) {
        const uw_nxt_message_t *message = &box->messages[first + i];

        parts[i] = (struct iovec) { .iov_base = (void *) message->bytes,
                                    .iov_len = message->size };
        headers[i] = (struct mmsghdr) { .msg_hdr.msg_iov = &parts[i],
                                        .msg_hdr.msg_iovlen = 1 };
    }

    do {
        sent = sendmmsg(box->messages[first].fd, headers, count, 0);
    } while (sent < 0 && errno == EINTR);

    if (sent <= 0) {
        box->error = errno;
        return 1;
    }

    return (uint32_t) sent;
}


void
uw_nxt_outbox_flush(uw_nxt_outbox_t *box)
{
    uint32_t done = 0;
    uint32_t announced;

    while (done < box->count) {
        announced = done + uw_nxt_outbox_announce(box, done);
        if (announced == done) {
            done++; /* it is lost */
        }
        while (done < announced) {
            done += uw_nxt_outbox_send_some(box, done, announced - done);
        }
    }
    box->count = 0;
    box->used = 0;
}


void
uw_nxt_outbox_hold(uw_nxt_outbox_t *box)
{
    box->holds++;
}


void
uw_nxt_outbox_release(uw_nxt_outbox_t *box)
{
    box->holds--;
    if (box->holds == 0) {
        uw_nxt_outbox_flush(box);
    }
}


ssize_t
uw_nxt_outbox_add(uw_nxt_outbox_t *box, const uw_nxt_message_t *message)
{
    uw_nxt_message_t *held;

    if (box->holds == 0 || message->size > UW_NXT_OUTBOX_BYTES) {
        return uw_nxt_outbox_send(box, message);
    }
    if (box->count == UW_NXT_OUTBOX_MESSAGES
        || message->size > UW_NXT_OUTBOX_BYTES - box->used)
    {
        uw_nxt_outbox_flush(box);
    }

    held = &box->messages[box->count++];
    *held = *message;
    held->bytes = memcpy(box->bytes + box->used, message->bytes, message->size);
    box->used += (uint32_t) message->size;

    return (ssize_t) message->size;
}


ssize_t
uw_nxt_outbox_send(uw_nxt_outbox_t *box, const uw_nxt_message_t *message)
{
    struct iovec part = { .iov_base = (void *) message->bytes,
                          .iov_len = message->size };
    struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
    ssize_t sent;

    if (message->control_size != 0) {
        header.msg_control = (void *) message->control;
        header.msg_controllen = message->control_size;
    }

    uw_nxt_outbox_flush(box);
    if (message->queue != NULL && !uw_nxt_queue_announce(message->queue)) {
        errno = box->error = ENOBUFS;
        return -1;
    }
    do {
        sent = sendmsg(message->fd, &header, 0);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        box->error = errno;
    }

    return sent;
}


int
uw_nxt_outbox_take_error(uw_nxt_outbox_t *box)
{
    int error = box->error;

    box->error = 0;

    return error;
}

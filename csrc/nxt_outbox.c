#include "nxt_outbox.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>


/*
 * Sends the messages from `first` on that go to the same socket, as many as the
 * kernel takes; one that it refuses is lost, as it would be without us.  Returns
 * how many these were.
 */
static uint32_t
uw_nxt_outbox_send_some(uw_nxt_outbox_t *box, uint32_t first)
{
    struct mmsghdr headers[UW_NXT_OUTBOX_MESSAGES];
    struct iovec parts[UW_NXT_OUTBOX_MESSAGES];
    const uw_nxt_message_t *message = &box->messages[first];
    int fd = message->fd;
    uint32_t count;
    int sent;

    for (count = 0; first + count < box->count && message->fd == fd; count++) {
        parts[count] = (struct iovec) { .iov_base = box->bytes + message->start,
                                        .iov_len = message->size };
        headers[count] = (struct mmsghdr) { .msg_hdr.msg_iov = &parts[count],
                                            .msg_hdr.msg_iovlen = 1 };
        message++;
    }

    do {
        sent = sendmmsg(fd, headers, count, 0);
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

    while (done < box->count) {
        done += uw_nxt_outbox_send_some(box, done);
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


/* Whether that socket's reader needs no notice of its own. */
static bool
uw_nxt_outbox_goes_to(const uw_nxt_outbox_t *box, int fd)
{
    for (uint32_t i = 0; i < box->count; i++) {
        if (box->messages[i].fd == fd) {
            return true;
        }
    }

    return false;
}


/* A notice at the end has become one too many. */
static void
uw_nxt_outbox_drop_notice(uw_nxt_outbox_t *box, int fd)
{
    const uw_nxt_message_t *last;

    if (box->count == 0) {
        return;
    }
    last = &box->messages[box->count - 1];
    if (last->notice && last->fd == fd) {
        box->count--;
        box->used -= last->size;
    }
}


ssize_t
uw_nxt_outbox_add(uw_nxt_outbox_t *box, int fd, const void *bytes, size_t size,
                  bool notice)
{
    if (box->holds == 0 || size > UW_NXT_OUTBOX_BYTES) {
        return uw_nxt_outbox_send(box, fd, bytes, size, NULL, 0);
    }

    if (notice && uw_nxt_outbox_goes_to(box, fd)) {
        return (ssize_t) size;
    }
    if (!notice) {
        uw_nxt_outbox_drop_notice(box, fd);
    }
    if (box->count == UW_NXT_OUTBOX_MESSAGES
        || size > UW_NXT_OUTBOX_BYTES - box->used)
    {
        uw_nxt_outbox_flush(box);
    }

    memcpy(box->bytes + box->used, bytes, size);
    box->messages[box->count++] = (uw_nxt_message_t) {
        .fd = fd, .notice = notice, .start = box->used, .size = (uint32_t) size
    };
    box->used += (uint32_t) size;

    return (ssize_t) size;
}


ssize_t
uw_nxt_outbox_send(uw_nxt_outbox_t *box, int fd, const void *bytes, size_t size,
                   const void *control, size_t control_size)
{
    struct iovec part = { .iov_base = (void *) bytes, .iov_len = size };
    struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
    ssize_t sent;

    if (control_size != 0) {
        header.msg_control = (void *) control;
        header.msg_controllen = control_size;
    }

    uw_nxt_outbox_flush(box);
    do {
        sent = sendmsg(fd, &header, 0);
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

#include "unit/uplink.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>


/* ---- The queue in the place of the thread's ---- */

static void *
uw_nxt_uplink_map(int fd)
{
    void *queue = mmap(NULL, uw_nxt_queue_size(), PROT_READ | PROT_WRITE,
                       MAP_SHARED, fd, 0);

    return queue == MAP_FAILED ? NULL : queue;
}


/* Maps both queues; a descriptor of ours, or -1 with errno set. */
static int
uw_nxt_uplink_map_both(uw_nxt_uplink_t *uplink, int queue_fd)
{
    int fd = memfd_create("unit_wasm uplink", MFD_CLOEXEC);

    if (fd < 0) {
        return -1;
    }
    if (ftruncate(fd, (off_t) uw_nxt_queue_size()) != 0) {
        goto failed;
    }
    uplink->ours = uw_nxt_uplink_map(fd);
    if (uplink->ours == NULL) {
        goto failed;
    }
    uplink->queue = uw_nxt_uplink_map(queue_fd);
    if (uplink->queue == NULL) {
        (void) munmap(uplink->ours, uw_nxt_queue_size());
        goto failed;
    }
    uw_nxt_queue_init(uplink->ours);

    return fd;

failed:

    (void) close(fd);

    return -1;
}


/* Where the two descriptors of a port are; NULL: they are not there. */
static unsigned char *
uw_nxt_uplink_descriptors(struct msghdr *message)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);

    while (header != NULL
           && (header->cmsg_level != SOL_SOCKET
               || header->cmsg_type != SCM_RIGHTS
               || header->cmsg_len != CMSG_LEN(2 * sizeof(int))))
    {
        header = CMSG_NXTHDR(message, header);
    }

    return header == NULL ? NULL : CMSG_DATA(header);
}


int
uw_nxt_uplink_open(uw_nxt_uplink_t **list, uw_nxt_port_id_t id,
                   struct msghdr *message)
{
    unsigned char *descriptors = uw_nxt_uplink_descriptors(message);
    uw_nxt_uplink_t *uplink;
    int fds[2];
    int fd;

    if (descriptors == NULL || uw_nxt_uplink_find(*list, id) != NULL) {
        return 0; /* libunit keeps the first queue of a port */
    }
    uplink = calloc(1, sizeof(*uplink));
    if (uplink == NULL) {
        return -1;
    }
    memcpy(fds, descriptors, sizeof(fds));
    fd = uw_nxt_uplink_map_both(uplink, fds[1]);
    if (fd < 0) {
        free(uplink);
        return -1;
    }

    (void) close(fds[1]);
    fds[1] = fd;
    memcpy(descriptors, fds, sizeof(fds));
    uplink->id = id;
    uplink->next = *list;
    *list = uplink;

    return 0;
}


/* ---- Those that there are ---- */

uw_nxt_uplink_t *
uw_nxt_uplink_find(uw_nxt_uplink_t *list, uw_nxt_port_id_t id)
{
    while (list != NULL && (list->id.pid != id.pid || list->id.id != id.id)) {
        list = list->next;
    }

    return list;
}


void
uw_nxt_uplink_close(uw_nxt_uplink_t **list, uw_nxt_uplink_t *uplink)
{
    if (uplink == NULL) {
        return;
    }
    while (*list != uplink) {
        list = &(*list)->next;
    }
    *list = uplink->next;
    (void) munmap(uplink->queue, uw_nxt_queue_size());
    (void) munmap(uplink->ours, uw_nxt_queue_size());
    free(uplink);
}


/* ---- Messages ---- */

ssize_t
uw_nxt_uplink_send(uw_nxt_uplink_t *uplink, uw_nxt_outbox_t *box,
                   const uw_nxt_message_t *message, bool notice)
{
    uint8_t item[UW_NXT_QUEUE_ITEM];
    uw_nxt_message_t ahead = { .fd = message->fd, .bytes = item };
    uw_nxt_message_t last = *message;
    ssize_t size;
    ssize_t sent;

    if (uplink == NULL) {
        return uw_nxt_outbox_send(box, message);
    }

    ahead.queue = last.queue = uplink->queue;
    while ((size = uw_nxt_queue_take(uplink->ours, item)) >= 0) {
        ahead.size = (size_t) size;
        sent = size == UW_NXT_ANNOUNCEMENT ? 0 : uw_nxt_outbox_add(box, &ahead);
        if (sent < 0) {
            return -1;
        }
    }
    if (notice) {
        return (ssize_t) message->size;
    }

    return last.control_size == 0 ? uw_nxt_outbox_add(box, &last)
                                  : uw_nxt_outbox_send(box, &last);
}

/*
 * The way from libunit to a thread of the router: a queue in shared memory, and
 * a socket for what is too long for it.  The queue is only read when something
 * has come through the socket, if it is just the notice that there is something
 * in the queue; libunit sends that when the queue was empty.  So a message whose
 * notice is forgotten is not read, nor are those after it.
 */

#include "state.h"

#include <errno.h>
#include <stdio.h>

/* The longest message in the queue, with libunit's header. */
#define DOUBLE_IN_QUEUE 31


void
double_free_items(double_port_t *port)
{
    double_item_t *item;

    while (port->items != NULL) {
        item = port->items;
        port->items = item->next;
        free(item);
    }
    port->items_end = &port->items;
}


void
double_check_told(const char *what)
{
    for (double_port_t *port = the_double.others; port != NULL;
         port = port->next)
    {
        if (port->items != NULL && !the_double.lost) {
            double_fault("%s: the router has not been told of what is in its "
                         "queue",
                         what);
        }
    }
}


/* The router has been woken. */
static void
double_read_queue(double_port_t *port)
{
    double_item_t *item;

    while (port->items != NULL
           && (!port->items->in_socket || port->datagrams != 0))
    {
        item = port->items;
        port->items = item->next;
        port->datagrams -= item->in_socket;
        item->entry->messages_read++;
        free(item);
    }
    if (port->items == NULL) {
        port->items_end = &port->items;
    }
    double_happened();
}


static void
double_send(double_port_t *port, int type, bool last, size_t size)
{
    double_lib_t *lib = the_double.lib;
    nxt_port_msg_t header = { .type = (uint8_t) type, .last = last };
    char *bytes = double_must(calloc(1, sizeof(header) + size));

    memcpy(bytes, &header, sizeof(header));
    (void) lib->callbacks.port_send(&lib->ctx, &port->port, bytes,
                                    sizeof(header) + size, NULL, 0);
    free(bytes);
}


/*
 * The router takes for a message that is in the socket whatever comes next from
 * there, from whichever process.  So one that is only in the queue may be read
 * before another that is still to be sent.
 */
static void
double_check_order(const double_entry_t *entry)
{
    for (const double_item_t *item = entry->port->items; item != NULL;
         item = item->next)
    {
        if (item->entry == entry && item->in_socket) {
            double_fault("request %zu: a message may overtake the one before",
                         entry->number);
        }
    }
}


void
double_tell_router(double_entry_t *entry, size_t size)
{
    double_port_t *port = entry->port;
    double_item_t *item = double_must(calloc(1, sizeof(*item)));
    bool in_socket = sizeof(nxt_port_msg_t) + size > DOUBLE_IN_QUEUE;
    bool notice;
    bool last;

    double_lock();
    double_check_order(entry);
    entry->messages++;
    last = entry->done_at == entry->messages;
    item->entry = entry;
    item->in_socket = in_socket;
    notice = port->items == NULL && !in_socket;
    *port->items_end = item;
    port->items_end = &item->next;
    double_unlock();

    if (in_socket) {
        double_send(port, _NXT_PORT_MSG_DATA, last, size);
    } else if (notice) {
        double_send(port, _NXT_PORT_MSG_READ_QUEUE, last, 0);
    }
}


/* To the router itself, whose answer libunit may wait for. */
void
double_tell_out_of_memory(void)
{
    double_port_t *port = the_double.others;

    while (port->next != NULL) {
        port = port->next;
    }
    double_send(port, _NXT_PORT_MSG_READ_QUEUE, false, 0);
}


/* ---- What the module calls ---- */

/* One message through the socket; -1 with errno set. */
static ssize_t
double_datagram(int fd, const struct msghdr *message)
{
    double_port_t *port = the_double.others;
    nxt_port_msg_t header;

    while (port != NULL && port->port.out_fd != fd) {
        port = port->next;
    }
    if (port == NULL || message->msg_iovlen != 1
        || message->msg_iov[0].iov_len < sizeof(header))
    {
        double_fault("sendmsg: this is no message for a port");
        errno = EBADF;
        return -1;
    }
    if (double_call(DOUBLE_SENDMSG)) {
        the_double.lost = true;
        errno = EPIPE;
        return -1;
    }

    memcpy(&header, message->msg_iov[0].iov_base, sizeof(header));
    the_double.datagrams++;
    if (header.type == _NXT_PORT_MSG_READ_QUEUE) {
        the_double.notices++;
    } else {
        port->datagrams++;
    }
    double_read_queue(port);

    return (ssize_t) message->msg_iov[0].iov_len;
}


ssize_t
double_sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t sent;

    (void) flags;
    double_lock();
    the_double.sends++;
    sent = double_datagram(fd, message);
    double_unlock();

    return sent;
}


int
double_sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags)
{
    unsigned int sent = 0;

    (void) flags;
    double_lock();
    the_double.sends++;
    while (sent < count && double_datagram(fd, &messages[sent].msg_hdr) != -1) {
        sent++;
    }
    double_unlock();

    return sent == 0 ? -1 : (int) sent;
}

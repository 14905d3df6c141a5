/*
 * The way from libunit to a thread of the router: a queue in shared memory, and
 * a socket for what is too long for it, of which the queue says that it is there.
 * The queue is only read when something has come through the socket, if it is
 * just the notice that there is something in the queue.
 *
 * All workers write to both, and what the queue says is in the socket is whatever
 * comes next from there.  So a message in the queue may be read before or after
 * any other of the same request that is in the socket, which the router does not
 * always survive: here it is a fault.
 */

#include "state.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>


/* ---- A thread of the router ---- */

static nxt_port_queue_t *
double_map(int fd)
{
    void *queue = mmap(NULL, sizeof(nxt_port_queue_t), PROT_READ | PROT_WRITE,
                       MAP_SHARED, fd, 0);

    if (queue == MAP_FAILED) {
        abort();
    }

    return queue;
}


double_port_t *
double_new_thread(uint16_t id)
{
    double_port_t *port = double_new_port(id, false);

    port->queue_fd = memfd_create("double", MFD_CLOEXEC);
    if (port->queue_fd < 0
        || ftruncate(port->queue_fd, sizeof(nxt_port_queue_t)) != 0)
    {
        abort();
    }
    port->read = double_map(port->queue_fd);
    nxt_nncq_init(&port->read->free_items);
    nxt_nncq_init(&port->read->queue);
    for (nxt_nncq_atomic_t i = 0; i < NXT_NNCQ_SIZE; i++) {
        nxt_nncq_enqueue(&port->read->free_items, i);
    }

    return port;
}


void
double_free_thread(double_port_t *port)
{
    double_datagram_t *datagram;

    while (port->datagrams != NULL) {
        datagram = port->datagrams;
        port->datagrams = datagram->next;
        free(datagram);
    }
    if (port->queue_fd != -1) {
        (void) munmap(port->read, sizeof(*port->read));
        (void) close(port->queue_fd);
    }
    if (port->written != NULL) {
        (void) munmap(port->written, sizeof(*port->written));
    }
}


void
double_check_told(const char *what)
{
    for (size_t i = 0; i < the_double.entry_count && !the_double.lost; i++) {
        const double_entry_t *entry = the_double.entries[i];

        if (entry->messages_read != entry->messages) {
            double_fault("%s: the router has not been told all of request %zu",
                         what, entry->number);
        }
    }
}


/* ---- The router reads ---- */

/* False: what it was told of has not come. */
static bool
double_read_socket(double_port_t *port)
{
    double_datagram_t *datagram = port->datagrams;

    if (datagram == NULL) {
        return false;
    }
    port->datagrams = datagram->next;
    if (port->datagrams == NULL) {
        port->datagrams_end = &port->datagrams;
    }
    if (datagram->entry != NULL) {
        datagram->entry->messages_read++;
    }
    free(datagram);
    port->from_socket--;

    return true;
}


static bool
double_read_queue(double_port_t *port)
{
    char bytes[NXT_PORT_QUEUE_MSG_SIZE];
    ssize_t size = nxt_port_queue_recv(port->read, bytes);
    nxt_port_msg_t header;

    if (size < 0) {
        return false;
    }
    if (size == 1 && bytes[0] == _NXT_PORT_MSG_READ_SOCKET) {
        port->from_socket++;
        return true;
    }
    memcpy(&header, bytes, sizeof(header));
    if (!port->shared) {
        double_fault("request %u: a message in the queue, beside those in the "
                     "socket",
                     header.stream);
    }
    the_double.entries[header.stream - 1]->messages_read++;

    return true;
}


/* It has been woken. */
static void
double_read(double_port_t *port)
{
    while (port->from_socket != 0 ? double_read_socket(port)
                                  : double_read_queue(port))
    {
    }
    if (port->datagrams != NULL) {
        double_fault("sendmsg: a message that the queue says nothing of");
    }
    double_happened();
}


/* ---- libunit writes ---- */

static ssize_t
double_send(double_port_t *port, const void *bytes, size_t size)
{
    double_lib_t *lib = the_double.lib;

    return lib->callbacks.port_send(&lib->ctx, &port->port, bytes, size, NULL,
                                    0);
}


static void
double_put(double_port_t *port, const void *bytes, size_t size, int *notify)
{
    if (nxt_port_queue_send(port->written, bytes, (uint8_t) size, notify)
        != NXT_OK)
    {
        double_fault("port_send: the queue that libunit was given is full");
    }
}


/* As nxt_unit_port_send(). */
static void
double_port_send(double_port_t *port, const nxt_port_msg_t *header, size_t size)
{
    static const uint8_t announcement = _NXT_PORT_MSG_READ_SOCKET;
    size_t whole = sizeof(*header) + size;
    char *bytes = double_must(calloc(1, whole));
    nxt_port_msg_t notice = *header;
    int notify;

    memcpy(bytes, header, sizeof(*header));
    if (whole > NXT_PORT_QUEUE_MSG_SIZE) {
        double_put(port, &announcement, sizeof(announcement), &notify);
        (void) double_send(port, bytes, whole);
    } else {
        double_put(port, bytes, whole, &notify);
        notice.type = _NXT_PORT_MSG_READ_QUEUE;
        if (notify) {
            (void) double_send(port, &notice, sizeof(notice));
        }
    }
    free(bytes);
}


void
double_tell_router(double_entry_t *entry, size_t size)
{
    nxt_port_msg_t header = { .stream = (uint32_t) entry->number };

    double_lock();
    entry->messages++;
    header.type = entry->messages == 1 ? _NXT_PORT_MSG_REQ_HEADERS_ACK
                                       : _NXT_PORT_MSG_DATA;
    header.last = entry->done_at == entry->messages;
    double_unlock();

    double_port_send(entry->port, &header, size);
}


/* To the router itself, whose answer libunit may wait for. */
void
double_tell_out_of_memory(void)
{
    const nxt_port_msg_t notice = { .type = _NXT_PORT_MSG_READ_QUEUE };
    double_port_t *port = the_double.others;

    while (port->next != NULL) {
        port = port->next;
    }
    (void) double_send(port, &notice, sizeof(notice));
}


/* The router does not know it yet, and says nothing. */
void
double_ask_for_thread(void)
{
    const nxt_port_msg_t header = { .type = _NXT_PORT_MSG_GET_PORT };
    const nxt_port_msg_get_port_t body = {
        .id = (uint16_t) (the_double.next_thread + 1)
    };
    char bytes[sizeof(header) + sizeof(body)];
    double_port_t *port = the_double.others;

    while (port->next != NULL) {
        port = port->next;
    }
    memcpy(bytes, &header, sizeof(header));
    memcpy(bytes + sizeof(header), &body, sizeof(body));
    (void) double_send(port, bytes, sizeof(bytes));
}


/* ---- libunit gets a port ---- */

/* The message and its two descriptors, as recvmsg() gives them. */
static ssize_t
double_port_message(struct msghdr *message)
{
    const double_port_t *port = the_double.arriving;
    const nxt_port_msg_t header = { .type = _NXT_PORT_MSG_NEW_PORT };
    const nxt_port_msg_new_port_t body = { .pid = port->port.id.pid,
                                           .id = port->port.id.id };
    const int fds[2] = { dup(port->port.out_fd), dup(port->queue_fd) };
    char *bytes = message->msg_iov->iov_base;
    struct cmsghdr *control = CMSG_FIRSTHDR(message);

    the_double.arriving = NULL;
    memcpy(bytes, &header, sizeof(header));
    memcpy(bytes + sizeof(header), &body, sizeof(body));
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(sizeof(fds));
    memcpy(CMSG_DATA(control), fds, sizeof(fds));
    message->msg_controllen = CMSG_SPACE(sizeof(fds));

    return (ssize_t) (sizeof(header) + sizeof(body));
}


bool
double_is_same(int one, int other)
{
    struct stat first;
    struct stat second;

    return fstat(one, &first) == 0 && fstat(other, &second) == 0
           && first.st_ino == second.st_ino;
}


void
double_receive_thread(double_port_t *port)
{
    double_lib_t *lib = the_double.lib;
    char bytes[DOUBLE_CHUNK];
    char control[CMSG_SPACE(2 * sizeof(int))];
    size_t size = sizeof(control);
    ssize_t received;
    int fds[2];

    the_double.arriving = port;
    received = lib->callbacks.port_recv(&lib->ctx, &the_double.own->port, bytes,
                                        sizeof(bytes), control, &size);
    if (received < (ssize_t) sizeof(nxt_port_msg_t) || size != sizeof(control))
    {
        double_fault("port_recv: the message of a port has got lost");
        return;
    }
    memcpy(fds, CMSG_DATA((struct cmsghdr *) control), sizeof(fds));
    port->written = double_map(fds[1]);
    port->shared = double_is_same(fds[1], port->queue_fd);
    (void) close(fds[0]);
    (void) close(fds[1]);
}


/* ---- What the module calls ---- */

/* Of the queue of requests; 0: its port is closed. */
static ssize_t
double_notification(struct msghdr *message)
{
    const nxt_port_msg_t notice = { .type = _NXT_PORT_MSG_READ_QUEUE };
    char byte;
    ssize_t size = read(the_double.shared->port.in_fd, &byte, 1);

    message->msg_controllen = 0;
    if (size == 1) {
        memcpy(message->msg_iov->iov_base, &notice, sizeof(notice));
        return sizeof(notice);
    }
    errno = EAGAIN;

    return size == 0 && the_double.closed ? 0 : -1;
}


ssize_t
double_recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t received = -1;

    (void) flags;
    double_lock();
    errno = EAGAIN;
    if (double_call(DOUBLE_RECVMSG)) {
        errno = ECONNRESET;
    } else if (fd == the_double.own->port.in_fd && the_double.arriving != NULL)
    {
        received = double_port_message(message);
    } else if (fd == the_double.shared->port.in_fd) {
        received = double_notification(message);
    }
    double_unlock();

    return received;
}


/* One message through the socket; -1 with errno set. */
static ssize_t
double_datagram(int fd, const struct msghdr *message)
{
    double_port_t *port = the_double.others;
    double_datagram_t *datagram;
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
    if (header.type == _NXT_PORT_MSG_GET_PORT) {
        the_double.asked++;
        double_happened();
        return (ssize_t) message->msg_iov[0].iov_len;
    }
    if (header.type == _NXT_PORT_MSG_READ_QUEUE) {
        the_double.notices++;
        if (port->read != NULL) {
            double_read(port);
        }
        return (ssize_t) message->msg_iov[0].iov_len;
    }

    datagram = double_must(calloc(1, sizeof(*datagram)));
    if (header.stream != 0) {
        datagram->entry = the_double.entries[header.stream - 1];
    }
    *port->datagrams_end = datagram;
    port->datagrams_end = &datagram->next;
    double_read(port);

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

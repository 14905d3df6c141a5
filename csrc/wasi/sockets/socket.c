#include "wasi/sockets/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

/* To where names have led is remembered for so many addresses; more push out the
 * first ones. */
#define UW_GRANTED_MOST 128

typedef struct {
    uw_ip_t ip;
    char name[256]; /* zero-terminated */
} uw_granted_t;


/* ---- The life of a socket ---- */

static void
uw_socket_fired(uw_watch_t *watch)
{
    uw_socket_t *socket = (uw_socket_t *) watch;
    uw_host_t *host = socket->instance->host;

    if (socket->flush != NULL) {
        socket->flush(socket);
    }
    host->wake(host->wake_data, socket->instance->ticket);
}


bool
uw_socket_is_allowed(const uw_instance_t *instance)
{
    const uw_settings_t *settings = &instance->engine->settings;

    return uw_sockets_state(instance)->sockets < settings->max_sockets
           && instance->host->sockets < settings->max_open_sockets;
}


/* A descriptor; -1 with errno set. */
static int
uw_socket_descriptor(bool v6, bool udp)
{
    int yes = 1;
    int fd = socket(
        v6 ? AF_INET6 : AF_INET,
        (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0 && v6
        && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes)) != 0)
    {
        int saved = errno;

        (void) close(fd);
        errno = saved;
        return -1;
    }

    return fd;
}


/* Takes over the descriptor; NULL with *error, and it is closed. */
static uw_socket_t *
uw_socket_new(uw_instance_t *instance, bool v6, bool udp, int fd,
              uw_network_error_t *error)
{
    uw_socket_t *socket = uw_account_alloc(&instance->account, sizeof(*socket));

    if (socket == NULL
        || uw_executor_watch(instance->host->executor, &socket->watch, fd) != 0)
    {
        uw_account_free(&instance->account, socket, sizeof(*socket));
        (void) close(fd);
        *error = UW_ERROR(OUT_OF_MEMORY);
        return NULL;
    }

    socket->watch.fire = uw_socket_fired;
    socket->instance = instance;
    socket->references = 1;
    socket->fd = fd;
    socket->v6 = v6;
    socket->udp = udp;
    socket->backlog = SOMAXCONN;
    socket->permits = -1;
    socket->in.bytes.account = &instance->account;
    socket->out.bytes.account = &instance->account;
    uw_sockets_state(instance)->sockets++;
    instance->host->sockets++;

    return socket;
}


uw_step_t
uw_socket_open(uw_call_t *call, const uw_resource_type_t *type, bool v6, int fd,
               uw_resource_t **resource, uw_network_error_t *error)
{
    bool udp = type == &uw_sockets_udp_socket_type;

    *resource = NULL;
    *error = UW_NO_ERROR;
    if (fd < 0) {
        fd = uw_socket_descriptor(v6, udp);
    }
    if (fd < 0) {
        *error = uw_network_error_of(errno);
        return UW_DONE;
    }

    *resource = uw_make(call, type, 0);
    if (*resource == NULL) {
        (void) close(fd);
        return UW_TRAP;
    }
    uw_as_socket(*resource)->socket =
        uw_socket_new(call->instance, v6, udp, fd, error);
    if (uw_as_socket(*resource)->socket == NULL) {
        return uw_drop(call, *resource) ? UW_DONE : UW_TRAP;
    }

    return UW_DONE;
}


uw_step_t
uw_socket_create(uw_call_t *call, const uw_resource_type_t *type,
                 uw_sockets_network_ip_address_family_t family)
{
    bool v6 = family == UW_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV6;
    uw_resource_t *resource;
    uw_network_error_t error;

    if (call->instance->host->network == NULL) {
        return uw_return_network(call, UW_ERROR(ACCESS_DENIED));
    }
    if (!uw_socket_is_allowed(call->instance)) {
        return uw_return_network(call, UW_ERROR(NEW_SOCKET_LIMIT));
    }
    if (uw_socket_open(call, type, v6, -1, &resource, &error) != UW_DONE) {
        return UW_TRAP;
    }

    return error == UW_NO_ERROR ? uw_return_ok_handle(call, resource)
                                : uw_return_network(call, error);
}


void
uw_socket_close(uw_socket_t *socket)
{
    if (socket->fd >= 0) {
        uw_executor_unwatch(socket->instance->host->executor, socket->fd);
        /* Whatever it says, the descriptor is gone. */
        (void) close(socket->fd);
        socket->fd = -1;
    }
    uw_buf_free(&socket->in.bytes);
    uw_buf_free(&socket->out.bytes);
}


void
uw_socket_release(uw_socket_t *socket)
{
    uw_instance_t *instance;

    if (socket == NULL || --socket->references != 0) {
        return;
    }

    instance = socket->instance;
    if (socket->flush != NULL) {
        socket->flush(socket);
    }
    uw_socket_close(socket);
    uw_sockets_state(instance)->sockets--;
    instance->host->sockets--;
    uw_account_free(&instance->account, socket, sizeof(*socket));
}


bool
uw_socket_is_ready(const uw_socket_t *socket, short events)
{
    struct pollfd fd = { .fd = socket->fd, .events = events };

    /* Where it cannot be asked, what is done next says why. */
    return poll(&fd, 1, 0) != 0;
}


int
uw_socket_failure(const uw_socket_t *socket)
{
    int failure = 0;
    socklen_t size = sizeof(failure);

    return getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &failure, &size) == 0
               ? failure
               : errno;
}


/* ---- Errors ---- */

static const struct {
    int error;
    uw_network_error_t code;
} uw_network_errors[] = {
    { EPERM, UW_ERROR(ACCESS_DENIED) },
    { EACCES, UW_ERROR(ACCESS_DENIED) },
    { EADDRINUSE, UW_ERROR(ADDRESS_IN_USE) },
    { EADDRNOTAVAIL, UW_ERROR(ADDRESS_NOT_BINDABLE) },
    { ETIMEDOUT, UW_ERROR(TIMEOUT) },
    { ECONNREFUSED, UW_ERROR(CONNECTION_REFUSED) },
    { ECONNRESET, UW_ERROR(CONNECTION_RESET) },
    { ECONNABORTED, UW_ERROR(CONNECTION_ABORTED) },
    { EINVAL, UW_ERROR(INVALID_ARGUMENT) },
    { EHOSTUNREACH, UW_ERROR(REMOTE_UNREACHABLE) },
    { EHOSTDOWN, UW_ERROR(REMOTE_UNREACHABLE) },
    { ENETDOWN, UW_ERROR(REMOTE_UNREACHABLE) },
    { ENETUNREACH, UW_ERROR(REMOTE_UNREACHABLE) },
    { ENONET, UW_ERROR(REMOTE_UNREACHABLE) },
    { EISCONN, UW_ERROR(INVALID_STATE) },
    { ENOTCONN, UW_ERROR(INVALID_STATE) },
    { EDESTADDRREQ, UW_ERROR(INVALID_STATE) },
    { EMSGSIZE, UW_ERROR(DATAGRAM_TOO_LARGE) },
    { ENOMEM, UW_ERROR(OUT_OF_MEMORY) },
    { ENOBUFS, UW_ERROR(OUT_OF_MEMORY) },
    { EMFILE, UW_ERROR(NEW_SOCKET_LIMIT) },
    { ENFILE, UW_ERROR(NEW_SOCKET_LIMIT) },
    { EAGAIN, UW_ERROR(WOULD_BLOCK) },
    { EOPNOTSUPP, UW_ERROR(NOT_SUPPORTED) },
    { ENOPROTOOPT, UW_ERROR(NOT_SUPPORTED) },
    { EPFNOSUPPORT, UW_ERROR(NOT_SUPPORTED) },
    { EPROTONOSUPPORT, UW_ERROR(NOT_SUPPORTED) },
    { EPROTOTYPE, UW_ERROR(NOT_SUPPORTED) },
    { ESOCKTNOSUPPORT, UW_ERROR(NOT_SUPPORTED) },
    { EAFNOSUPPORT, UW_ERROR(NOT_SUPPORTED) },
};


uw_network_error_t
uw_network_error_of(int error)
{
    for (size_t i = 0;
         i < sizeof(uw_network_errors) / sizeof(*uw_network_errors); i++)
    {
        if (uw_network_errors[i].error == error) {
            return uw_network_errors[i].code;
        }
    }

    return UW_ERROR(UNKNOWN);
}


uw_network_error_t
uw_socket_unfit(const uw_socket_t *socket)
{
    return socket->state == UW_SOCKET_CLOSED
               ? uw_network_error_of(socket->failure)
               : UW_ERROR(INVALID_STATE);
}


uw_step_t
uw_return_network_error(uw_call_t *call, uw_network_error_t error)
{
    uw_val_t code = uw_make_sockets_network_error_code(call, error);

    return uw_return_err(call, &code);
}


uw_step_t
uw_return_network(uw_call_t *call, uw_network_error_t error)
{
    return error == UW_NO_ERROR ? uw_return_ok(call, NULL)
                                : uw_return_network_error(call, error);
}


uw_step_t
uw_return_local_address(uw_call_t *call, const uw_socket_t *socket)
{
    uw_address_t address;
    socklen_t size = sizeof(address);

    if (getsockname(socket->fd, &address.any, &size) != 0) {
        return uw_return_network_error(call, uw_network_error_of(errno));
    }

    return uw_return_address(call, &address);
}


uw_step_t
uw_return_family(uw_call_t *call, const uw_socket_t *socket)
{
    return uw_return(
        call,
        uw_make_sockets_network_ip_address_family(
            call, socket->v6 ? UW_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV6
                             : UW_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV4));
}


/* ---- The policy ---- */

static bool
uw_socket_is_granted(const uw_instance_t *instance, uw_use_t use,
                     const uw_ip_t *ip, int port)
{
    const uw_buf_t *buf = &uw_sockets_state(instance)->granted;
    const uint8_t *head = uw_buf_head(buf);
    uw_granted_t granted;

    for (size_t i = 0; i + sizeof(granted) <= uw_buf_size(buf);
         i += sizeof(granted))
    {
        memcpy(&granted, head + i, sizeof(granted));
        if (memcmp(granted.ip.bytes, ip->bytes, sizeof(ip->bytes)) == 0
            && uw_network_allows(instance->host->network, use, ip, port,
                                 granted.name))
        {
            return true;
        }
    }

    return false;
}


bool
uw_socket_grant(uw_instance_t *instance, const uw_ip_t *ip, const char *name)
{
    uw_buf_t *buf = &uw_sockets_state(instance)->granted;
    uw_granted_t granted = { .ip = *ip };
    const uint8_t *head = uw_buf_head(buf);
    size_t size = strlen(name);

    if (size >= sizeof(granted.name)) {
        return true; /* no name is as long: nothing to remember */
    }
    memcpy(granted.name, name, size);
    for (size_t i = 0; i + sizeof(granted) <= uw_buf_size(buf);
         i += sizeof(granted))
    {
        if (memcmp(head + i, &granted, sizeof(granted)) == 0) {
            return true;
        }
    }

    buf->account = &instance->account;
    if (uw_buf_size(buf) >= UW_GRANTED_MOST * sizeof(granted)) {
        uw_buf_consume(buf, sizeof(granted));
    }

    return uw_buf_append(buf, &granted, sizeof(granted)) == 0;
}


bool
uw_socket_may(const uw_instance_t *instance, uw_use_t use,
              const uw_address_t *address)
{
    uw_ip_t ip = uw_address_ip(address);
    int port = uw_address_port(address);

    return uw_network_allows(instance->host->network, use, &ip, port, NULL)
           || uw_socket_is_granted(instance, use, &ip, port);
}


/* Says so in the log, once for each address. */
static void
uw_log_denied(uw_host_t *host, uw_use_t use, const uw_address_t *address)
{
    static const char *const words[] = { "tcp", "udp", "listen" };
    bool v6 = address->any.sa_family == AF_INET6;
    const void *bytes = v6 ? (const void *) &address->v6.sin6_addr
                           : (const void *) &address->v4.sin_addr;
    char text[INET6_ADDRSTRLEN] = "";
    char entry[INET6_ADDRSTRLEN + 24];

    (void) inet_ntop(address->any.sa_family, bytes, text, sizeof(text));
    (void) snprintf(entry, sizeof(entry), "%s:%s%s%s:%d", words[use],
                    v6 ? "[" : "", text, v6 ? "]" : "",
                    uw_address_port(address));
    if (uw_noted_is_new(&host->denied, uw_slice_of(entry))) {
        uw_log(&host->engine->settings, UW_LOG_WARNING,
               "%s is denied to components: no entry of UNIT_WASM_NETWORK "
               "allows it",
               entry);
    }
}


uw_network_error_t
uw_socket_check(const uw_instance_t *instance, uw_use_t use,
                const uw_address_t *address)
{
    if (uw_socket_may(instance, use, address)) {
        return UW_NO_ERROR;
    }
    uw_log_denied(instance->host, use, address);

    return UW_ERROR(ACCESS_DENIED);
}


/* Whether it may be bound there; says whether others may come to it then. */
static bool
uw_socket_may_bind(uw_socket_t *socket, const uw_address_t *address)
{
    const uw_network_t *network = socket->instance->host->network;
    uw_use_t use = socket->udp ? UW_USE_UDP : UW_USE_TCP;
    uw_ip_t ip = uw_address_ip(address);
    int port = uw_address_port(address);

    socket->may_listen =
        uw_network_allows(network, UW_USE_LISTEN, &ip, port, NULL);

    return socket->may_listen || (port == 0 && uw_network_has(network, use))
           || uw_socket_check(socket->instance, UW_USE_LISTEN, address)
                  == UW_NO_ERROR;
}


uw_network_error_t
uw_socket_bind(uw_socket_t *socket, const uw_address_t *address)
{
    int yes = 1;
    socklen_t size = sizeof(socket->bound);

    if (!uw_socket_may_bind(socket, address)) {
        return UW_ERROR(ACCESS_DENIED);
    }
    socket->filtered = !socket->may_listen;

    /* As the WIT wants it: an address in TIME_WAIT can be bound.  Of UDP two
     * sockets would share what comes. */
    if (!socket->udp
        && setsockopt(socket->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes))
               != 0)
    {
        return uw_network_error_of(errno);
    }
    if (bind(socket->fd, &address->any, uw_address_size(address)) != 0) {
        return errno == EAFNOSUPPORT ? UW_ERROR(INVALID_ARGUMENT)
                                     : uw_network_error_of(errno);
    }
    if (getsockname(socket->fd, &socket->bound.any, &size) != 0) {
        return uw_network_error_of(errno);
    }
    socket->state = UW_SOCKET_BIND_STARTED;

    return UW_NO_ERROR;
}


uw_step_t
uw_socket_finish_bind(uw_call_t *call, uw_socket_t *socket)
{
    if (socket->state != UW_SOCKET_BIND_STARTED) {
        return uw_return_network(call, UW_ERROR(NOT_IN_PROGRESS));
    }
    socket->state = UW_SOCKET_BOUND;

    return uw_return_ok(call, NULL);
}

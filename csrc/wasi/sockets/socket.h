/*
 * wasi:sockets, inside: what the files of this folder share.
 *
 *   policy.c   where guests may go
 *   address.c  addresses, of the WIT and of the system
 *   socket.c   one socket of the system: its life, its limits, errors
 *   options.c  options of sockets, the same for TCP and UDP
 *   tcp.c      tcp-socket: its states
 *   streams.c  the two streams of a connection
 *   udp.c      udp-socket, and its streams of datagrams
 *   lookup.c   names
 *   package.c  the package
 *
 * A socket is held by its resource, of which its streams are children, and by
 * streams of datagrams: at the end of an instance they go in any order.  It is
 * never blocking, and watched by the worker's executor: what happens to it wakes
 * the exchange, which looks.
 */

#ifndef UW_WASI_SOCKETS_SOCKET_H
#define UW_WASI_SOCKETS_SOCKET_H

#include "base/executor.h"
#include "wasi/gen/sockets.h"
#include "wasi/io/poll.h"
#include "wasi/io/streams.h"
#include "wasi/sockets/address.h"

/* One of uw_sockets_network_error_code_t, or none of them: nothing went wrong. */
typedef int uw_network_error_t;

#define UW_ERROR(name) UW_SOCKETS_NETWORK_ERROR_CODE_##name
#define UW_NO_ERROR (-1)

/* The package's state of an instance. */
typedef struct {
    uint32_t sockets; /* that are open */
    uint32_t lookups; /* that run */
    uw_buf_t granted; /* uw_granted_t: to where names have led */
} uw_sockets_state_t;

/* States of a socket; UDP has no others than those marked. */
typedef enum {
    UW_SOCKET_NEW,          /* UDP */
    UW_SOCKET_BIND_STARTED, /* UDP: bound, finish-bind has still to be called */
    UW_SOCKET_BOUND,        /* UDP */
    UW_SOCKET_LISTEN_STARTED, /* finish-listen will listen */
    UW_SOCKET_LISTENING,      /* for good */
    UW_SOCKET_CONNECTING,     /* until finish-connect */
    UW_SOCKET_CONNECTED,      /* UDP: for one peer; TCP: for good */
    UW_SOCKET_CLOSED, /* to connect or listen has failed: no descriptor */
} uw_socket_state_t;

/* The end of one direction of a connection. */
typedef enum {
    UW_WAY_OPEN,
    UW_WAY_CLOSED,
    UW_WAY_FAILED,
} uw_way_state_t;

typedef struct {
    uw_way_state_t state;
    int failure;    /* errno */
    uw_buf_t bytes; /* read, and not taken; written, and not sent */
} uw_way_t;

typedef struct uw_socket uw_socket_t;

struct uw_socket {
    uw_watch_t watch; /* first: it is the socket */
    uw_instance_t *instance;
    uint32_t references;
    int fd; /* -1: none */
    bool v6;
    bool udp;
    uw_socket_state_t state;
    uw_address_t bound; /* where, as the system says */

    /* TCP */
    bool may_listen;
    int backlog;
    int failure; /* of connect() or listen(): errno; 0: none */
    uw_way_t in;
    uw_way_t out;
    void (*flush)(uw_socket_t *socket); /* sends what waits; NULL: no streams */
    bool closing; /* `out` is shut down behind what waits in it */

    /* UDP */
    bool filtered; /* takes datagrams only from where it may send to */
    uw_address_t peer;
    int permits; /* datagrams that may be sent; -1: check-send was not asked */
    bool full;   /* the last one did not fit: wait for room */
};

typedef struct {
    uw_socket_t *socket;
} uw_socket_resource_t;

/* tcp-socket, udp-socket, and the streams of datagrams. */
UW_RESOURCE_AS(socket, uw_socket_resource_t)

/* ---- The life of a socket ---- */

/* A new one, in a new resource of that type; accepted: `fd` is that, else -1.
 * UW_TRAP, or UW_DONE with *error or *resource. */
uw_step_t uw_socket_open(uw_call_t *call, const uw_resource_type_t *type,
                         bool v6, int fd, uw_resource_t **resource,
                         uw_network_error_t *error);

/* create-tcp-socket, create-udp-socket */
uw_step_t uw_socket_create(uw_call_t *call, const uw_resource_type_t *type,
                           uw_sockets_network_ip_address_family_t family);

/* Whether the instance, and the worker, may have one more. */
bool uw_socket_is_allowed(const uw_instance_t *instance);

/* Closes the descriptor. */
void uw_socket_close(uw_socket_t *socket);

/* Lets go of it; the last one frees it.  NULL is none. */
void uw_socket_release(uw_socket_t *socket);

/* Whether something can be read (POLLIN) or written (POLLOUT), or has failed. */
bool uw_socket_is_ready(const uw_socket_t *socket, short events);

/* The error that the system has kept; 0: none. */
int uw_socket_failure(const uw_socket_t *socket);

/* ---- Errors ---- */

/* What a function says that the state has nothing for: invalid-state, or why the
 * socket is closed. */
uw_network_error_t uw_socket_unfit(const uw_socket_t *socket);

uw_network_error_t uw_network_error_of(int error);

/* err(error-code) */
uw_step_t uw_return_network_error(uw_call_t *call, uw_network_error_t error);

/* ok(), or err() where there is an error. */
uw_step_t uw_return_network(uw_call_t *call, uw_network_error_t error);

/* local-address: what the system says. */
uw_step_t uw_return_local_address(uw_call_t *call, const uw_socket_t *socket);

/* address-family */
uw_step_t uw_return_family(uw_call_t *call, const uw_socket_t *socket);

/* ---- The policy ---- */

bool uw_socket_may(const uw_instance_t *instance, uw_use_t use,
                   const uw_address_t *address);

/* The same as an error; says in the log, once, what the guest may not. */
uw_network_error_t uw_socket_check(const uw_instance_t *instance, uw_use_t use,
                                   const uw_address_t *address);

/*
 * Binds it, where the guest may: to an address that it may be reached at, or, to go
 * somewhere, to any free port.
 */
uw_network_error_t uw_socket_bind(uw_socket_t *socket,
                                  const uw_address_t *address);

/* finish-bind: it was bound when that began. */
uw_step_t uw_socket_finish_bind(uw_call_t *call, uw_socket_t *socket);

/* A name has led to an address: false, memory is out. */
bool uw_socket_grant(uw_instance_t *instance, const uw_ip_t *ip,
                     const char *name) UW_CHECKED;

static inline uw_sockets_state_t *
uw_sockets_state(const uw_instance_t *instance)
{
    return instance->states[UW_PACKAGE_SOCKETS];
}

#endif /* UW_WASI_SOCKETS_SOCKET_H */

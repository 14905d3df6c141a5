/*
 * Addresses of sockets: those of the WIT, and those of the system.
 */

#ifndef UW_WASI_SOCKETS_ADDRESS_H
#define UW_WASI_SOCKETS_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "wasi/gen/sockets.h"
#include "wasi/sockets/policy.h"

typedef uw_sockets_network_ip_socket_address_t uw_wit_address_t;

/* An address of the system. */
typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} uw_address_t;

/* Of the WIT; false: it is none that a socket of that family has. */
bool uw_address_read(const uw_wit_address_t *wit, bool v6,
                     uw_address_t *address);
uw_step_t uw_return_address(uw_call_t *call, const uw_address_t *address);
uw_wit_address_t uw_address_wit(const uw_address_t *address);

uw_ip_t uw_address_ip(const uw_address_t *address);
uint16_t uw_address_port(const uw_address_t *address);
socklen_t uw_address_size(const uw_address_t *address);
bool uw_address_equal(const uw_address_t *one, const uw_address_t *other);

/* Whether it is neither multicast nor broadcast; whether one can send to it. */
bool uw_address_is_unicast(const uw_address_t *address);
bool uw_address_is_remote(const uw_address_t *address);
bool uw_address_is_unspecified(const uw_address_t *address);

#endif /* UW_WASI_SOCKETS_ADDRESS_H */

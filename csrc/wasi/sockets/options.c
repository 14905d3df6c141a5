/*
 * wasi:sockets: options of sockets.  What the system cannot do exactly is rounded to
 * what it can, as the WIT allows; 0 is refused where it says so.
 */

#include <errno.h>
#include <netinet/tcp.h>

#include "wasi/sockets/socket.h"

/* Linux knows seconds, in 15 bits, and counts in seven. */
#define UW_NANOSECONDS UINT64_C(1000000000)
#define UW_SECONDS_MOST 32767u
#define UW_COUNT_MOST 127u


/* Whether it has a descriptor with options. */
static bool
uw_has_options(const uw_socket_t *socket)
{
    return socket->state != UW_SOCKET_CONNECTING
           && socket->state != UW_SOCKET_CLOSED;
}


static uw_network_error_t
uw_option_get(const uw_resource_t *self, int level, int name, int *value)
{
    const uw_socket_t *socket = uw_as_socket(self)->socket;
    socklen_t size = sizeof(*value);

    if (!uw_has_options(socket)) {
        return uw_socket_unfit(socket);
    }

    return getsockopt(socket->fd, level, name, value, &size) == 0
               ? UW_NO_ERROR
               : uw_network_error_of(errno);
}


static uw_network_error_t
uw_option_set(const uw_resource_t *self, int level, int name, uint64_t value,
              uint64_t most)
{
    const uw_socket_t *socket = uw_as_socket(self)->socket;
    int number = (int) (value < most ? value : most);

    if (!uw_has_options(socket)) {
        return uw_socket_unfit(socket);
    }
    if (value == 0) {
        return UW_ERROR(INVALID_ARGUMENT);
    }

    return setsockopt(socket->fd, level, name, &number, sizeof(number)) == 0
               ? UW_NO_ERROR
               : uw_network_error_of(errno);
}


static uw_step_t
uw_return_option(uw_call_t *call, uw_network_error_t error, uw_val_t value)
{
    return error == UW_NO_ERROR ? uw_return_ok(call, &value)
                                : uw_return_network_error(call, error);
}


/* ---- Of both kinds ---- */

static uw_step_t
uw_return_hop_limit(uw_call_t *call, const uw_resource_t *self)
{
    int value = 0;
    uw_network_error_t error =
        uw_as_socket(self)->socket->v6
            ? uw_option_get(self, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &value)
            : uw_option_get(self, IPPROTO_IP, IP_TTL, &value);

    return uw_return_option(call, error, uw_val_u8((uint8_t) value));
}


static uw_step_t
uw_set_hop_limit(uw_call_t *call, const uw_resource_t *self, uint8_t value)
{
    return uw_return_network(
        call, uw_as_socket(self)->socket->v6
                  ? uw_option_set(self, IPPROTO_IPV6, IPV6_UNICAST_HOPS, value,
                                  UINT8_MAX)
                  : uw_option_set(self, IPPROTO_IP, IP_TTL, value, UINT8_MAX));
}


/* Linux keeps, and tells, twice of what it was given: room for its own use. */
static uw_step_t
uw_return_buffer_size(uw_call_t *call, const uw_resource_t *self, int name)
{
    int value = 0;
    uw_network_error_t error = uw_option_get(self, SOL_SOCKET, name, &value);

    return uw_return_option(call, error, uw_val_u64((uint64_t) value / 2));
}


static uw_step_t
uw_set_buffer_size(uw_call_t *call, const uw_resource_t *self, int name,
                   uint64_t value)
{
    return uw_return_network(
        call, uw_option_set(self, SOL_SOCKET, name, value, INT32_MAX));
}


/* ---- tcp-socket ---- */

uw_step_t
uw_sockets_tcp_socket_keep_alive_enabled(uw_call_t *call, uw_resource_t *self)
{
    int value = 0;
    uw_network_error_t error =
        uw_option_get(self, SOL_SOCKET, SO_KEEPALIVE, &value);

    return uw_return_option(call, error, uw_val_bool(value != 0));
}


uw_step_t
uw_sockets_tcp_socket_set_keep_alive_enabled(uw_call_t *call,
                                             uw_resource_t *self, bool value)
{
    const uw_socket_t *socket = uw_as_socket(self)->socket;
    int number = value;

    if (!uw_has_options(socket)) {
        return uw_return_network(call, uw_socket_unfit(socket));
    }

    return uw_return_network(call,
                             setsockopt(socket->fd, SOL_SOCKET, SO_KEEPALIVE,
                                        &number, sizeof(number))
                                     == 0
                                 ? UW_NO_ERROR
                                 : uw_network_error_of(errno));
}


static uw_step_t
uw_return_seconds(uw_call_t *call, const uw_resource_t *self, int name)
{
    int value = 0;
    uw_network_error_t error = uw_option_get(self, IPPROTO_TCP, name, &value);

    return uw_return_option(call, error,
                            uw_val_u64((uint64_t) value * UW_NANOSECONDS));
}


/* Rounded up: 0 would not be what was asked for. */
static uw_step_t
uw_set_seconds(uw_call_t *call, const uw_resource_t *self, int name,
               uint64_t nanoseconds)
{
    uint64_t seconds =
        nanoseconds / UW_NANOSECONDS + (nanoseconds % UW_NANOSECONDS != 0);

    return uw_return_network(
        call, uw_option_set(self, IPPROTO_TCP, name, seconds, UW_SECONDS_MOST));
}


uw_step_t
uw_sockets_tcp_socket_keep_alive_idle_time(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_seconds(call, self, TCP_KEEPIDLE);
}


uw_step_t
uw_sockets_tcp_socket_set_keep_alive_idle_time(uw_call_t *call,
                                               uw_resource_t *self,
                                               uint64_t value)
{
    return uw_set_seconds(call, self, TCP_KEEPIDLE, value);
}


uw_step_t
uw_sockets_tcp_socket_keep_alive_interval(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_seconds(call, self, TCP_KEEPINTVL);
}


uw_step_t
uw_sockets_tcp_socket_set_keep_alive_interval(uw_call_t *call,
                                              uw_resource_t *self,
                                              uint64_t value)
{
    return uw_set_seconds(call, self, TCP_KEEPINTVL, value);
}


uw_step_t
uw_sockets_tcp_socket_keep_alive_count(uw_call_t *call, uw_resource_t *self)
{
    int value = 0;
    uw_network_error_t error =
        uw_option_get(self, IPPROTO_TCP, TCP_KEEPCNT, &value);

    return uw_return_option(call, error, uw_val_u32((uint32_t) value));
}


uw_step_t
uw_sockets_tcp_socket_set_keep_alive_count(uw_call_t *call, uw_resource_t *self,
                                           uint32_t value)
{
    return uw_return_network(call, uw_option_set(self, IPPROTO_TCP, TCP_KEEPCNT,
                                                 value, UW_COUNT_MOST));
}


uw_step_t
uw_sockets_tcp_socket_hop_limit(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_hop_limit(call, self);
}


uw_step_t
uw_sockets_tcp_socket_set_hop_limit(uw_call_t *call, uw_resource_t *self,
                                    uint8_t value)
{
    return uw_set_hop_limit(call, self, value);
}


uw_step_t
uw_sockets_tcp_socket_receive_buffer_size(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_buffer_size(call, self, SO_RCVBUF);
}


uw_step_t
uw_sockets_tcp_socket_set_receive_buffer_size(uw_call_t *call,
                                              uw_resource_t *self,
                                              uint64_t value)
{
    return uw_set_buffer_size(call, self, SO_RCVBUF, value);
}


uw_step_t
uw_sockets_tcp_socket_send_buffer_size(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_buffer_size(call, self, SO_SNDBUF);
}


uw_step_t
uw_sockets_tcp_socket_set_send_buffer_size(uw_call_t *call, uw_resource_t *self,
                                           uint64_t value)
{
    return uw_set_buffer_size(call, self, SO_SNDBUF, value);
}


/* ---- udp-socket ---- */

uw_step_t
uw_sockets_udp_socket_unicast_hop_limit(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_hop_limit(call, self);
}


uw_step_t
uw_sockets_udp_socket_set_unicast_hop_limit(uw_call_t *call,
                                            uw_resource_t *self, uint8_t value)
{
    return uw_set_hop_limit(call, self, value);
}


uw_step_t
uw_sockets_udp_socket_receive_buffer_size(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_buffer_size(call, self, SO_RCVBUF);
}


uw_step_t
uw_sockets_udp_socket_set_receive_buffer_size(uw_call_t *call,
                                              uw_resource_t *self,
                                              uint64_t value)
{
    return uw_set_buffer_size(call, self, SO_RCVBUF, value);
}


uw_step_t
uw_sockets_udp_socket_send_buffer_size(uw_call_t *call, uw_resource_t *self)
{
    return uw_return_buffer_size(call, self, SO_SNDBUF);
}


uw_step_t
uw_sockets_udp_socket_set_send_buffer_size(uw_call_t *call, uw_resource_t *self,
                                           uint64_t value)
{
    return uw_set_buffer_size(call, self, SO_SNDBUF, value);
}

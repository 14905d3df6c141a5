#include "wasi/sockets/address.h"

#include <string.h>

static bool
uw_is_v4_in_v6(const struct in6_addr *address)
{
    return IN6_IS_ADDR_V4MAPPED(address) || IN6_IS_ADDR_V4COMPAT(address);
}


bool
uw_address_read(const uw_wit_address_t *wit, bool v6, uw_address_t *address)
{
    const uw_sockets_network_ipv6_socket_address_t *six = &wit->of.ipv6;
    const uw_sockets_network_ipv4_socket_address_t *four = &wit->of.ipv4;

    memset(address, 0, sizeof(*address));
    if (v6 != (wit->tag == UW_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV6)) {
        return false;
    }

    if (v6) {
        const uint16_t words[8] = { six->address.f0, six->address.f1,
                                    six->address.f2, six->address.f3,
                                    six->address.f4, six->address.f5,
                                    six->address.f6, six->address.f7 };

        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(six->port);
        address->v6.sin6_flowinfo = htonl(six->flow_info);
        address->v6.sin6_scope_id = six->scope_id;
        for (size_t i = 0; i < 8; i++) {
            address->v6.sin6_addr.s6_addr[2 * i] = (uint8_t) (words[i] >> 8);
            address->v6.sin6_addr.s6_addr[2 * i + 1] = (uint8_t) words[i];
        }
        return !uw_is_v4_in_v6(&address->v6.sin6_addr);
    }

    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons(four->port);
    address->v4.sin_addr.s_addr = htonl(
        (uint32_t) four->address.f0 << 24 | (uint32_t) four->address.f1 << 16
        | (uint32_t) four->address.f2 << 8 | four->address.f3);

    return true;
}


static uint16_t
uw_word(const uw_address_t *address, size_t i)
{
    const uint8_t *bytes = address->v6.sin6_addr.s6_addr;

    return (uint16_t) (bytes[2 * i] << 8 | bytes[2 * i + 1]);
}


uw_wit_address_t
uw_address_wit(const uw_address_t *address)
{
    uw_wit_address_t wit;
    uint32_t four;

    memset(&wit, 0, sizeof(wit));
    if (address->any.sa_family == AF_INET6) {
        wit.tag = UW_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV6;
        wit.of.ipv6 = (uw_sockets_network_ipv6_socket_address_t) {
            .port = ntohs(address->v6.sin6_port),
            .flow_info = ntohl(address->v6.sin6_flowinfo),
            .scope_id = address->v6.sin6_scope_id,
            .address = { uw_word(address, 0), uw_word(address, 1),
                         uw_word(address, 2), uw_word(address, 3),
                         uw_word(address, 4), uw_word(address, 5),
                         uw_word(address, 6), uw_word(address, 7) },
        };
        return wit;
    }

    four = ntohl(address->v4.sin_addr.s_addr);
    wit.tag = UW_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV4;
    wit.of.ipv4 = (uw_sockets_network_ipv4_socket_address_t) {
        .port = ntohs(address->v4.sin_port),
        .address = { (uint8_t) (four >> 24), (uint8_t) (four >> 16),
                     (uint8_t) (four >> 8), (uint8_t) four },
    };

    return wit;
}


uw_step_t
uw_return_address(uw_call_t *call, const uw_address_t *address)
{
    uw_wit_address_t wit = uw_address_wit(address);
    uw_val_t value = uw_make_sockets_network_ip_socket_address(call, &wit);

    return uw_return_ok(call, &value);
}


uw_ip_t
uw_address_ip(const uw_address_t *address)
{
    uw_ip_t ip = { .bytes = { [10] = 0xff, [11] = 0xff } };

    if (address->any.sa_family == AF_INET6) {
        memcpy(ip.bytes, &address->v6.sin6_addr, sizeof(ip.bytes));
    } else {
        memcpy(ip.bytes + 12, &address->v4.sin_addr, 4);
    }

    return ip;
}


uint16_t
uw_address_port(const uw_address_t *address)
{
    return ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port
                                                    : address->v4.sin_port);
}


socklen_t
uw_address_size(const uw_address_t *address)
{
    return address->any.sa_family == AF_INET6 ? sizeof(address->v6)
                                              : sizeof(address->v4);
}


/* Its flow says nothing of where an address is. */
bool
uw_address_equal(const uw_address_t *one, const uw_address_t *other)
{
    uw_ip_t ip = uw_address_ip(one);
    uw_ip_t other_ip = uw_address_ip(other);

    return one->any.sa_family == other->any.sa_family
           && memcmp(ip.bytes, other_ip.bytes, sizeof(ip.bytes)) == 0
           && uw_address_port(one) == uw_address_port(other)
           && (one->any.sa_family == AF_INET
               || one->v6.sin6_scope_id == other->v6.sin6_scope_id);
}


bool
uw_address_is_unicast(const uw_address_t *address)
{
    if (address->any.sa_family == AF_INET6) {
        return !IN6_IS_ADDR_MULTICAST(&address->v6.sin6_addr);
    }

    return !IN_MULTICAST(ntohl(address->v4.sin_addr.s_addr))
           && address->v4.sin_addr.s_addr != htonl(INADDR_BROADCAST);
}


bool
uw_address_is_unspecified(const uw_address_t *address)
{
    return address->any.sa_family == AF_INET6
               ? IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr)
               : address->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}


bool
uw_address_is_remote(const uw_address_t *address)
{
    return !uw_address_is_unspecified(address) && uw_address_port(address) != 0;
}

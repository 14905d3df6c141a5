/*
 * wasi:sockets with no network to use: every function that asks for a socket or
 * an address answers `access-denied`, so that no other resource than `network`,
 * which says nothing, comes into being.
 */

#include "wasi/sockets.h"


static uw_step_t
uw_instance_network(uw_call_t *call)
{
    uw_resource_t *network = uw_make(call, UW_RES_NETWORK, 0);

    return network == NULL ? UW_TRAP : uw_return_handle(call, network);
}


static uw_step_t
uw_sockets_refuse(uw_call_t *call)
{
    if (!uw_args_release(call)) {
        return UW_TRAP;
    }

    return uw_return_err_enum(call, "access-denied");
}


/* For functions that have no error to answer. */
static uw_step_t
uw_sockets_unreachable(uw_call_t *call)
{
    return uw_trap(call, "a component that is given no network cannot hold a "
                         "socket");
}


/* No stream comes from a socket, so no error of a stream does. */
static uw_step_t
uw_network_error_code(uw_call_t *call)
{
    if (uw_arg_handle(call, 0, UW_RES_ERROR) == NULL) {
        return UW_TRAP;
    }

    return uw_return(call, uw_val_option(call->abi, NULL));
}


/* ---- Tables ---- */

/* clang-format off */

static const uw_host_resource_t uw_network_resources[] = {
    { "network", UW_RES_NETWORK },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_network_functions[] = {
    { "network-error-code", uw_network_error_code, 1, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_instance_network_functions[] = {
    { "instance-network", uw_instance_network, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_tcp_create_socket_functions[] = {
    { "create-tcp-socket", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_tcp_resources[] = {
    { "tcp-socket", UW_RES_TCP_SOCKET },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_tcp_functions[] = {
    { "[method]tcp-socket.start-bind",               uw_sockets_refuse,      3, 1, UW_SHORT, true },
    { "[method]tcp-socket.finish-bind",              uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.start-connect",            uw_sockets_refuse,      3, 1, UW_SHORT, true },
    { "[method]tcp-socket.finish-connect",           uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.start-listen",             uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.finish-listen",            uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.accept",                   uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.local-address",            uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.remote-address",           uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.is-listening",             uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.address-family",           uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-listen-backlog-size",  uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-enabled",       uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-enabled",   uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-idle-time",     uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-idle-time", uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-interval",      uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-interval",  uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-count",         uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-count",     uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]tcp-socket.hop-limit",                uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-hop-limit",            uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]tcp-socket.receive-buffer-size",      uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-receive-buffer-size",  uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]tcp-socket.send-buffer-size",         uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-send-buffer-size",     uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]tcp-socket.subscribe",                uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.shutdown",                 uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_udp_create_socket_functions[] = {
    { "create-udp-socket", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_udp_resources[] = {
    { "udp-socket",               UW_RES_UDP_SOCKET },
    { "incoming-datagram-stream", UW_RES_INCOMING_DATAGRAM_STREAM },
    { "outgoing-datagram-stream", UW_RES_OUTGOING_DATAGRAM_STREAM },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_udp_functions[] = {
    { "[method]udp-socket.start-bind",               uw_sockets_refuse,      3, 1, UW_SHORT, true },
    { "[method]udp-socket.finish-bind",              uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]udp-socket.stream",                   uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]udp-socket.local-address",            uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]udp-socket.remote-address",           uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]udp-socket.address-family",           uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.unicast-hop-limit",        uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]udp-socket.set-unicast-hop-limit",    uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]udp-socket.receive-buffer-size",      uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]udp-socket.set-receive-buffer-size",  uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]udp-socket.send-buffer-size",         uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]udp-socket.set-send-buffer-size",     uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]udp-socket.subscribe",                uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]incoming-datagram-stream.receive",    uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]incoming-datagram-stream.subscribe",  uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]outgoing-datagram-stream.check-send", uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]outgoing-datagram-stream.send",       uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]outgoing-datagram-stream.subscribe",  uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_ip_name_lookup_resources[] = {
    { "resolve-address-stream", UW_RES_RESOLVE_ADDRESS_STREAM },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_ip_name_lookup_functions[] = {
    { "resolve-addresses",                                   uw_sockets_refuse,      2, 1, UW_SHORT, true },
    { "[method]resolve-address-stream.resolve-next-address", uw_sockets_refuse,      1, 1, UW_SHORT, true },
    { "[method]resolve-address-stream.subscribe",            uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_interface_t uw_sockets_interfaces[] = {
    { "wasi:sockets/network",           uw_network_resources,        uw_network_functions },
    { "wasi:sockets/instance-network",  NULL,                        uw_instance_network_functions },
    { "wasi:sockets/tcp-create-socket", NULL,                        uw_tcp_create_socket_functions },
    { "wasi:sockets/tcp",               uw_tcp_resources,            uw_tcp_functions },
    { "wasi:sockets/udp-create-socket", NULL,                        uw_udp_create_socket_functions },
    { "wasi:sockets/udp",               uw_udp_resources,            uw_udp_functions },
    { "wasi:sockets/ip-name-lookup",    uw_ip_name_lookup_resources, uw_ip_name_lookup_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */

const uw_package_t uw_wasi_sockets = { .interfaces = uw_sockets_interfaces };

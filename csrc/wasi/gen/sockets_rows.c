/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/sockets.h"


static uw_step_t
uw_sockets_network_error_code_call(uw_call_t *call)
{
    uw_resource_t *err;

    if (!uw_read_handle(call, &call->args[0], UW_RES_ERROR, &err)) {
        return UW_TRAP;
    }

    return uw_sockets_network_error_code(call, err);
}


/* clang-format off */

static const uw_host_func_t uw_sockets_instance_network_functions[] = {
    { "instance-network", uw_sockets_instance_network, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_sockets_ip_name_lookup_resources[] = {
    { "resolve-address-stream", UW_RES_RESOLVE_ADDRESS_STREAM },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_sockets_ip_name_lookup_functions[] = {
    { "[method]resolve-address-stream.resolve-next-address", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]resolve-address-stream.subscribe", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "resolve-addresses", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_sockets_network_resources[] = {
    { "network", UW_RES_NETWORK },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_sockets_network_functions[] = {
    { "network-error-code", uw_sockets_network_error_code_call, 1, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_sockets_tcp_create_socket_functions[] = {
    { "create-tcp-socket", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_sockets_tcp_resources[] = {
    { "tcp-socket", UW_RES_TCP_SOCKET },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_sockets_tcp_functions[] = {
    { "[method]tcp-socket.start-bind", uw_sockets_refuse, 3, 1, UW_SHORT, true },
    { "[method]tcp-socket.finish-bind", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.start-connect", uw_sockets_refuse, 3, 1, UW_SHORT, true },
    { "[method]tcp-socket.finish-connect", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.start-listen", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.finish-listen", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.accept", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.local-address", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.remote-address", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.is-listening", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.address-family", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-listen-backlog-size", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-enabled", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-enabled", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-idle-time", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-idle-time", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-interval", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-interval", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-count", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-count", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.hop-limit", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-hop-limit", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.receive-buffer-size", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-receive-buffer-size", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.send-buffer-size", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-send-buffer-size", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.subscribe", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.shutdown", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_sockets_udp_create_socket_functions[] = {
    { "create-udp-socket", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_sockets_udp_resources[] = {
    { "udp-socket", UW_RES_UDP_SOCKET },
    { "incoming-datagram-stream", UW_RES_INCOMING_DATAGRAM_STREAM },
    { "outgoing-datagram-stream", UW_RES_OUTGOING_DATAGRAM_STREAM },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_sockets_udp_functions[] = {
    { "[method]udp-socket.start-bind", uw_sockets_refuse, 3, 1, UW_SHORT, true },
    { "[method]udp-socket.finish-bind", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.stream", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]udp-socket.local-address", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.remote-address", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.address-family", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.unicast-hop-limit", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.set-unicast-hop-limit", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]udp-socket.receive-buffer-size", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.set-receive-buffer-size", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]udp-socket.send-buffer-size", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.set-send-buffer-size", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]udp-socket.subscribe", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]incoming-datagram-stream.receive", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]incoming-datagram-stream.subscribe", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { "[method]outgoing-datagram-stream.check-send", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { "[method]outgoing-datagram-stream.send", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { "[method]outgoing-datagram-stream.subscribe", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

const uw_host_interface_t uw_sockets_interfaces[] = {
    { "wasi:sockets/instance-network", NULL, uw_sockets_instance_network_functions },
    { "wasi:sockets/ip-name-lookup", uw_sockets_ip_name_lookup_resources, uw_sockets_ip_name_lookup_functions },
    { "wasi:sockets/network", uw_sockets_network_resources, uw_sockets_network_functions },
    { "wasi:sockets/tcp-create-socket", NULL, uw_sockets_tcp_create_socket_functions },
    { "wasi:sockets/tcp", uw_sockets_tcp_resources, uw_sockets_tcp_functions },
    { "wasi:sockets/udp-create-socket", NULL, uw_sockets_udp_create_socket_functions },
    { "wasi:sockets/udp", uw_sockets_udp_resources, uw_sockets_udp_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */

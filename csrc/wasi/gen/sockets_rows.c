/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/sockets.h"


static uw_step_t
uw_sockets_network_error_code_call(uw_call_t *call)
{
    uw_resource_t *err;

    if (!uw_read_handle(call, &call->args[0], &uw_io_error_type, &err)) {
        return UW_TRAP;
    }

    return uw_sockets_network_error_code(call, err);
}


/* clang-format off */

static const uw_host_func_t uw_sockets_instance_network_functions[] = {
    { 146, "instance-network", uw_sockets_instance_network, 0, 1, UW_SHORT, false },
    { 0 },
};

const uw_resource_type_t uw_sockets_ip_name_lookup_resolve_address_stream_type = { 147, "resolve-address-stream", NULL };

static const uw_resource_type_t *const uw_sockets_ip_name_lookup_resources[] = {
    &uw_sockets_ip_name_lookup_resolve_address_stream_type,
    NULL,
};

static const uw_host_func_t uw_sockets_ip_name_lookup_functions[] = {
    { 148, "[method]resolve-address-stream.resolve-next-address", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 149, "[method]resolve-address-stream.subscribe", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { 150, "resolve-addresses", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 0 },
};

const uw_resource_type_t uw_sockets_network_type = { 151, "network", NULL };

static const uw_resource_type_t *const uw_sockets_network_resources[] = {
    &uw_sockets_network_type,
    NULL,
};

static const uw_host_func_t uw_sockets_network_functions[] = {
    { 152, "network-error-code", uw_sockets_network_error_code_call, 1, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_sockets_tcp_create_socket_functions[] = {
    { 153, "create-tcp-socket", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 0 },
};

const uw_resource_type_t uw_sockets_tcp_socket_type = { 154, "tcp-socket", NULL };

static const uw_resource_type_t *const uw_sockets_tcp_resources[] = {
    &uw_sockets_tcp_socket_type,
    NULL,
};

static const uw_host_func_t uw_sockets_tcp_functions[] = {
    { 155, "[method]tcp-socket.start-bind", uw_sockets_refuse, 3, 1, UW_SHORT, true },
    { 156, "[method]tcp-socket.finish-bind", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 157, "[method]tcp-socket.start-connect", uw_sockets_refuse, 3, 1, UW_SHORT, true },
    { 158, "[method]tcp-socket.finish-connect", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 159, "[method]tcp-socket.start-listen", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 160, "[method]tcp-socket.finish-listen", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 161, "[method]tcp-socket.accept", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 162, "[method]tcp-socket.local-address", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 163, "[method]tcp-socket.remote-address", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 164, "[method]tcp-socket.is-listening", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { 165, "[method]tcp-socket.address-family", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { 166, "[method]tcp-socket.set-listen-backlog-size", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 167, "[method]tcp-socket.keep-alive-enabled", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 168, "[method]tcp-socket.set-keep-alive-enabled", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 169, "[method]tcp-socket.keep-alive-idle-time", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 170, "[method]tcp-socket.set-keep-alive-idle-time", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 171, "[method]tcp-socket.keep-alive-interval", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 172, "[method]tcp-socket.set-keep-alive-interval", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 173, "[method]tcp-socket.keep-alive-count", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 174, "[method]tcp-socket.set-keep-alive-count", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 175, "[method]tcp-socket.hop-limit", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 176, "[method]tcp-socket.set-hop-limit", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 177, "[method]tcp-socket.receive-buffer-size", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 178, "[method]tcp-socket.set-receive-buffer-size", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 179, "[method]tcp-socket.send-buffer-size", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 180, "[method]tcp-socket.set-send-buffer-size", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 181, "[method]tcp-socket.subscribe", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { 182, "[method]tcp-socket.shutdown", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 0 },
};

static const uw_host_func_t uw_sockets_udp_create_socket_functions[] = {
    { 183, "create-udp-socket", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 0 },
};

const uw_resource_type_t uw_sockets_udp_socket_type = { 184, "udp-socket", NULL };
const uw_resource_type_t uw_sockets_udp_incoming_datagram_stream_type = { 185, "incoming-datagram-stream", NULL };
const uw_resource_type_t uw_sockets_udp_outgoing_datagram_stream_type = { 186, "outgoing-datagram-stream", NULL };

static const uw_resource_type_t *const uw_sockets_udp_resources[] = {
    &uw_sockets_udp_socket_type,
    &uw_sockets_udp_incoming_datagram_stream_type,
    &uw_sockets_udp_outgoing_datagram_stream_type,
    NULL,
};

static const uw_host_func_t uw_sockets_udp_functions[] = {
    { 187, "[method]udp-socket.start-bind", uw_sockets_refuse, 3, 1, UW_SHORT, true },
    { 188, "[method]udp-socket.finish-bind", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 189, "[method]udp-socket.stream", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 190, "[method]udp-socket.local-address", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 191, "[method]udp-socket.remote-address", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 192, "[method]udp-socket.address-family", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { 193, "[method]udp-socket.unicast-hop-limit", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 194, "[method]udp-socket.set-unicast-hop-limit", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 195, "[method]udp-socket.receive-buffer-size", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 196, "[method]udp-socket.set-receive-buffer-size", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 197, "[method]udp-socket.send-buffer-size", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 198, "[method]udp-socket.set-send-buffer-size", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 199, "[method]udp-socket.subscribe", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { 200, "[method]incoming-datagram-stream.receive", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 201, "[method]incoming-datagram-stream.subscribe", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { 202, "[method]outgoing-datagram-stream.check-send", uw_sockets_refuse, 1, 1, UW_SHORT, true },
    { 203, "[method]outgoing-datagram-stream.send", uw_sockets_refuse, 2, 1, UW_SHORT, true },
    { 204, "[method]outgoing-datagram-stream.subscribe", uw_sockets_unreachable, 1, 1, UW_SHORT, true },
    { 0 },
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

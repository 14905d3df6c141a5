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

static const char *const uw_sockets_versions[] = { "0.2.", NULL };

static const uw_host_func_t uw_sockets_instance_network_functions[] = {
    { "instance-network", uw_sockets_instance_network, 146, 0, 1, UW_SHORT, false },
    { 0 },
};

const uw_resource_type_t uw_sockets_ip_name_lookup_resolve_address_stream_type = { 147, "resolve-address-stream", NULL };

static const uw_resource_type_t *const uw_sockets_ip_name_lookup_resources[] = {
    &uw_sockets_ip_name_lookup_resolve_address_stream_type,
    NULL,
};

static const uw_host_func_t uw_sockets_ip_name_lookup_functions[] = {
    { "[method]resolve-address-stream.resolve-next-address", uw_sockets_refuse, 148, 1, 1, UW_SHORT, true },
    { "[method]resolve-address-stream.subscribe", uw_sockets_unreachable, 149, 1, 1, UW_SHORT, true },
    { "resolve-addresses", uw_sockets_refuse, 150, 2, 1, UW_SHORT, true },
    { 0 },
};

const uw_resource_type_t uw_sockets_network_type = { 151, "network", NULL };

static const uw_resource_type_t *const uw_sockets_network_resources[] = {
    &uw_sockets_network_type,
    NULL,
};

static const uw_host_func_t uw_sockets_network_functions[] = {
    { "network-error-code", uw_sockets_network_error_code_call, 152, 1, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_sockets_tcp_create_socket_functions[] = {
    { "create-tcp-socket", uw_sockets_refuse, 153, 1, 1, UW_SHORT, true },
    { 0 },
};

const uw_resource_type_t uw_sockets_tcp_socket_type = { 154, "tcp-socket", NULL };

static const uw_resource_type_t *const uw_sockets_tcp_resources[] = {
    &uw_sockets_tcp_socket_type,
    NULL,
};

static const uw_host_func_t uw_sockets_tcp_functions[] = {
    { "[method]tcp-socket.start-bind", uw_sockets_refuse, 155, 3, 1, UW_SHORT, true },
    { "[method]tcp-socket.finish-bind", uw_sockets_refuse, 156, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.start-connect", uw_sockets_refuse, 157, 3, 1, UW_SHORT, true },
    { "[method]tcp-socket.finish-connect", uw_sockets_refuse, 158, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.start-listen", uw_sockets_refuse, 159, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.finish-listen", uw_sockets_refuse, 160, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.accept", uw_sockets_refuse, 161, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.local-address", uw_sockets_refuse, 162, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.remote-address", uw_sockets_refuse, 163, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.is-listening", uw_sockets_unreachable, 164, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.address-family", uw_sockets_unreachable, 165, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-listen-backlog-size", uw_sockets_refuse, 166, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-enabled", uw_sockets_refuse, 167, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-enabled", uw_sockets_refuse, 168, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-idle-time", uw_sockets_refuse, 169, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-idle-time", uw_sockets_refuse, 170, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-interval", uw_sockets_refuse, 171, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-interval", uw_sockets_refuse, 172, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.keep-alive-count", uw_sockets_refuse, 173, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-keep-alive-count", uw_sockets_refuse, 174, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.hop-limit", uw_sockets_refuse, 175, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-hop-limit", uw_sockets_refuse, 176, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.receive-buffer-size", uw_sockets_refuse, 177, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-receive-buffer-size", uw_sockets_refuse, 178, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.send-buffer-size", uw_sockets_refuse, 179, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.set-send-buffer-size", uw_sockets_refuse, 180, 2, 1, UW_SHORT, true },
    { "[method]tcp-socket.subscribe", uw_sockets_unreachable, 181, 1, 1, UW_SHORT, true },
    { "[method]tcp-socket.shutdown", uw_sockets_refuse, 182, 2, 1, UW_SHORT, true },
    { 0 },
};

static const uw_host_func_t uw_sockets_udp_create_socket_functions[] = {
    { "create-udp-socket", uw_sockets_refuse, 183, 1, 1, UW_SHORT, true },
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
    { "[method]udp-socket.start-bind", uw_sockets_refuse, 187, 3, 1, UW_SHORT, true },
    { "[method]udp-socket.finish-bind", uw_sockets_refuse, 188, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.stream", uw_sockets_refuse, 189, 2, 1, UW_SHORT, true },
    { "[method]udp-socket.local-address", uw_sockets_refuse, 190, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.remote-address", uw_sockets_refuse, 191, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.address-family", uw_sockets_unreachable, 192, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.unicast-hop-limit", uw_sockets_refuse, 193, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.set-unicast-hop-limit", uw_sockets_refuse, 194, 2, 1, UW_SHORT, true },
    { "[method]udp-socket.receive-buffer-size", uw_sockets_refuse, 195, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.set-receive-buffer-size", uw_sockets_refuse, 196, 2, 1, UW_SHORT, true },
    { "[method]udp-socket.send-buffer-size", uw_sockets_refuse, 197, 1, 1, UW_SHORT, true },
    { "[method]udp-socket.set-send-buffer-size", uw_sockets_refuse, 198, 2, 1, UW_SHORT, true },
    { "[method]udp-socket.subscribe", uw_sockets_unreachable, 199, 1, 1, UW_SHORT, true },
    { "[method]incoming-datagram-stream.receive", uw_sockets_refuse, 200, 2, 1, UW_SHORT, true },
    { "[method]incoming-datagram-stream.subscribe", uw_sockets_unreachable, 201, 1, 1, UW_SHORT, true },
    { "[method]outgoing-datagram-stream.check-send", uw_sockets_refuse, 202, 1, 1, UW_SHORT, true },
    { "[method]outgoing-datagram-stream.send", uw_sockets_refuse, 203, 2, 1, UW_SHORT, true },
    { "[method]outgoing-datagram-stream.subscribe", uw_sockets_unreachable, 204, 1, 1, UW_SHORT, true },
    { 0 },
};

const uw_host_interface_t uw_sockets_interfaces[] = {
    { "wasi:sockets/instance-network", uw_sockets_versions, NULL, uw_sockets_instance_network_functions },
    { "wasi:sockets/ip-name-lookup", uw_sockets_versions, uw_sockets_ip_name_lookup_resources, uw_sockets_ip_name_lookup_functions },
    { "wasi:sockets/network", uw_sockets_versions, uw_sockets_network_resources, uw_sockets_network_functions },
    { "wasi:sockets/tcp-create-socket", uw_sockets_versions, NULL, uw_sockets_tcp_create_socket_functions },
    { "wasi:sockets/tcp", uw_sockets_versions, uw_sockets_tcp_resources, uw_sockets_tcp_functions },
    { "wasi:sockets/udp-create-socket", uw_sockets_versions, NULL, uw_sockets_udp_create_socket_functions },
    { "wasi:sockets/udp", uw_sockets_versions, uw_sockets_udp_resources, uw_sockets_udp_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */

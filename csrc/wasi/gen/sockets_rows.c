/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/sockets.h"


static uw_step_t
uw_sockets_ip_name_lookup_resolve_address_stream_resolve_next_address_call(
    uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_sockets_ip_name_lookup_resolve_address_stream_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_ip_name_lookup_resolve_address_stream_resolve_next_address(
        call, self);
}


static uw_step_t
uw_sockets_ip_name_lookup_resolve_address_stream_subscribe_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_sockets_ip_name_lookup_resolve_address_stream_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_ip_name_lookup_resolve_address_stream_subscribe(call,
                                                                      self);
}


static uw_step_t
uw_sockets_ip_name_lookup_resolve_addresses_call(uw_call_t *call)
{
    uw_resource_t *network;
    uw_slice_t name;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_network_type,
                        &network)
        || !uw_read_string(call, &call->args[1], &name))
    {
        return UW_TRAP;
    }

    return uw_sockets_ip_name_lookup_resolve_addresses(call, network, name);
}


static uw_step_t
uw_sockets_network_error_code_call(uw_call_t *call)
{
    uw_resource_t *err;

    if (!uw_read_handle(call, &call->args[0], &uw_io_error_type, &err)) {
        return UW_TRAP;
    }

    return uw_sockets_network_error_code(call, err);
}


static uw_step_t
uw_sockets_tcp_create_socket_create_tcp_socket_call(uw_call_t *call)
{
    uw_sockets_network_ip_address_family_t address_family;

    if (!uw_read_sockets_network_ip_address_family(call, &call->args[0],
                                                   &address_family))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_create_socket_create_tcp_socket(call, address_family);
}


static uw_step_t
uw_sockets_tcp_socket_start_bind_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_resource_t *network;
    uw_sockets_network_ip_socket_address_t local_address;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_handle(call, &call->args[1], &uw_sockets_network_type,
                           &network)
        || !uw_read_sockets_network_ip_socket_address(call, &call->args[2],
                                                      &local_address))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_start_bind(call, self, network,
                                            &local_address);
}


static uw_step_t
uw_sockets_tcp_socket_finish_bind_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_finish_bind(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_start_connect_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_resource_t *network;
    uw_sockets_network_ip_socket_address_t remote_address;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_handle(call, &call->args[1], &uw_sockets_network_type,
                           &network)
        || !uw_read_sockets_network_ip_socket_address(call, &call->args[2],
                                                      &remote_address))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_start_connect(call, self, network,
                                               &remote_address);
}


static uw_step_t
uw_sockets_tcp_socket_finish_connect_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_finish_connect(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_start_listen_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_start_listen(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_finish_listen_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_finish_listen(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_accept_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_accept(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_local_address_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_local_address(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_remote_address_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_remote_address(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_is_listening_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_is_listening(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_address_family_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_address_family(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_set_listen_backlog_size_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_set_listen_backlog_size(call, self, value);
}


static uw_step_t
uw_sockets_tcp_socket_keep_alive_enabled_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_keep_alive_enabled(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_set_keep_alive_enabled_call(uw_call_t *call)
{
    uw_resource_t *self;
    bool value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_bool(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_set_keep_alive_enabled(call, self, value);
}


static uw_step_t
uw_sockets_tcp_socket_keep_alive_idle_time_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_keep_alive_idle_time(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_set_keep_alive_idle_time_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_set_keep_alive_idle_time(call, self, value);
}


static uw_step_t
uw_sockets_tcp_socket_keep_alive_interval_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_keep_alive_interval(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_set_keep_alive_interval_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_set_keep_alive_interval(call, self, value);
}


static uw_step_t
uw_sockets_tcp_socket_keep_alive_count_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_keep_alive_count(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_set_keep_alive_count_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint32_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_u32(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_set_keep_alive_count(call, self, value);
}


static uw_step_t
uw_sockets_tcp_socket_hop_limit_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_hop_limit(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_set_hop_limit_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint8_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_u8(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_set_hop_limit(call, self, value);
}


static uw_step_t
uw_sockets_tcp_socket_receive_buffer_size_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_receive_buffer_size(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_set_receive_buffer_size_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_set_receive_buffer_size(call, self, value);
}


static uw_step_t
uw_sockets_tcp_socket_send_buffer_size_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_send_buffer_size(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_set_send_buffer_size_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_set_send_buffer_size(call, self, value);
}


static uw_step_t
uw_sockets_tcp_socket_subscribe_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_subscribe(call, self);
}


static uw_step_t
uw_sockets_tcp_socket_shutdown_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_sockets_tcp_shutdown_type_t shutdown_type;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_tcp_socket_type,
                        &self)
        || !uw_read_sockets_tcp_shutdown_type(call, &call->args[1],
                                              &shutdown_type))
    {
        return UW_TRAP;
    }

    return uw_sockets_tcp_socket_shutdown(call, self, shutdown_type);
}


static uw_step_t
uw_sockets_udp_create_socket_create_udp_socket_call(uw_call_t *call)
{
    uw_sockets_network_ip_address_family_t address_family;

    if (!uw_read_sockets_network_ip_address_family(call, &call->args[0],
                                                   &address_family))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_create_socket_create_udp_socket(call, address_family);
}


static uw_step_t
uw_sockets_udp_socket_start_bind_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_resource_t *network;
    uw_sockets_network_ip_socket_address_t local_address;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self)
        || !uw_read_handle(call, &call->args[1], &uw_sockets_network_type,
                           &network)
        || !uw_read_sockets_network_ip_socket_address(call, &call->args[2],
                                                      &local_address))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_start_bind(call, self, network,
                                            &local_address);
}


static uw_step_t
uw_sockets_udp_socket_finish_bind_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_finish_bind(call, self);
}


static uw_step_t
uw_sockets_udp_socket_stream_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_sockets_option_network_ip_socket_address_t remote_address;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self)
        || !uw_read_sockets_option_network_ip_socket_address(
            call, &call->args[1], &remote_address))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_stream(
        call, self, remote_address.is_some ? &remote_address.value : NULL);
}


static uw_step_t
uw_sockets_udp_socket_local_address_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_local_address(call, self);
}


static uw_step_t
uw_sockets_udp_socket_remote_address_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_remote_address(call, self);
}


static uw_step_t
uw_sockets_udp_socket_address_family_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_address_family(call, self);
}


static uw_step_t
uw_sockets_udp_socket_unicast_hop_limit_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_unicast_hop_limit(call, self);
}


static uw_step_t
uw_sockets_udp_socket_set_unicast_hop_limit_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint8_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self)
        || !uw_read_u8(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_set_unicast_hop_limit(call, self, value);
}


static uw_step_t
uw_sockets_udp_socket_receive_buffer_size_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_receive_buffer_size(call, self);
}


static uw_step_t
uw_sockets_udp_socket_set_receive_buffer_size_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_set_receive_buffer_size(call, self, value);
}


static uw_step_t
uw_sockets_udp_socket_send_buffer_size_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_send_buffer_size(call, self);
}


static uw_step_t
uw_sockets_udp_socket_set_send_buffer_size_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t value;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &value))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_set_send_buffer_size(call, self, value);
}


static uw_step_t
uw_sockets_udp_socket_subscribe_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_sockets_udp_socket_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_socket_subscribe(call, self);
}


static uw_step_t
uw_sockets_udp_incoming_datagram_stream_receive_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t max_results;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_sockets_udp_incoming_datagram_stream_type, &self)
        || !uw_read_u64(call, &call->args[1], &max_results))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_incoming_datagram_stream_receive(call, self,
                                                           max_results);
}


static uw_step_t
uw_sockets_udp_incoming_datagram_stream_subscribe_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_sockets_udp_incoming_datagram_stream_type, &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_incoming_datagram_stream_subscribe(call, self);
}


static uw_step_t
uw_sockets_udp_outgoing_datagram_stream_check_send_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_sockets_udp_outgoing_datagram_stream_type, &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_outgoing_datagram_stream_check_send(call, self);
}


static uw_step_t
uw_sockets_udp_outgoing_datagram_stream_send_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_sockets_udp_outgoing_datagram_stream_type, &self)
        || !uw_read_kind(call, &call->args[1], WASMTIME_COMPONENT_LIST))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_outgoing_datagram_stream_send(call, self,
                                                        &call->args[1]);
}


static uw_step_t
uw_sockets_udp_outgoing_datagram_stream_subscribe_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_sockets_udp_outgoing_datagram_stream_type, &self))
    {
        return UW_TRAP;
    }

    return uw_sockets_udp_outgoing_datagram_stream_subscribe(call, self);
}


/* clang-format off */

static const char *const uw_sockets_versions[] = { "0.2.", NULL };

static const uw_host_func_t uw_sockets_instance_network_functions[] = {
    { "instance-network", uw_sockets_instance_network, 146, 0, 1, UW_SHORT, false },
    { 0 },
};

const uw_resource_type_t uw_sockets_ip_name_lookup_resolve_address_stream_type = { 147, "resolve-address-stream", uw_sockets_ip_name_lookup_resolve_address_stream_drop };

static const uw_resource_type_t *const uw_sockets_ip_name_lookup_resources[] = {
    &uw_sockets_ip_name_lookup_resolve_address_stream_type,
    NULL,
};

static const uw_host_func_t uw_sockets_ip_name_lookup_functions[] = {
    { "[method]resolve-address-stream.resolve-next-address", uw_sockets_ip_name_lookup_resolve_address_stream_resolve_next_address_call, 148, 1, 1, UW_SHORT, false },
    { "[method]resolve-address-stream.subscribe", uw_sockets_ip_name_lookup_resolve_address_stream_subscribe_call, 149, 1, 1, UW_SHORT, false },
    { "resolve-addresses", uw_sockets_ip_name_lookup_resolve_addresses_call, 150, 2, 1, UW_SHORT, false },
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
    { "create-tcp-socket", uw_sockets_tcp_create_socket_create_tcp_socket_call, 153, 1, 1, UW_SHORT, false },
    { 0 },
};

const uw_resource_type_t uw_sockets_tcp_socket_type = { 154, "tcp-socket", uw_sockets_tcp_socket_drop };

static const uw_resource_type_t *const uw_sockets_tcp_resources[] = {
    &uw_sockets_tcp_socket_type,
    NULL,
};

static const uw_host_func_t uw_sockets_tcp_functions[] = {
    { "[method]tcp-socket.start-bind", uw_sockets_tcp_socket_start_bind_call, 155, 3, 1, UW_SHORT, false },
    { "[method]tcp-socket.finish-bind", uw_sockets_tcp_socket_finish_bind_call, 156, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.start-connect", uw_sockets_tcp_socket_start_connect_call, 157, 3, 1, UW_SHORT, false },
    { "[method]tcp-socket.finish-connect", uw_sockets_tcp_socket_finish_connect_call, 158, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.start-listen", uw_sockets_tcp_socket_start_listen_call, 159, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.finish-listen", uw_sockets_tcp_socket_finish_listen_call, 160, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.accept", uw_sockets_tcp_socket_accept_call, 161, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.local-address", uw_sockets_tcp_socket_local_address_call, 162, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.remote-address", uw_sockets_tcp_socket_remote_address_call, 163, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.is-listening", uw_sockets_tcp_socket_is_listening_call, 164, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.address-family", uw_sockets_tcp_socket_address_family_call, 165, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.set-listen-backlog-size", uw_sockets_tcp_socket_set_listen_backlog_size_call, 166, 2, 1, UW_SHORT, false },
    { "[method]tcp-socket.keep-alive-enabled", uw_sockets_tcp_socket_keep_alive_enabled_call, 167, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.set-keep-alive-enabled", uw_sockets_tcp_socket_set_keep_alive_enabled_call, 168, 2, 1, UW_SHORT, false },
    { "[method]tcp-socket.keep-alive-idle-time", uw_sockets_tcp_socket_keep_alive_idle_time_call, 169, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.set-keep-alive-idle-time", uw_sockets_tcp_socket_set_keep_alive_idle_time_call, 170, 2, 1, UW_SHORT, false },
    { "[method]tcp-socket.keep-alive-interval", uw_sockets_tcp_socket_keep_alive_interval_call, 171, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.set-keep-alive-interval", uw_sockets_tcp_socket_set_keep_alive_interval_call, 172, 2, 1, UW_SHORT, false },
    { "[method]tcp-socket.keep-alive-count", uw_sockets_tcp_socket_keep_alive_count_call, 173, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.set-keep-alive-count", uw_sockets_tcp_socket_set_keep_alive_count_call, 174, 2, 1, UW_SHORT, false },
    { "[method]tcp-socket.hop-limit", uw_sockets_tcp_socket_hop_limit_call, 175, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.set-hop-limit", uw_sockets_tcp_socket_set_hop_limit_call, 176, 2, 1, UW_SHORT, false },
    { "[method]tcp-socket.receive-buffer-size", uw_sockets_tcp_socket_receive_buffer_size_call, 177, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.set-receive-buffer-size", uw_sockets_tcp_socket_set_receive_buffer_size_call, 178, 2, 1, UW_SHORT, false },
    { "[method]tcp-socket.send-buffer-size", uw_sockets_tcp_socket_send_buffer_size_call, 179, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.set-send-buffer-size", uw_sockets_tcp_socket_set_send_buffer_size_call, 180, 2, 1, UW_SHORT, false },
    { "[method]tcp-socket.subscribe", uw_sockets_tcp_socket_subscribe_call, 181, 1, 1, UW_SHORT, false },
    { "[method]tcp-socket.shutdown", uw_sockets_tcp_socket_shutdown_call, 182, 2, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_sockets_udp_create_socket_functions[] = {
    { "create-udp-socket", uw_sockets_udp_create_socket_create_udp_socket_call, 183, 1, 1, UW_SHORT, false },
    { 0 },
};

const uw_resource_type_t uw_sockets_udp_socket_type = { 184, "udp-socket", uw_sockets_udp_socket_drop };
const uw_resource_type_t uw_sockets_udp_incoming_datagram_stream_type = { 185, "incoming-datagram-stream", uw_sockets_udp_incoming_datagram_stream_drop };
const uw_resource_type_t uw_sockets_udp_outgoing_datagram_stream_type = { 186, "outgoing-datagram-stream", uw_sockets_udp_outgoing_datagram_stream_drop };

static const uw_resource_type_t *const uw_sockets_udp_resources[] = {
    &uw_sockets_udp_socket_type,
    &uw_sockets_udp_incoming_datagram_stream_type,
    &uw_sockets_udp_outgoing_datagram_stream_type,
    NULL,
};

static const uw_host_func_t uw_sockets_udp_functions[] = {
    { "[method]udp-socket.start-bind", uw_sockets_udp_socket_start_bind_call, 187, 3, 1, UW_SHORT, false },
    { "[method]udp-socket.finish-bind", uw_sockets_udp_socket_finish_bind_call, 188, 1, 1, UW_SHORT, false },
    { "[method]udp-socket.stream", uw_sockets_udp_socket_stream_call, 189, 2, 1, UW_SHORT, false },
    { "[method]udp-socket.local-address", uw_sockets_udp_socket_local_address_call, 190, 1, 1, UW_SHORT, false },
    { "[method]udp-socket.remote-address", uw_sockets_udp_socket_remote_address_call, 191, 1, 1, UW_SHORT, false },
    { "[method]udp-socket.address-family", uw_sockets_udp_socket_address_family_call, 192, 1, 1, UW_SHORT, false },
    { "[method]udp-socket.unicast-hop-limit", uw_sockets_udp_socket_unicast_hop_limit_call, 193, 1, 1, UW_SHORT, false },
    { "[method]udp-socket.set-unicast-hop-limit", uw_sockets_udp_socket_set_unicast_hop_limit_call, 194, 2, 1, UW_SHORT, false },
    { "[method]udp-socket.receive-buffer-size", uw_sockets_udp_socket_receive_buffer_size_call, 195, 1, 1, UW_SHORT, false },
    { "[method]udp-socket.set-receive-buffer-size", uw_sockets_udp_socket_set_receive_buffer_size_call, 196, 2, 1, UW_SHORT, false },
    { "[method]udp-socket.send-buffer-size", uw_sockets_udp_socket_send_buffer_size_call, 197, 1, 1, UW_SHORT, false },
    { "[method]udp-socket.set-send-buffer-size", uw_sockets_udp_socket_set_send_buffer_size_call, 198, 2, 1, UW_SHORT, false },
    { "[method]udp-socket.subscribe", uw_sockets_udp_socket_subscribe_call, 199, 1, 1, UW_SHORT, false },
    { "[method]incoming-datagram-stream.receive", uw_sockets_udp_incoming_datagram_stream_receive_call, 200, 2, 1, UW_GIVES_WAY, false },
    { "[method]incoming-datagram-stream.subscribe", uw_sockets_udp_incoming_datagram_stream_subscribe_call, 201, 1, 1, UW_SHORT, false },
    { "[method]outgoing-datagram-stream.check-send", uw_sockets_udp_outgoing_datagram_stream_check_send_call, 202, 1, 1, UW_SHORT, false },
    { "[method]outgoing-datagram-stream.send", uw_sockets_udp_outgoing_datagram_stream_send_call, 203, 2, 1, UW_GIVES_WAY, false },
    { "[method]outgoing-datagram-stream.subscribe", uw_sockets_udp_outgoing_datagram_stream_subscribe_call, 204, 1, 1, UW_SHORT, false },
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

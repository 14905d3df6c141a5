/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/sockets.h"


const char *const uw_sockets_network_ip_address_family_names[] = {
    "ipv4",
    "ipv6",
};

const char *const uw_sockets_network_ipv4_socket_address_names[] = {
    "port",
    "address",
};

const char *const uw_sockets_network_ipv6_socket_address_names[] = {
    "port",
    "flow-info",
    "address",
    "scope-id",
};

const char *const uw_sockets_network_ip_socket_address_names[] = {
    "ipv4",
    "ipv6",
};

const char *const uw_sockets_tcp_shutdown_type_names[] = {
    "receive",
    "send",
    "both",
};

const char *const uw_sockets_udp_outgoing_datagram_names[] = {
    "data",
    "remote-address",
};

const char *const uw_sockets_network_ip_address_names[] = {
    "ipv4",
    "ipv6",
};

const char *const uw_sockets_network_error_code_names[] = {
    "unknown",
    "access-denied",
    "not-supported",
    "invalid-argument",
    "out-of-memory",
    "timeout",
    "concurrency-conflict",
    "not-in-progress",
    "would-block",
    "invalid-state",
    "new-socket-limit",
    "address-not-bindable",
    "address-in-use",
    "remote-unreachable",
    "connection-refused",
    "connection-reset",
    "connection-aborted",
    "datagram-too-large",
    "name-unresolvable",
    "temporary-resolver-failure",
    "permanent-resolver-failure",
};

const char *const uw_sockets_udp_incoming_datagram_names[] = {
    "data",
    "remote-address",
};

bool
uw_read_sockets_network_ip_address_family(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_network_ip_address_family_t *value)
{
    uint32_t index;

    if (!uw_read_enum(call, val, uw_sockets_network_ip_address_family_names, 2,
                      &index))
    {
        return false;
    }
    *value = (uw_sockets_network_ip_address_family_t) index;

    return true;
}


bool
uw_read_sockets_tuple_u8_u8_u8_u8(uw_call_t *call, const uw_val_t *val,
                                  uw_sockets_tuple_u8_u8_u8_u8_t *value)
{
    return uw_read_tuple(call, val, 4)
           && uw_read_u8(call, &val->of.tuple.data[0], &value->f0)
           && uw_read_u8(call, &val->of.tuple.data[1], &value->f1)
           && uw_read_u8(call, &val->of.tuple.data[2], &value->f2)
           && uw_read_u8(call, &val->of.tuple.data[3], &value->f3);
}


bool
uw_read_sockets_network_ipv4_socket_address(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_network_ipv4_socket_address_t *value)
{
    return uw_read_record(call, val, 2)
           && uw_read_u16(call, &val->of.record.data[0].val, &value->port)
           && uw_read_sockets_tuple_u8_u8_u8_u8(
               call, &val->of.record.data[1].val, &value->address);
}


bool
uw_read_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16_t *value)
{
    return uw_read_tuple(call, val, 8)
           && uw_read_u16(call, &val->of.tuple.data[0], &value->f0)
           && uw_read_u16(call, &val->of.tuple.data[1], &value->f1)
           && uw_read_u16(call, &val->of.tuple.data[2], &value->f2)
           && uw_read_u16(call, &val->of.tuple.data[3], &value->f3)
           && uw_read_u16(call, &val->of.tuple.data[4], &value->f4)
           && uw_read_u16(call, &val->of.tuple.data[5], &value->f5)
           && uw_read_u16(call, &val->of.tuple.data[6], &value->f6)
           && uw_read_u16(call, &val->of.tuple.data[7], &value->f7);
}


bool
uw_read_sockets_network_ipv6_socket_address(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_network_ipv6_socket_address_t *value)
{
    return uw_read_record(call, val, 4)
           && uw_read_u16(call, &val->of.record.data[0].val, &value->port)
           && uw_read_u32(call, &val->of.record.data[1].val, &value->flow_info)
           && uw_read_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16(
               call, &val->of.record.data[2].val, &value->address)
           && uw_read_u32(call, &val->of.record.data[3].val, &value->scope_id);
}


bool
uw_read_sockets_network_ip_socket_address(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_network_ip_socket_address_t *value)
{
    const uw_val_t *payload;
    uint32_t index;

    if (!uw_read_variant(call, val, uw_sockets_network_ip_socket_address_names,
                         2, &index, &payload))
    {
        return false;
    }
    value->tag = (uw_sockets_network_ip_socket_address_tag_t) index;

    switch (value->tag) {
    case UW_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV4:
        return uw_read_has(call, payload)
               && uw_read_sockets_network_ipv4_socket_address(call, payload,
                                                              &value->of.ipv4);
    case UW_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV6:
        return uw_read_has(call, payload)
               && uw_read_sockets_network_ipv6_socket_address(call, payload,
                                                              &value->of.ipv6);
    default:
        return true;
    }
}


bool
uw_read_sockets_tcp_shutdown_type(uw_call_t *call, const uw_val_t *val,
                                  uw_sockets_tcp_shutdown_type_t *value)
{
    uint32_t index;

    if (!uw_read_enum(call, val, uw_sockets_tcp_shutdown_type_names, 3, &index))
    {
        return false;
    }
    *value = (uw_sockets_tcp_shutdown_type_t) index;

    return true;
}


bool
uw_read_sockets_option_network_ip_socket_address(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_option_network_ip_socket_address_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    value->is_some = val->of.option != NULL;

    return !value->is_some
           || uw_read_sockets_network_ip_socket_address(call, val->of.option,
                                                        &value->value);
}


bool
uw_read_sockets_udp_outgoing_datagram(uw_call_t *call, const uw_val_t *val,
                                      uw_sockets_udp_outgoing_datagram_t *value)
{
    return uw_read_record(call, val, 2)
           && uw_read_bytes(call, &val->of.record.data[0].val, &value->data)
           && uw_read_sockets_option_network_ip_socket_address(
               call, &val->of.record.data[1].val, &value->remote_address);
}


uw_val_t
uw_make_sockets_tuple_u8_u8_u8_u8(uw_call_t *call,
                                  const uw_sockets_tuple_u8_u8_u8_u8_t *value)
{
    uw_val_t made = uw_val_tuple(call->abi, 4);

    made.of.tuple.data[0] = uw_val_u8(value->f0);
    made.of.tuple.data[1] = uw_val_u8(value->f1);
    made.of.tuple.data[2] = uw_val_u8(value->f2);
    made.of.tuple.data[3] = uw_val_u8(value->f3);

    return made;
}


uw_val_t
uw_make_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16(
    uw_call_t *call,
    const uw_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16_t *value)
{
    uw_val_t made = uw_val_tuple(call->abi, 8);

    made.of.tuple.data[0] = uw_val_u16(value->f0);
    made.of.tuple.data[1] = uw_val_u16(value->f1);
    made.of.tuple.data[2] = uw_val_u16(value->f2);
    made.of.tuple.data[3] = uw_val_u16(value->f3);
    made.of.tuple.data[4] = uw_val_u16(value->f4);
    made.of.tuple.data[5] = uw_val_u16(value->f5);
    made.of.tuple.data[6] = uw_val_u16(value->f6);
    made.of.tuple.data[7] = uw_val_u16(value->f7);

    return made;
}


uw_val_t
uw_make_sockets_network_ip_address(uw_call_t *call,
                                   const uw_sockets_network_ip_address_t *value)
{
    uw_val_t payload;

    switch (value->tag) {
    case UW_SOCKETS_NETWORK_IP_ADDRESS_IPV4:
        payload = uw_make_sockets_tuple_u8_u8_u8_u8(call, &value->of.ipv4);
        break;
    default:
        payload = uw_make_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16(
            call, &value->of.ipv6);
    }

    return uw_val_variant(
        call->abi, uw_sockets_network_ip_address_names[value->tag], &payload);
}


uw_val_t
uw_make_sockets_network_error_code(uw_call_t *call,
                                   uw_sockets_network_error_code_t value)
{
    return uw_val_enum(call->abi, uw_sockets_network_error_code_names[value]);
}


bool
uw_make_sockets_tuple_input_stream_output_stream(
    uw_call_t *call, const uw_sockets_tuple_input_stream_output_stream_t *value,
    uw_val_t *val)
{
    (*val) = uw_val_tuple(call->abi, 2);

    if (!uw_handle(call, value->f0, &(*val).of.tuple.data[0])) {
        uw_unmake(call, val);
        return false;
    }
    if (!uw_handle(call, value->f1, &(*val).of.tuple.data[1])) {
        uw_unmake(call, val);
        return false;
    }

    return true;
}


bool
uw_make_sockets_tuple_tcp_socket_input_stream_output_stream(
    uw_call_t *call,
    const uw_sockets_tuple_tcp_socket_input_stream_output_stream_t *value,
    uw_val_t *val)
{
    (*val) = uw_val_tuple(call->abi, 3);

    if (!uw_handle(call, value->f0, &(*val).of.tuple.data[0])) {
        uw_unmake(call, val);
        return false;
    }
    if (!uw_handle(call, value->f1, &(*val).of.tuple.data[1])) {
        uw_unmake(call, val);
        return false;
    }
    if (!uw_handle(call, value->f2, &(*val).of.tuple.data[2])) {
        uw_unmake(call, val);
        return false;
    }

    return true;
}


uw_val_t
uw_make_sockets_network_ipv4_socket_address(
    uw_call_t *call, const uw_sockets_network_ipv4_socket_address_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 2);

    uw_val_record_name(call->abi, &made, 0,
                       uw_sockets_network_ipv4_socket_address_names[0]);
    made.of.record.data[0].val = uw_val_u16(value->port);
    uw_val_record_name(call->abi, &made, 1,
                       uw_sockets_network_ipv4_socket_address_names[1]);
    made.of.record.data[1].val =
        uw_make_sockets_tuple_u8_u8_u8_u8(call, &value->address);

    return made;
}


uw_val_t
uw_make_sockets_network_ipv6_socket_address(
    uw_call_t *call, const uw_sockets_network_ipv6_socket_address_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 4);

    uw_val_record_name(call->abi, &made, 0,
                       uw_sockets_network_ipv6_socket_address_names[0]);
    made.of.record.data[0].val = uw_val_u16(value->port);
    uw_val_record_name(call->abi, &made, 1,
                       uw_sockets_network_ipv6_socket_address_names[1]);
    made.of.record.data[1].val = uw_val_u32(value->flow_info);
    uw_val_record_name(call->abi, &made, 2,
                       uw_sockets_network_ipv6_socket_address_names[2]);
    made.of.record.data[2].val =
        uw_make_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16(call,
                                                              &value->address);
    uw_val_record_name(call->abi, &made, 3,
                       uw_sockets_network_ipv6_socket_address_names[3]);
    made.of.record.data[3].val = uw_val_u32(value->scope_id);

    return made;
}


uw_val_t
uw_make_sockets_network_ip_socket_address(
    uw_call_t *call, const uw_sockets_network_ip_socket_address_t *value)
{
    uw_val_t payload;

    switch (value->tag) {
    case UW_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV4:
        payload =
            uw_make_sockets_network_ipv4_socket_address(call, &value->of.ipv4);
        break;
    default:
        payload =
            uw_make_sockets_network_ipv6_socket_address(call, &value->of.ipv6);
    }

    return uw_val_variant(
        call->abi, uw_sockets_network_ip_socket_address_names[value->tag],
        &payload);
}


uw_val_t
uw_make_sockets_network_ip_address_family(
    uw_call_t *call, uw_sockets_network_ip_address_family_t value)
{
    return uw_val_enum(call->abi,
                       uw_sockets_network_ip_address_family_names[value]);
}


bool
uw_make_sockets_tuple_incoming_datagram_stream_outgoing_datagram_stream(
    uw_call_t *call,
    const uw_sockets_tuple_incoming_datagram_stream_outgoing_datagram_stream_t
        *value,
    uw_val_t *val)
{
    (*val) = uw_val_tuple(call->abi, 2);

    if (!uw_handle(call, value->f0, &(*val).of.tuple.data[0])) {
        uw_unmake(call, val);
        return false;
    }
    if (!uw_handle(call, value->f1, &(*val).of.tuple.data[1])) {
        uw_unmake(call, val);
        return false;
    }

    return true;
}


uw_val_t
uw_make_sockets_udp_incoming_datagram(
    uw_call_t *call, const uw_sockets_udp_incoming_datagram_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 2);

    uw_val_record_name(call->abi, &made, 0,
                       uw_sockets_udp_incoming_datagram_names[0]);
    made.of.record.data[0].val =
        uw_val_bytes(call->abi, (value->data).data, (value->data).size);
    uw_val_record_name(call->abi, &made, 1,
                       uw_sockets_udp_incoming_datagram_names[1]);
    made.of.record.data[1].val =
        uw_make_sockets_network_ip_socket_address(call, &value->remote_address);

    return made;
}

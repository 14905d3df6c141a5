/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_SOCKETS_H
#define UW_WASI_GEN_SOCKETS_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"
#include "wasi/gen/io.h"

typedef enum {
    UW_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV4,
    UW_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV6,
} uw_sockets_network_ip_address_family_t;

typedef struct {
    uint8_t f0;
    uint8_t f1;
    uint8_t f2;
    uint8_t f3;
} uw_sockets_tuple_u8_u8_u8_u8_t;

typedef struct {
    uint16_t port;
    uw_sockets_tuple_u8_u8_u8_u8_t address;
} uw_sockets_network_ipv4_socket_address_t;

typedef struct {
    uint16_t f0;
    uint16_t f1;
    uint16_t f2;
    uint16_t f3;
    uint16_t f4;
    uint16_t f5;
    uint16_t f6;
    uint16_t f7;
} uw_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16_t;

typedef struct {
    uint16_t port;
    uint32_t flow_info;
    uw_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16_t address;
    uint32_t scope_id;
} uw_sockets_network_ipv6_socket_address_t;

typedef enum {
    UW_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV4,
    UW_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV6,
} uw_sockets_network_ip_socket_address_tag_t;

typedef struct {
    uw_sockets_network_ip_socket_address_tag_t tag;
    union {
        uw_sockets_network_ipv4_socket_address_t ipv4;
        uw_sockets_network_ipv6_socket_address_t ipv6;
    } of;
} uw_sockets_network_ip_socket_address_t;

typedef enum {
    UW_SOCKETS_TCP_SHUTDOWN_TYPE_RECEIVE,
    UW_SOCKETS_TCP_SHUTDOWN_TYPE_SEND,
    UW_SOCKETS_TCP_SHUTDOWN_TYPE_BOTH,
} uw_sockets_tcp_shutdown_type_t;

typedef struct {
    bool is_some;
    uw_sockets_network_ip_socket_address_t value;
} uw_sockets_option_network_ip_socket_address_t;

typedef struct {
    uw_slice_t data;
    uw_sockets_option_network_ip_socket_address_t remote_address;
} uw_sockets_udp_outgoing_datagram_t;

typedef enum {
    UW_SOCKETS_NETWORK_IP_ADDRESS_IPV4,
    UW_SOCKETS_NETWORK_IP_ADDRESS_IPV6,
} uw_sockets_network_ip_address_tag_t;

typedef struct {
    uw_sockets_network_ip_address_tag_t tag;
    union {
        uw_sockets_tuple_u8_u8_u8_u8_t ipv4;
        uw_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16_t ipv6;
    } of;
} uw_sockets_network_ip_address_t;

typedef enum {
    UW_SOCKETS_NETWORK_ERROR_CODE_UNKNOWN,
    UW_SOCKETS_NETWORK_ERROR_CODE_ACCESS_DENIED,
    UW_SOCKETS_NETWORK_ERROR_CODE_NOT_SUPPORTED,
    UW_SOCKETS_NETWORK_ERROR_CODE_INVALID_ARGUMENT,
    UW_SOCKETS_NETWORK_ERROR_CODE_OUT_OF_MEMORY,
    UW_SOCKETS_NETWORK_ERROR_CODE_TIMEOUT,
    UW_SOCKETS_NETWORK_ERROR_CODE_CONCURRENCY_CONFLICT,
    UW_SOCKETS_NETWORK_ERROR_CODE_NOT_IN_PROGRESS,
    UW_SOCKETS_NETWORK_ERROR_CODE_WOULD_BLOCK,
    UW_SOCKETS_NETWORK_ERROR_CODE_INVALID_STATE,
    UW_SOCKETS_NETWORK_ERROR_CODE_NEW_SOCKET_LIMIT,
    UW_SOCKETS_NETWORK_ERROR_CODE_ADDRESS_NOT_BINDABLE,
    UW_SOCKETS_NETWORK_ERROR_CODE_ADDRESS_IN_USE,
    UW_SOCKETS_NETWORK_ERROR_CODE_REMOTE_UNREACHABLE,
    UW_SOCKETS_NETWORK_ERROR_CODE_CONNECTION_REFUSED,
    UW_SOCKETS_NETWORK_ERROR_CODE_CONNECTION_RESET,
    UW_SOCKETS_NETWORK_ERROR_CODE_CONNECTION_ABORTED,
    UW_SOCKETS_NETWORK_ERROR_CODE_DATAGRAM_TOO_LARGE,
    UW_SOCKETS_NETWORK_ERROR_CODE_NAME_UNRESOLVABLE,
    UW_SOCKETS_NETWORK_ERROR_CODE_TEMPORARY_RESOLVER_FAILURE,
    UW_SOCKETS_NETWORK_ERROR_CODE_PERMANENT_RESOLVER_FAILURE,
} uw_sockets_network_error_code_t;

typedef struct {
    uw_resource_t *f0;
    uw_resource_t *f1;
} uw_sockets_tuple_input_stream_output_stream_t;

typedef struct {
    uw_resource_t *f0;
    uw_resource_t *f1;
    uw_resource_t *f2;
} uw_sockets_tuple_tcp_socket_input_stream_output_stream_t;

typedef struct {
    uw_resource_t *f0;
    uw_resource_t *f1;
} uw_sockets_tuple_incoming_datagram_stream_outgoing_datagram_stream_t;

typedef struct {
    uw_slice_t data;
    uw_sockets_network_ip_socket_address_t remote_address;
} uw_sockets_udp_incoming_datagram_t;

extern const char *const uw_sockets_network_ip_address_family_names[2];

extern const char *const uw_sockets_network_ipv4_socket_address_names[2];

extern const char *const uw_sockets_network_ipv6_socket_address_names[4];

extern const char *const uw_sockets_network_ip_socket_address_names[2];

extern const char *const uw_sockets_tcp_shutdown_type_names[3];

extern const char *const uw_sockets_udp_outgoing_datagram_names[2];

extern const char *const uw_sockets_network_ip_address_names[2];

extern const char *const uw_sockets_network_error_code_names[21];

extern const char *const uw_sockets_udp_incoming_datagram_names[2];

bool uw_read_sockets_network_ip_address_family(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_network_ip_address_family_t *value);

bool uw_read_sockets_tuple_u8_u8_u8_u8(uw_call_t *call, const uw_val_t *val,
                                       uw_sockets_tuple_u8_u8_u8_u8_t *value);

bool uw_read_sockets_network_ipv4_socket_address(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_network_ipv4_socket_address_t *value);

bool uw_read_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16_t *value);

bool uw_read_sockets_network_ipv6_socket_address(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_network_ipv6_socket_address_t *value);

bool uw_read_sockets_network_ip_socket_address(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_network_ip_socket_address_t *value);

bool uw_read_sockets_tcp_shutdown_type(uw_call_t *call, const uw_val_t *val,
                                       uw_sockets_tcp_shutdown_type_t *value);

bool uw_read_sockets_option_network_ip_socket_address(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_option_network_ip_socket_address_t *value);

bool uw_read_sockets_udp_outgoing_datagram(
    uw_call_t *call, const uw_val_t *val,
    uw_sockets_udp_outgoing_datagram_t *value);

uw_val_t uw_make_sockets_tuple_u8_u8_u8_u8(
    uw_call_t *call, const uw_sockets_tuple_u8_u8_u8_u8_t *value);

uw_val_t uw_make_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16(
    uw_call_t *call,
    const uw_sockets_tuple_u16_u16_u16_u16_u16_u16_u16_u16_t *value);

uw_val_t uw_make_sockets_network_ip_address(
    uw_call_t *call, const uw_sockets_network_ip_address_t *value);

uw_val_t uw_make_sockets_network_error_code(
    uw_call_t *call, uw_sockets_network_error_code_t value);

bool uw_make_sockets_tuple_input_stream_output_stream(
    uw_call_t *call, const uw_sockets_tuple_input_stream_output_stream_t *value,
    uw_val_t *val);

bool uw_make_sockets_tuple_tcp_socket_input_stream_output_stream(
    uw_call_t *call,
    const uw_sockets_tuple_tcp_socket_input_stream_output_stream_t *value,
    uw_val_t *val);

uw_val_t uw_make_sockets_network_ipv4_socket_address(
    uw_call_t *call, const uw_sockets_network_ipv4_socket_address_t *value);

uw_val_t uw_make_sockets_network_ipv6_socket_address(
    uw_call_t *call, const uw_sockets_network_ipv6_socket_address_t *value);

uw_val_t uw_make_sockets_network_ip_socket_address(
    uw_call_t *call, const uw_sockets_network_ip_socket_address_t *value);

uw_val_t uw_make_sockets_network_ip_address_family(
    uw_call_t *call, uw_sockets_network_ip_address_family_t value);

bool uw_make_sockets_tuple_incoming_datagram_stream_outgoing_datagram_stream(
    uw_call_t *call,
    const uw_sockets_tuple_incoming_datagram_stream_outgoing_datagram_stream_t
        *value,
    uw_val_t *val);

uw_val_t uw_make_sockets_udp_incoming_datagram(
    uw_call_t *call, const uw_sockets_udp_incoming_datagram_t *value);

extern const uw_resource_type_t
    uw_sockets_ip_name_lookup_resolve_address_stream_type;
void uw_sockets_ip_name_lookup_resolve_address_stream_drop(
    uw_instance_t *instance, uw_resource_t *resource);
extern const uw_resource_type_t uw_sockets_network_type;
extern const uw_resource_type_t uw_sockets_tcp_socket_type;
void uw_sockets_tcp_socket_drop(uw_instance_t *instance,
                                uw_resource_t *resource);
extern const uw_resource_type_t uw_sockets_udp_socket_type;
void uw_sockets_udp_socket_drop(uw_instance_t *instance,
                                uw_resource_t *resource);
extern const uw_resource_type_t uw_sockets_udp_incoming_datagram_stream_type;
void uw_sockets_udp_incoming_datagram_stream_drop(uw_instance_t *instance,
                                                  uw_resource_t *resource);
extern const uw_resource_type_t uw_sockets_udp_outgoing_datagram_stream_type;
void uw_sockets_udp_outgoing_datagram_stream_drop(uw_instance_t *instance,
                                                  uw_resource_t *resource);

/* instance-network() -> network */
uw_step_t uw_sockets_instance_network(uw_call_t *call);

/* [method]resolve-address-stream.resolve-next-address(self: borrow<resolve-address-stream>) -> result<option<ip-address>, error-code> */
uw_step_t uw_sockets_ip_name_lookup_resolve_address_stream_resolve_next_address(
    uw_call_t *call, uw_resource_t *self);

/* [method]resolve-address-stream.subscribe(self: borrow<resolve-address-stream>) -> pollable */
uw_step_t uw_sockets_ip_name_lookup_resolve_address_stream_subscribe(
    uw_call_t *call, uw_resource_t *self);

/* resolve-addresses(network: borrow<network>, name: string) -> result<resolve-address-stream, error-code> */
uw_step_t uw_sockets_ip_name_lookup_resolve_addresses(uw_call_t *call,
                                                      uw_resource_t *network,
                                                      uw_slice_t name);

/* network-error-code(err: borrow<error>) -> option<error-code> */
uw_step_t uw_sockets_network_error_code(uw_call_t *call, uw_resource_t *err);

/* create-tcp-socket(address-family: ip-address-family) -> result<tcp-socket, error-code> */
uw_step_t uw_sockets_tcp_create_socket_create_tcp_socket(
    uw_call_t *call, uw_sockets_network_ip_address_family_t address_family);

/* [method]tcp-socket.start-bind(self: borrow<tcp-socket>, network: borrow<network>, local-address: ip-socket-address) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_start_bind(
    uw_call_t *call, uw_resource_t *self, uw_resource_t *network,
    const uw_sockets_network_ip_socket_address_t *local_address);

/* [method]tcp-socket.finish-bind(self: borrow<tcp-socket>) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_finish_bind(uw_call_t *call,
                                            uw_resource_t *self);

/* [method]tcp-socket.start-connect(self: borrow<tcp-socket>, network: borrow<network>, remote-address: ip-socket-address) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_start_connect(
    uw_call_t *call, uw_resource_t *self, uw_resource_t *network,
    const uw_sockets_network_ip_socket_address_t *remote_address);

/* [method]tcp-socket.finish-connect(self: borrow<tcp-socket>) -> result<tuple<input-stream, output-stream>, error-code> */
uw_step_t uw_sockets_tcp_socket_finish_connect(uw_call_t *call,
                                               uw_resource_t *self);

/* [method]tcp-socket.start-listen(self: borrow<tcp-socket>) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_start_listen(uw_call_t *call,
                                             uw_resource_t *self);

/* [method]tcp-socket.finish-listen(self: borrow<tcp-socket>) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_finish_listen(uw_call_t *call,
                                              uw_resource_t *self);

/* [method]tcp-socket.accept(self: borrow<tcp-socket>) -> result<tuple<tcp-socket, input-stream, output-stream>, error-code> */
uw_step_t uw_sockets_tcp_socket_accept(uw_call_t *call, uw_resource_t *self);

/* [method]tcp-socket.local-address(self: borrow<tcp-socket>) -> result<ip-socket-address, error-code> */
uw_step_t uw_sockets_tcp_socket_local_address(uw_call_t *call,
                                              uw_resource_t *self);

/* [method]tcp-socket.remote-address(self: borrow<tcp-socket>) -> result<ip-socket-address, error-code> */
uw_step_t uw_sockets_tcp_socket_remote_address(uw_call_t *call,
                                               uw_resource_t *self);

/* [method]tcp-socket.is-listening(self: borrow<tcp-socket>) -> bool */
uw_step_t uw_sockets_tcp_socket_is_listening(uw_call_t *call,
                                             uw_resource_t *self);

/* [method]tcp-socket.address-family(self: borrow<tcp-socket>) -> ip-address-family */
uw_step_t uw_sockets_tcp_socket_address_family(uw_call_t *call,
                                               uw_resource_t *self);

/* [method]tcp-socket.set-listen-backlog-size(self: borrow<tcp-socket>, value: u64) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_set_listen_backlog_size(uw_call_t *call,
                                                        uw_resource_t *self,
                                                        uint64_t value);

/* [method]tcp-socket.keep-alive-enabled(self: borrow<tcp-socket>) -> result<bool, error-code> */
uw_step_t uw_sockets_tcp_socket_keep_alive_enabled(uw_call_t *call,
                                                   uw_resource_t *self);

/* [method]tcp-socket.set-keep-alive-enabled(self: borrow<tcp-socket>, value: bool) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_set_keep_alive_enabled(uw_call_t *call,
                                                       uw_resource_t *self,
                                                       bool value);

/* [method]tcp-socket.keep-alive-idle-time(self: borrow<tcp-socket>) -> result<duration, error-code> */
uw_step_t uw_sockets_tcp_socket_keep_alive_idle_time(uw_call_t *call,
                                                     uw_resource_t *self);

/* [method]tcp-socket.set-keep-alive-idle-time(self: borrow<tcp-socket>, value: duration) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_set_keep_alive_idle_time(uw_call_t *call,
                                                         uw_resource_t *self,
                                                         uint64_t value);

/* [method]tcp-socket.keep-alive-interval(self: borrow<tcp-socket>) -> result<duration, error-code> */
uw_step_t uw_sockets_tcp_socket_keep_alive_interval(uw_call_t *call,
                                                    uw_resource_t *self);

/* [method]tcp-socket.set-keep-alive-interval(self: borrow<tcp-socket>, value: duration) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_set_keep_alive_interval(uw_call_t *call,
                                                        uw_resource_t *self,
                                                        uint64_t value);

/* [method]tcp-socket.keep-alive-count(self: borrow<tcp-socket>) -> result<u32, error-code> */
uw_step_t uw_sockets_tcp_socket_keep_alive_count(uw_call_t *call,
                                                 uw_resource_t *self);

/* [method]tcp-socket.set-keep-alive-count(self: borrow<tcp-socket>, value: u32) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_set_keep_alive_count(uw_call_t *call,
                                                     uw_resource_t *self,
                                                     uint32_t value);

/* [method]tcp-socket.hop-limit(self: borrow<tcp-socket>) -> result<u8, error-code> */
uw_step_t uw_sockets_tcp_socket_hop_limit(uw_call_t *call, uw_resource_t *self);

/* [method]tcp-socket.set-hop-limit(self: borrow<tcp-socket>, value: u8) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_set_hop_limit(uw_call_t *call,
                                              uw_resource_t *self,
                                              uint8_t value);

/* [method]tcp-socket.receive-buffer-size(self: borrow<tcp-socket>) -> result<u64, error-code> */
uw_step_t uw_sockets_tcp_socket_receive_buffer_size(uw_call_t *call,
                                                    uw_resource_t *self);

/* [method]tcp-socket.set-receive-buffer-size(self: borrow<tcp-socket>, value: u64) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_set_receive_buffer_size(uw_call_t *call,
                                                        uw_resource_t *self,
                                                        uint64_t value);

/* [method]tcp-socket.send-buffer-size(self: borrow<tcp-socket>) -> result<u64, error-code> */
uw_step_t uw_sockets_tcp_socket_send_buffer_size(uw_call_t *call,
                                                 uw_resource_t *self);

/* [method]tcp-socket.set-send-buffer-size(self: borrow<tcp-socket>, value: u64) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_set_send_buffer_size(uw_call_t *call,
                                                     uw_resource_t *self,
                                                     uint64_t value);

/* [method]tcp-socket.subscribe(self: borrow<tcp-socket>) -> pollable */
uw_step_t uw_sockets_tcp_socket_subscribe(uw_call_t *call, uw_resource_t *self);

/* [method]tcp-socket.shutdown(self: borrow<tcp-socket>, shutdown-type: shutdown-type) -> result<_, error-code> */
uw_step_t uw_sockets_tcp_socket_shutdown(
    uw_call_t *call, uw_resource_t *self,
    uw_sockets_tcp_shutdown_type_t shutdown_type);

/* create-udp-socket(address-family: ip-address-family) -> result<udp-socket, error-code> */
uw_step_t uw_sockets_udp_create_socket_create_udp_socket(
    uw_call_t *call, uw_sockets_network_ip_address_family_t address_family);

/* [method]udp-socket.start-bind(self: borrow<udp-socket>, network: borrow<network>, local-address: ip-socket-address) -> result<_, error-code> */
uw_step_t uw_sockets_udp_socket_start_bind(
    uw_call_t *call, uw_resource_t *self, uw_resource_t *network,
    const uw_sockets_network_ip_socket_address_t *local_address);

/* [method]udp-socket.finish-bind(self: borrow<udp-socket>) -> result<_, error-code> */
uw_step_t uw_sockets_udp_socket_finish_bind(uw_call_t *call,
                                            uw_resource_t *self);

/* [method]udp-socket.stream(self: borrow<udp-socket>, remote-address: option<ip-socket-address>) -> result<tuple<incoming-datagram-stream, outgoing-datagram-stream>, error-code> */
uw_step_t uw_sockets_udp_socket_stream(
    uw_call_t *call, uw_resource_t *self,
    const uw_sockets_network_ip_socket_address_t *remote_address);

/* [method]udp-socket.local-address(self: borrow<udp-socket>) -> result<ip-socket-address, error-code> */
uw_step_t uw_sockets_udp_socket_local_address(uw_call_t *call,
                                              uw_resource_t *self);

/* [method]udp-socket.remote-address(self: borrow<udp-socket>) -> result<ip-socket-address, error-code> */
uw_step_t uw_sockets_udp_socket_remote_address(uw_call_t *call,
                                               uw_resource_t *self);

/* [method]udp-socket.address-family(self: borrow<udp-socket>) -> ip-address-family */
uw_step_t uw_sockets_udp_socket_address_family(uw_call_t *call,
                                               uw_resource_t *self);

/* [method]udp-socket.unicast-hop-limit(self: borrow<udp-socket>) -> result<u8, error-code> */
uw_step_t uw_sockets_udp_socket_unicast_hop_limit(uw_call_t *call,
                                                  uw_resource_t *self);

/* [method]udp-socket.set-unicast-hop-limit(self: borrow<udp-socket>, value: u8) -> result<_, error-code> */
uw_step_t uw_sockets_udp_socket_set_unicast_hop_limit(uw_call_t *call,
                                                      uw_resource_t *self,
                                                      uint8_t value);

/* [method]udp-socket.receive-buffer-size(self: borrow<udp-socket>) -> result<u64, error-code> */
uw_step_t uw_sockets_udp_socket_receive_buffer_size(uw_call_t *call,
                                                    uw_resource_t *self);

/* [method]udp-socket.set-receive-buffer-size(self: borrow<udp-socket>, value: u64) -> result<_, error-code> */
uw_step_t uw_sockets_udp_socket_set_receive_buffer_size(uw_call_t *call,
                                                        uw_resource_t *self,
                                                        uint64_t value);

/* [method]udp-socket.send-buffer-size(self: borrow<udp-socket>) -> result<u64, error-code> */
uw_step_t uw_sockets_udp_socket_send_buffer_size(uw_call_t *call,
                                                 uw_resource_t *self);

/* [method]udp-socket.set-send-buffer-size(self: borrow<udp-socket>, value: u64) -> result<_, error-code> */
uw_step_t uw_sockets_udp_socket_set_send_buffer_size(uw_call_t *call,
                                                     uw_resource_t *self,
                                                     uint64_t value);

/* [method]udp-socket.subscribe(self: borrow<udp-socket>) -> pollable */
uw_step_t uw_sockets_udp_socket_subscribe(uw_call_t *call, uw_resource_t *self);

/* [method]incoming-datagram-stream.receive(self: borrow<incoming-datagram-stream>, max-results: u64) -> result<list<incoming-datagram>, error-code> */
uw_step_t uw_sockets_udp_incoming_datagram_stream_receive(uw_call_t *call,
                                                          uw_resource_t *self,
                                                          uint64_t max_results);

/* [method]incoming-datagram-stream.subscribe(self: borrow<incoming-datagram-stream>) -> pollable */
uw_step_t uw_sockets_udp_incoming_datagram_stream_subscribe(
    uw_call_t *call, uw_resource_t *self);

/* [method]outgoing-datagram-stream.check-send(self: borrow<outgoing-datagram-stream>) -> result<u64, error-code> */
uw_step_t uw_sockets_udp_outgoing_datagram_stream_check_send(
    uw_call_t *call, uw_resource_t *self);

/* [method]outgoing-datagram-stream.send(self: borrow<outgoing-datagram-stream>, datagrams: list<outgoing-datagram>) -> result<u64, error-code> */
uw_step_t uw_sockets_udp_outgoing_datagram_stream_send(
    uw_call_t *call, uw_resource_t *self, const uw_val_t *datagrams);

/* [method]outgoing-datagram-stream.subscribe(self: borrow<outgoing-datagram-stream>) -> pollable */
uw_step_t uw_sockets_udp_outgoing_datagram_stream_subscribe(
    uw_call_t *call, uw_resource_t *self);

extern const uw_host_interface_t uw_sockets_interfaces[];

#endif /* UW_WASI_GEN_SOCKETS_H */

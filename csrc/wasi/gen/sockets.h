/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_SOCKETS_H
#define UW_WASI_GEN_SOCKETS_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"
#include "wasi/gen/io.h"

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

extern const char *const uw_sockets_network_error_code_names[21];

uw_val_t uw_make_sockets_network_error_code(
    uw_call_t *call, uw_sockets_network_error_code_t value);

extern const uw_resource_type_t
    uw_sockets_ip_name_lookup_resolve_address_stream_type;
extern const uw_resource_type_t uw_sockets_network_type;
extern const uw_resource_type_t uw_sockets_tcp_socket_type;
extern const uw_resource_type_t uw_sockets_udp_socket_type;
extern const uw_resource_type_t uw_sockets_udp_incoming_datagram_stream_type;
extern const uw_resource_type_t uw_sockets_udp_outgoing_datagram_stream_type;

uw_step_t uw_sockets_refuse(uw_call_t *call);

uw_step_t uw_sockets_unreachable(uw_call_t *call);

/* instance-network() -> network */
uw_step_t uw_sockets_instance_network(uw_call_t *call);

/* network-error-code(err: borrow<error>) -> option<error-code> */
uw_step_t uw_sockets_network_error_code(uw_call_t *call, uw_resource_t *err);

extern const uw_host_interface_t uw_sockets_interfaces[];

#endif /* UW_WASI_GEN_SOCKETS_H */

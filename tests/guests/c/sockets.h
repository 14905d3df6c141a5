/* wasi:sockets, as the canonical ABI has it: see wasi_http.h for how to read the
 * imports. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "guest.h"
#include "wasi_more.h"

typedef struct {
    uint16_t port;
    uint8_t address[4];
} ipv4_address;

typedef struct {
    uint16_t port;
    uint32_t flow_info;
    uint16_t address[8];
    uint32_t scope_id;
} ipv6_address;

typedef struct {
    uint8_t tag; /* 0: ipv4, 1: ipv6 */
    union {
        ipv4_address v4;
        ipv6_address v6;
    };
} ip_address;

/* An address as parameters: its tag, and eleven numbers. */
#define ADDRESS_PARAMS                                                         \
    int32_t tag, int32_t p0, int32_t p1, int32_t p2, int32_t p3, int32_t p4,   \
        int32_t p5, int32_t p6, int32_t p7, int32_t p8, int32_t p9,            \
        int32_t p10

typedef struct {
    uint8_t is_err;
    uint8_t err;
} socket_result;

typedef WASI_RESULT(ip_address, uint8_t) socket_result_address;

typedef WASI_RESULT(uint64_t, uint8_t) socket_result_u64;

typedef WASI_RESULT(uint32_t, uint8_t) socket_result_u32;

typedef struct {
    uint8_t is_err;
    uint8_t ok; /* or the error */
} socket_result_u8;

typedef WASI_RESULT(struct {
    int32_t input;
    int32_t output;
}, uint8_t) socket_result_streams;

typedef WASI_RESULT(struct {
    int32_t socket;
    int32_t input;
    int32_t output;
}, uint8_t) socket_result_accepted;

#define TCP(name) WASI_IMPORT("sockets/tcp", "[method]tcp-socket." name)
#define UDP(name) WASI_IMPORT("sockets/udp", "[method]udp-socket." name)

TCP("start-bind")
void tcp_start_bind(int32_t self, int32_t network, ADDRESS_PARAMS,
                    socket_result *result);
TCP("finish-bind") void tcp_finish_bind(int32_t self, socket_result *result);
TCP("start-connect")
void tcp_start_connect(int32_t self, int32_t network, ADDRESS_PARAMS,
                       socket_result *result);
TCP("finish-connect")
void tcp_finish_connect(int32_t self, socket_result_streams *result);
TCP("start-listen") void tcp_start_listen(int32_t self, socket_result *result);
TCP("finish-listen")
void tcp_finish_listen(int32_t self, socket_result *result);
TCP("accept") void tcp_accept(int32_t self, socket_result_accepted *result);
TCP("local-address")
void tcp_local_address(int32_t self, socket_result_address *result);
TCP("remote-address")
void tcp_remote_address(int32_t self, socket_result_address *result);
TCP("is-listening") int32_t tcp_is_listening(int32_t self);
TCP("address-family") int32_t tcp_address_family(int32_t self);
TCP("set-listen-backlog-size")
void tcp_set_backlog(int32_t self, uint64_t value, socket_result *result);
TCP("keep-alive-enabled")
void tcp_keep_alive(int32_t self, socket_result_u8 *result);
TCP("set-keep-alive-enabled")
void tcp_set_keep_alive(int32_t self, int32_t value, socket_result *result);
TCP("keep-alive-idle-time")
void tcp_idle_time(int32_t self, socket_result_u64 *result);
TCP("set-keep-alive-idle-time")
void tcp_set_idle_time(int32_t self, uint64_t value, socket_result *result);
TCP("keep-alive-interval")
void tcp_interval(int32_t self, socket_result_u64 *result);
TCP("set-keep-alive-interval")
void tcp_set_interval(int32_t self, uint64_t value, socket_result *result);
TCP("keep-alive-count") void tcp_count(int32_t self, socket_result_u32 *result);
TCP("set-keep-alive-count")
void tcp_set_count(int32_t self, int32_t value, socket_result *result);
TCP("hop-limit") void tcp_hop_limit(int32_t self, socket_result_u8 *result);
TCP("set-hop-limit")
void tcp_set_hop_limit(int32_t self, int32_t value, socket_result *result);
TCP("receive-buffer-size")
void tcp_receive_size(int32_t self, socket_result_u64 *result);
TCP("set-receive-buffer-size")
void tcp_set_receive_size(int32_t self, uint64_t value, socket_result *result);
TCP("send-buffer-size")
void tcp_send_size(int32_t self, socket_result_u64 *result);
TCP("set-send-buffer-size")
void tcp_set_send_size(int32_t self, uint64_t value, socket_result *result);
TCP("subscribe") int32_t tcp_subscribe(int32_t self);
TCP("shutdown")
void tcp_shutdown(int32_t self, int32_t how, socket_result *result);
WASI_IMPORT("sockets/tcp", "[resource-drop]tcp-socket")
void tcp_drop(int32_t own_socket);

UDP("start-bind")
void udp_start_bind(int32_t self, int32_t network, ADDRESS_PARAMS,
                    socket_result *result);
UDP("finish-bind") void udp_finish_bind(int32_t self, socket_result *result);
UDP("stream")
void udp_stream(int32_t self, int32_t some, ADDRESS_PARAMS,
                socket_result_streams *result);
UDP("local-address")
void udp_local_address(int32_t self, socket_result_address *result);
UDP("remote-address")
void udp_remote_address(int32_t self, socket_result_address *result);
UDP("address-family") int32_t udp_address_family(int32_t self);
UDP("unicast-hop-limit")
void udp_hop_limit(int32_t self, socket_result_u8 *result);
UDP("set-unicast-hop-limit")
void udp_set_hop_limit(int32_t self, int32_t value, socket_result *result);
UDP("receive-buffer-size")
void udp_receive_size(int32_t self, socket_result_u64 *result);
UDP("set-receive-buffer-size")
void udp_set_receive_size(int32_t self, uint64_t value, socket_result *result);
UDP("send-buffer-size")
void udp_send_size(int32_t self, socket_result_u64 *result);
UDP("set-send-buffer-size")
void udp_set_send_size(int32_t self, uint64_t value, socket_result *result);
UDP("subscribe") int32_t udp_subscribe(int32_t self);
WASI_IMPORT("sockets/udp", "[resource-drop]udp-socket")
void udp_drop(int32_t own_socket);

typedef struct {
    wasi_bytes data;
    ip_address remote_address;
} incoming_datagram;

typedef struct {
    wasi_bytes data;
    WASI_OPTION(ip_address) remote_address;
} outgoing_datagram;

typedef WASI_RESULT(WASI_LIST(incoming_datagram), uint8_t) socket_result_datagrams;

WASI_IMPORT("sockets/udp", "[method]incoming-datagram-stream.receive")
void udp_receive(int32_t self, uint64_t max_results,
                 socket_result_datagrams *result);
WASI_IMPORT("sockets/udp", "[method]incoming-datagram-stream.subscribe")
int32_t udp_incoming_subscribe(int32_t self);
WASI_IMPORT("sockets/udp", "[resource-drop]incoming-datagram-stream")
void udp_incoming_drop(int32_t own_stream);
WASI_IMPORT("sockets/udp", "[method]outgoing-datagram-stream.check-send")
void udp_check_send(int32_t self, socket_result_u64 *result);
WASI_IMPORT("sockets/udp", "[method]outgoing-datagram-stream.send")
void udp_send(int32_t self, const outgoing_datagram *datagrams, size_t count,
              socket_result_u64 *result);
WASI_IMPORT("sockets/udp", "[method]outgoing-datagram-stream.subscribe")
int32_t udp_outgoing_subscribe(int32_t self);
WASI_IMPORT("sockets/udp", "[resource-drop]outgoing-datagram-stream")
void udp_outgoing_drop(int32_t own_stream);

/* result<option<ip-address>, error-code> */
typedef WASI_RESULT(WASI_OPTION(struct {
    uint8_t tag;
    union {
        uint8_t v4[4];
        uint16_t v6[8];
    };
}), uint8_t) socket_result_ip;

WASI_IMPORT("sockets/ip-name-lookup",
            "[method]resolve-address-stream.resolve-next-address")
void resolve_next_address(int32_t self, socket_result_ip *result);
WASI_IMPORT("sockets/ip-name-lookup",
            "[method]resolve-address-stream.subscribe")
int32_t resolve_subscribe(int32_t self);
WASI_IMPORT("sockets/ip-name-lookup", "[resource-drop]resolve-address-stream")
void resolve_drop(int32_t own_stream);

#endif

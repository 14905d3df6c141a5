/* The double's version of Unit's nxt_port.h; see nxt_main.h. */

#ifndef DOUBLE_NXT_PORT_H
#define DOUBLE_NXT_PORT_H

#include <stdint.h>
#include <sys/types.h>

/* Their numbers differ from one version of Unit to the next. */
enum {
    _NXT_PORT_MSG_NEW_PORT = 13,
    _NXT_PORT_MSG_GET_PORT = 14,
    _NXT_PORT_MSG_REQ_HEADERS_ACK = 24,
    _NXT_PORT_MSG_DATA = 27,
    _NXT_PORT_MSG_OOSM = 30,
    _NXT_PORT_MSG_READ_QUEUE = 32,
    _NXT_PORT_MSG_READ_SOCKET = 33
};

typedef struct {
    uint32_t stream;
    pid_t pid;
    uint16_t reply_port;
    uint8_t type;
    uint8_t last;
    uint8_t mmap;
    uint8_t nf;
    uint8_t mf;
} nxt_port_msg_t;

typedef struct {
    uint16_t id;
    pid_t pid;
    size_t max_size;
    size_t max_share;
    int type : 8;
} nxt_port_msg_new_port_t;

typedef struct {
    uint16_t id;
    pid_t pid;
} nxt_port_msg_get_port_t;

#endif /* DOUBLE_NXT_PORT_H */

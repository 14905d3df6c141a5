/*
 * What the module's other files ask of libunit.  nxt_shim.c answers, and knows
 * Unit's headers alone: to the others libunit's structs are handles.
 */

#ifndef UW_NXT_SHIM_H
#define UW_NXT_SHIM_H

#include <sys/types.h>

#include "exchange.h"
#include "json.h"

/* libunit's context, a port that it reads, and a request. */
typedef struct nxt_unit_ctx_s uw_nxt_ctx_t;
typedef struct nxt_unit_port_s uw_nxt_unit_port_t;
typedef struct nxt_unit_request_info_s uw_nxt_req_t;

/* The name of a port. */
typedef struct {
    int32_t pid;
    uint16_t id;
} uw_nxt_port_id_t;

/* A value of Unit's configuration. */
typedef struct nxt_conf_value_s uw_nxt_conf_t;

/* libunit sends up to so many bytes without shared memory. */
#define UW_NXT_PLAIN 1024

/* A field's name has an 8-bit length in libunit. */
#define UW_NXT_NAME_MAX 255

typedef enum {
    UW_NXT_OK,
    UW_NXT_AGAIN, /* not now: no message, or no shared memory */
    UW_NXT_ERROR, /* libunit's log says why */
} uw_nxt_result_t;

/* The head of a response, with bytes of its body in the same message. */
typedef struct {
    uint16_t status;
    const uw_fields_t *fields;
    uw_slice_t length; /* Content-Length to be added; empty: none */
    uw_slice_t body;
    bool last; /* nothing follows: it leaves with uw_nxt_request_done() */
} uw_nxt_head_t;

/* Takes a message out of a port; libunit calls back from inside. */
uw_nxt_result_t uw_nxt_take_message(uw_nxt_ctx_t *ctx, uw_nxt_unit_port_t *port)
    UW_CHECKED;

/* Method, target and headers into an exchange: 0, or the status that refuses. */
int uw_nxt_read_head(uw_nxt_req_t *req, uw_exchange_t *exchange,
                     const uw_settings_t *settings) UW_CHECKED;

/* The next bytes of its body: how many, 0 at its end, or -1. */
ssize_t uw_nxt_read_body(uw_nxt_req_t *req, uint8_t *bytes, size_t size)
    UW_CHECKED;

/* Bytes that a head of a response takes; `text` is as uw_head_text_size() counts. */
size_t uw_nxt_head_size(size_t fields, size_t text);
size_t uw_nxt_head_max(void);

/* May wait where the message is larger than UW_NXT_PLAIN.  Never AGAIN. */
uw_nxt_result_t uw_nxt_send_head(uw_nxt_req_t *req, const uw_nxt_head_t *head)
    UW_CHECKED;

/* Never waits: returns how many bytes were taken, or -1. */
ssize_t uw_nxt_send_body(uw_nxt_req_t *req, uw_slice_t bytes) UW_CHECKED;

/* The request is no more; unless `whole`, its client sees a cut connection. */
void uw_nxt_request_done(uw_nxt_req_t *req, bool whole);

/* ---- The queue of a port (nxt_port_queue.h), in shared memory ---- */

/* The most bytes of a message in a queue, and the size of one that only says
 * that the next message is in the socket. */
#define UW_NXT_QUEUE_ITEM 31
#define UW_NXT_ANNOUNCEMENT 1

size_t uw_nxt_queue_size(void);

/* For one that only this process uses; the memory is zero. */
void uw_nxt_queue_init(void *queue);

/* Puts an announcement in; false when the queue is full. */
bool uw_nxt_queue_announce(void *queue) UW_CHECKED;

/* Takes a message of up to UW_NXT_QUEUE_ITEM bytes: its size, or -1. */
ssize_t uw_nxt_queue_take(void *queue, uint8_t *bytes) UW_CHECKED;

/* Lines of Unit's log; `ctx` may be NULL. */
void uw_nxt_alert(uw_nxt_ctx_t *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void uw_nxt_request_alert(uw_nxt_req_t *req, const char *line);
void uw_nxt_request_error(uw_nxt_req_t *req, const char *line);

/* Writes a value of Unit's configuration. */
void uw_nxt_write_conf(uw_nxt_conf_t *value, uw_json_t *json);

#endif /* UW_NXT_SHIM_H */

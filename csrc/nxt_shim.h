/*
 * What the module's other files ask of libunit.  nxt_shim.c answers, and knows
 * Unit's headers alone: to the others libunit's structs are handles.
 */

#ifndef UW_NXT_SHIM_H
#define UW_NXT_SHIM_H

#include <sys/socket.h>
#include <sys/types.h>

#include "http/exchange.h"

/* libunit's context, a port that it reads, and a request. */
typedef struct nxt_unit_ctx_s uw_nxt_ctx_t;
typedef struct nxt_unit_port_s uw_nxt_unit_port_t;
typedef struct nxt_unit_request_info_s uw_nxt_req_t;

/* The name of a port. */
typedef struct {
    int32_t pid;
    uint16_t id;
} uw_nxt_port_id_t;

/* A value of Unit's configuration; what it is says uw_nxt_conf_read(). */
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

/* The address that its client has connected to, without a port. */
uw_slice_t uw_nxt_local_address(uw_nxt_req_t *req);

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

/* Runs when the module is loaded; a test calls it again. */
void uw_nxt_loaded(void);

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

/* ---- The queue of requests (nxt_app_queue.h), in shared memory ---- */

/* A message in it, which is a request. */
typedef struct {
    size_t size;
    uint8_t bytes[UW_NXT_QUEUE_ITEM];
} uw_nxt_item_t;

size_t uw_nxt_requests_size(void);
uint32_t uw_nxt_requests_capacity(void);

/* Unit says again that there is something in it. */
void uw_nxt_requests_notified(void *queue);

/* Its places are numbered in the order in which requests came, in 32 bits: the
 * first one that was not passed, and the one after the last. */
uint32_t uw_nxt_requests_first(const void *queue);
uint32_t uw_nxt_requests_end(const void *queue);

/* Whether nobody has taken what is in that place. */
bool uw_nxt_requests_waits(void *queue, uint32_t place) UW_CHECKED;

/* Takes the first one; false when there is none. */
bool uw_nxt_requests_take(void *queue, uw_nxt_item_t *item, uint32_t *place)
    UW_CHECKED;

/* Drops what comes before the first one that waits.  True: one came to be the
 * first meanwhile that was not to be dropped, and is taken. */
bool uw_nxt_requests_drop(void *queue, uw_nxt_item_t *item, uint32_t *place)
    UW_CHECKED;

/* Takes the one in that place, which stays empty; false: somebody else has. */
bool uw_nxt_requests_claim(void *queue, uint32_t place, uw_nxt_item_t *item)
    UW_CHECKED;

/* For a queue that only this process uses: that message is all there is. */
void uw_nxt_requests_put(void *queue, const uw_nxt_item_t *item);
void uw_nxt_requests_empty(void *queue);
bool uw_nxt_requests_is_empty(const void *queue) UW_CHECKED;

/* ---- Unit's log, for unit/lines.c ---- */

typedef enum {
    UW_NXT_ALERT,
    UW_NXT_ERR,
    UW_NXT_WARN,
    UW_NXT_NOTICE,
} uw_nxt_level_t;

/* Writes `mark` and `size` bytes as one line; `ctx` may be NULL. */
void uw_nxt_log_line(uw_nxt_ctx_t *ctx, uw_nxt_level_t level, const char *mark,
                     const char *line, size_t size);
void uw_nxt_request_log_line(uw_nxt_req_t *req, uw_nxt_level_t level,
                             const char *line);

/*
 * In setup(), where there is no libunit yet: a line about the application
 * `name`, `mark` before it.  `task` is Unit's; `level` is syslog's.
 */
void uw_nxt_setup_log(void *task, int level, uw_slice_t name, const char *mark,
                      uw_slice_t line);

/* ---- What setup() knows of unitd ---- */

typedef struct {
    const char *state; /* the file in which it keeps its configuration */
    const char *log;   /* that of its log, as it was named */
    const struct sockaddr *control; /* where it takes changes; NULL: nowhere */
    socklen_t control_size;
} uw_nxt_unitd_t;

/* It is Unit's memory. */
uw_nxt_unitd_t uw_nxt_unitd(void *task);

/* The process has been forked by the module: its lines of the log and its title
 * are its own, "unit: "NAME" TITLE". */
void uw_nxt_setup_forked(void *task, uw_slice_t name, const char *title);

/* ---- Unit's configuration (nxt_conf.h), for unit/setup.c ---- */

typedef enum {
    UW_NXT_NULL,
    UW_NXT_BOOLEAN,
    UW_NXT_NUMBER,
    UW_NXT_STRING,
    UW_NXT_ARRAY,
    UW_NXT_OBJECT,
} uw_nxt_type_t;

/* What a value is; only the member that its type names is set. */
typedef struct {
    uw_nxt_type_t type;
    bool boolean;
    double number;
    uw_slice_t string; /* Unit's memory */
} uw_nxt_value_t;

uw_nxt_value_t uw_nxt_conf_read(uw_nxt_conf_t *conf);

/*
 * The members of an object in their order, `next` being 0 at first, and the
 * elements of an array; NULL: there are no more.
 */
uw_nxt_conf_t *uw_nxt_conf_member(uw_nxt_conf_t *object, uint32_t *next,
                                  uw_slice_t *name);
uw_nxt_conf_t *uw_nxt_conf_element(uw_nxt_conf_t *array, uint32_t index);

/* ---- What Unit and libunit call: unit/module.c ---- */

typedef struct uw_nxt_loop uw_nxt_loop_t;     /* unit/loop.h */
typedef struct uw_nxt_uplink uw_nxt_uplink_t; /* unit/uplink.h */

/* An application that is to be set up. */
typedef struct {
    void *task;          /* for uw_nxt_setup_log() */
    uw_slice_t name;     /* of the application */
    uw_nxt_conf_t *conf; /* its part of the configuration */
} uw_nxt_setup_t;

/* A port that libunit has opened. */
typedef struct {
    uw_nxt_unit_port_t *port;
    uw_nxt_port_id_t id;
    int in_fd; /* -1: it is the router's */
    int out_fd;
    bool shared;
    void **uplink; /* kept with the port */
} uw_nxt_opened_t;

/* What libunit would send.  Borrows all that it points to. */
typedef struct {
    int fd;
    void *queue; /* where it is announced; NULL: nowhere */
    const void *bytes;
    size_t size;
    const void *control; /* descriptors that go with it */
    size_t control_size; /* 0: none */
} uw_nxt_message_t;

/*
 * `loop` is what start() has returned; results are 0 or -1 with an alert in the
 * log, where nothing else is said.
 */
typedef struct {
    /* When the module is loaded, before Unit sets an environment. */
    void (*loaded)(void);

    /* In the prototype process; -1 with a sentence in `error`. */
    int (*setup)(const uw_nxt_setup_t *setup, char *error, size_t error_size);

    /* In a worker process: NULL when it fails.  Or there will be no start(). */
    uw_nxt_loop_t *(*start)(void);
    void (*forget)(void);
    int (*open_queue)(uw_nxt_loop_t *loop, int *queue_fd, uint32_t *limit);
    int (*run)(uw_nxt_loop_t *loop, uw_nxt_ctx_t *ctx);
    void (*end)(uw_nxt_loop_t *loop);

    /* A request has arrived, whole, with its body. */
    void (*request)(uw_nxt_loop_t *loop, uw_nxt_req_t *req, uint64_t body_size);

    /* Ports; one that is removed at libunit's end is NULL. */
    int (*add_port)(uw_nxt_loop_t *loop, uw_nxt_ctx_t *ctx,
                    const uw_nxt_opened_t *opened);
    void (*remove_port)(uw_nxt_loop_t *loop, const uw_nxt_unit_port_t *port,
                        uw_nxt_uplink_t *uplink);

    /* In the place of libunit's sendmsg() and recvmsg(): see uw_nxt_loop_send()
     * and uw_nxt_loop_receive(). */
    ssize_t (*send)(uw_nxt_loop_t *loop, uw_nxt_uplink_t *uplink,
                    const uw_nxt_message_t *message, bool notice);
    ssize_t (*receive)(uw_nxt_loop_t *loop, int fd, struct msghdr *message,
                       const void *notice, size_t notice_size);

    void (*notified)(uw_nxt_loop_t *loop); /* there are requests in the queue */
    void (*new_port)(uw_nxt_loop_t *loop, uw_nxt_port_id_t id,
                     struct msghdr *message);

    /* libunit sends a message that asks the router for that port. */
    void (*asks)(uw_nxt_loop_t *loop, uw_nxt_port_id_t id,
                 const uw_nxt_message_t *message);
    void (*ready)(uw_nxt_loop_t *loop);
    void (*memory)(uw_nxt_loop_t *loop); /* there may be shared memory again */
    void (*quit)(uw_nxt_loop_t *loop);
} uw_nxt_handlers_t;

extern const uw_nxt_handlers_t uw_nxt_handlers;

#endif /* UW_NXT_SHIM_H */

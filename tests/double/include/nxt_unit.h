/* The double's version of libunit's nxt_unit.h; see nxt_main.h. */

#ifndef DOUBLE_NXT_UNIT_H
#define DOUBLE_NXT_UNIT_H

#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

enum {
    NXT_UNIT_OK = 0,
    NXT_UNIT_ERROR = 1,
    NXT_UNIT_AGAIN = 2,
    NXT_UNIT_CANCELLED = 3
};

enum {
    NXT_UNIT_LOG_ALERT = 0,
    NXT_UNIT_LOG_ERR = 1,
    NXT_UNIT_LOG_WARN = 2,
    NXT_UNIT_LOG_NOTICE = 3,
    NXT_UNIT_LOG_INFO = 4,
    NXT_UNIT_LOG_DEBUG = 5
};

#define NXT_UNIT_SHARED_PORT_ID ((uint16_t) 0xFFFFu)

typedef struct nxt_unit_s nxt_unit_t;
typedef struct nxt_unit_ctx_s nxt_unit_ctx_t;
typedef struct nxt_unit_port_id_s nxt_unit_port_id_t;
typedef struct nxt_unit_port_s nxt_unit_port_t;
typedef struct nxt_unit_request_info_s nxt_unit_request_info_t;
typedef struct nxt_unit_callbacks_s nxt_unit_callbacks_t;
typedef struct nxt_unit_init_s nxt_unit_init_t;
typedef union nxt_unit_sptr_u nxt_unit_sptr_t;
typedef struct nxt_unit_field_s nxt_unit_field_t;
typedef struct nxt_unit_request_s nxt_unit_request_t;
typedef struct nxt_unit_response_s nxt_unit_response_t;

struct nxt_unit_s {
    void *data;
};

struct nxt_unit_ctx_s {
    void *data;
    nxt_unit_t *unit;
};

struct nxt_unit_port_id_s {
    pid_t pid;
    uint32_t hash;
    uint16_t id;
};

struct nxt_unit_port_s {
    nxt_unit_port_id_t id;
    int in_fd;
    int out_fd;
    void *data;
};

struct nxt_unit_request_info_s {
    nxt_unit_t *unit;
    nxt_unit_ctx_t *ctx;
    nxt_unit_request_t *request;
    uint64_t content_length;
    int content_fd;
    void *data;
};

struct nxt_unit_callbacks_s {
    void (*request_handler)(nxt_unit_request_info_t *req);
    void (*close_handler)(nxt_unit_request_info_t *req);
    int (*add_port)(nxt_unit_ctx_t *ctx, nxt_unit_port_t *port);
    void (*remove_port)(nxt_unit_t *unit, nxt_unit_ctx_t *ctx,
                        nxt_unit_port_t *port);
    void (*quit)(nxt_unit_ctx_t *ctx);
    void (*shm_ack_handler)(nxt_unit_ctx_t *ctx);
    int (*ready_handler)(nxt_unit_ctx_t *ctx);
    ssize_t (*port_send)(nxt_unit_ctx_t *ctx, nxt_unit_port_t *port,
                         const void *buf, size_t buf_size, const void *oob,
                         size_t oob_size);
    ssize_t (*port_recv)(nxt_unit_ctx_t *ctx, nxt_unit_port_t *port, void *buf,
                         size_t buf_size, void *oob, size_t *oob_size);
};

struct nxt_unit_init_s {
    void *data;
    uint32_t request_limit;
    nxt_unit_callbacks_t callbacks;
    int shared_queue_fd;
};

/* A pointer as the distance from itself. */
union nxt_unit_sptr_u {
    uint8_t base[1];
    uint32_t offset;
};

static inline void *
nxt_unit_sptr_get(nxt_unit_sptr_t *sptr)
{
    /* Not through `base`, whose bounds UBSan knows. */
    return (uint8_t *) sptr + sptr->offset;
}

struct nxt_unit_field_s {
    uint16_t hash;
    uint8_t skip : 1;
    uint8_t hopbyhop : 1;
    uint8_t name_length;
    uint32_t value_length;
    nxt_unit_sptr_t name;
    nxt_unit_sptr_t value;
};

nxt_unit_ctx_t *nxt_unit_init(nxt_unit_init_t *init);
void nxt_unit_done(nxt_unit_ctx_t *ctx);
int nxt_unit_process_port_msg(nxt_unit_ctx_t *ctx, nxt_unit_port_t *port);

int nxt_unit_response_init(nxt_unit_request_info_t *req, uint16_t status,
                           uint32_t max_fields_count, uint32_t max_fields_size);
int nxt_unit_response_add_field(nxt_unit_request_info_t *req, const char *name,
                                uint8_t name_length, const char *value,
                                uint32_t value_length);
int nxt_unit_response_add_content(nxt_unit_request_info_t *req, const void *src,
                                  uint32_t size);
int nxt_unit_response_send(nxt_unit_request_info_t *req);
ssize_t nxt_unit_response_write_nb(nxt_unit_request_info_t *req,
                                   const void *start, size_t size,
                                   size_t min_size);
ssize_t nxt_unit_request_read(nxt_unit_request_info_t *req, void *dst,
                              size_t size);
void nxt_unit_request_done(nxt_unit_request_info_t *req, int rc);

uint32_t nxt_unit_buf_max(void);

void nxt_unit_log(nxt_unit_ctx_t *ctx, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void nxt_unit_req_log(nxt_unit_request_info_t *req, int level,
                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define nxt_unit_alert(ctx, ...)                                               \
    nxt_unit_log(ctx, NXT_UNIT_LOG_ALERT, __VA_ARGS__)
#define nxt_unit_error(ctx, ...)                                               \
    nxt_unit_log(ctx, NXT_UNIT_LOG_ERR, __VA_ARGS__)
#define nxt_unit_warn(ctx, ...)                                                \
    nxt_unit_log(ctx, NXT_UNIT_LOG_WARN, __VA_ARGS__)
#define nxt_unit_req_alert(req, ...)                                           \
    nxt_unit_req_log(req, NXT_UNIT_LOG_ALERT, __VA_ARGS__)
#define nxt_unit_req_error(req, ...)                                           \
    nxt_unit_req_log(req, NXT_UNIT_LOG_ERR, __VA_ARGS__)
#define nxt_unit_req_warn(req, ...)                                            \
    nxt_unit_req_log(req, NXT_UNIT_LOG_WARN, __VA_ARGS__)

#endif /* DOUBLE_NXT_UNIT_H */

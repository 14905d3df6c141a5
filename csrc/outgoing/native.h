/*
 * What the client of outgoing requests sees of a worker.  Plain declarations,
 * as in python/native.h: CFFI reads them for the extension and for the Unit module.
 */

#ifndef UW_OUTGOING_NATIVE_H
#define UW_OUTGOING_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct uw_worker uw_worker_t;

/*
 * ---- Outgoing requests: the client's side (python/outgoing_client.c) ----
 *
 * The client is whoever sends what guests ask for; it may live on a thread of
 * its own.  It waits until uw_outgoing_fd() is readable, fetches orders until
 * there are none, and says what becomes of them.  These functions, and no
 * others of the worker, may be called from the client's thread (one at a time),
 * from uw_worker_new() to before uw_worker_delete().  An id that is not known,
 * or not any more, is ignored.
 */

/* What the client is asked to do; bits of uw_order_t.what. */
enum {
    UW_ORDER_START = 1,  /* method to timeouts are valid; always the first */
    UW_ORDER_BODY = 2,   /* body is valid: more of the request's body */
    UW_ORDER_END = 4,    /* the request's body is whole; trailers are valid */
    UW_ORDER_BREAK = 8,  /* it never will be: the peer must see that */
    UW_ORDER_READ = 16,  /* there is room again for bytes of the response */
    UW_ORDER_CANCEL = 32 /* nobody waits any more; always the last */
};

/*
 * START with END and without BODY is a request without a body.  What was
 * written of the body before the request was sent comes with START.
 *
 * The order CANCEL comes alone, and only while the client is not done with the
 * request: it is when it has failed it, or has both pushed the last bytes of
 * the response and been given END or BREAK.
 */
typedef struct {
    uint64_t id;
    int what;
    const char *method;
    size_t method_size;
    const char *scheme; /* "http" or "https" */
    size_t scheme_size;
    const char *authority; /* as the guest gave it: never empty */
    size_t authority_size;
    const char *path; /* begins with a slash, or is "*" */
    size_t path_size;
    const char *headers; /* lines of "name:value\n", names in lower case */
    size_t headers_size;
    /* Of the request that the guest serves; empty where it has none. */
    const char *hops; /* "unit-wasm-hops": how often it has left one of us */
    size_t hops_size;
    const char *traceparent;
    size_t traceparent_size;
    uint64_t connect_timeout; /* nanoseconds; where the guest has none: 600 s */
    uint64_t first_byte_timeout;
    uint64_t between_bytes_timeout;
    const uint8_t *body;
    size_t body_size;
    const char *trailers; /* as headers; empty where there are none */
    size_t trailers_size;
} uw_order_t;

/*
 * Readable while there are orders; -1 when the settings allow no outgoing
 * requests.  Owned by the worker.
 */
int uw_outgoing_fd(const uw_worker_t *worker);

/*
 * The next order; false when there are none.  Pointers in *order are valid
 * until the next call of this function for this worker.
 */
bool uw_outgoing_next(uw_worker_t *worker, uw_order_t *order);

/* `size` bytes of the request's body are on their way: as many may follow. */
void uw_outgoing_sent(uw_worker_t *worker, uint64_t id, size_t size);

/*
 * The final response has begun.  `headers` are lines of "name:value\n";
 * hop-by-hop names are left out.  Once for each request.
 */
void uw_outgoing_respond(uw_worker_t *worker, uint64_t id, uint16_t status,
                         const char *headers, size_t headers_size);

/*
 * Bytes of the response's body; `last` ends it, with `trailers` like headers
 * (of size 0: none).  Returns how many more bytes the window takes now (0:
 * wait for UW_ORDER_READ), or -1: nobody reads them.
 */
int64_t uw_outgoing_push(uw_worker_t *worker, uint64_t id, const uint8_t *bytes,
                         size_t size, bool last, const char *trailers,
                         size_t trailers_size);

/*
 * The request has failed: before the response the future answers this error,
 * after its head its body breaks off with it.  `code` is a case of wasi:http's
 * error-code ("DNS-error"); another one is taken for internal-error.  `text`
 * and `number` are its payload: rcode and info-code, alert-message and
 * alert-id, field-name and field-size, or the one there is; "" and 0 are none.
 */
void uw_outgoing_fail(uw_worker_t *worker, uint64_t id, const char *code,
                      const char *text, uint64_t number);

#endif /* UW_OUTGOING_NATIVE_H */

/*
 * Orders: what the client of outgoing requests is asked to do.  Plain
 * declarations: CFFI reads them for the extension and for the Unit module.
 */

#ifndef UW_OUTGOING_ORDERS_H
#define UW_OUTGOING_ORDERS_H

#include <stddef.h>
#include <stdint.h>

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

#endif /* UW_OUTGOING_ORDERS_H */

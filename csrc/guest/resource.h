/*
 * The resources that the host has given to one guest: a table of small slots
 * with stable addresses, numbered by their `rep`.
 *
 * A guest drops its handles in any order.  So what a resource points into is
 * kept alive in one of four ways, said beside each pointer below and, with what
 * happens when another handle goes first, in docs/handles.md:
 *
 *   value  a copy of its own;
 *   held   a reference, the last one to let go frees it;
 *   owned  by exactly one resource at a time, handed on and never shared;
 *   child  of the resource that has it.  A parent that still has children
 *          cannot be deleted: the guest traps with "resource has children", as
 *          in wasmtime.
 *
 * The exchange outlives all of them: the guest ends before it.
 */

#ifndef UW_GUEST_RESOURCE_H
#define UW_GUEST_RESOURCE_H

#include "http/error_code.h"
#include "http/exchange.h"

struct uw_instance;

typedef enum {
    UW_RES_FREE,
    UW_RES_ERROR,        /* wasi:io/error.error */
    UW_RES_POLLABLE,     /* wasi:io/poll.pollable */
    UW_RES_INPUT_STREAM, /* wasi:io/streams */
    UW_RES_OUTPUT_STREAM,
    UW_RES_FIELDS, /* wasi:http/types */
    UW_RES_INCOMING_REQUEST,
    UW_RES_OUTGOING_REQUEST,
    UW_RES_REQUEST_OPTIONS,
    UW_RES_RESPONSE_OUTPARAM,
    UW_RES_INCOMING_RESPONSE,
    UW_RES_INCOMING_BODY,
    UW_RES_FUTURE_TRAILERS,
    UW_RES_OUTGOING_RESPONSE,
    UW_RES_OUTGOING_BODY,
    UW_RES_FUTURE_INCOMING_RESPONSE,
    UW_RES_TERMINAL_INPUT, /* wasi:cli/terminal-input */
    UW_RES_TERMINAL_OUTPUT,
    UW_RES_DESCRIPTOR, /* wasi:filesystem/types */
    UW_RES_DIRECTORY_ENTRY_STREAM,
    UW_RES_NETWORK, /* wasi:sockets */
    UW_RES_TCP_SOCKET,
    UW_RES_UDP_SOCKET,
    UW_RES_INCOMING_DATAGRAM_STREAM,
    UW_RES_OUTGOING_DATAGRAM_STREAM,
    UW_RES_RESOLVE_ADDRESS_STREAM
} uw_resource_kind_t;

typedef struct uw_resource uw_resource_t;

/* How an attempt to read or write ended. */
typedef enum {
    UW_IO_READY,
    UW_IO_WAIT,   /* nothing now: park, or answer "0 bytes" */
    UW_IO_CLOSED, /* the end: stream-error::closed */
    UW_IO_FAILED, /* stream-error::last-operation-failed; see uw_failure_t */
} uw_io_t;

/* What is behind an input-stream.  The object is the parent's, or static. */
typedef struct {
    /* Bytes that can be read now, without taking them. */
    uw_io_t (*peek)(struct uw_instance *instance, uw_resource_t *stream,
                    uw_slice_t *bytes, uw_failure_t *failure);
    /* Takes `size` of the bytes that peek() has shown. */
    void (*take)(struct uw_instance *instance, uw_resource_t *stream,
                 size_t size);
} uw_input_ops_t;

/* What is behind an output-stream. */
typedef struct {
    /* READY and a budget above 0, WAIT, CLOSED or FAILED. */
    uw_io_t (*check)(struct uw_instance *instance, uw_resource_t *stream,
                     uint64_t *budget, uw_failure_t *failure);
    /* Takes all bytes; at most what check() allowed. */
    uw_io_t (*write)(struct uw_instance *instance, uw_resource_t *stream,
                     const uint8_t *bytes, size_t size, uw_failure_t *failure);
    /* READY when all that was written is on its way, else WAIT. */
    uw_io_t (*flushed)(struct uw_instance *instance, uw_resource_t *stream,
                       uw_failure_t *failure);
    /* Whether waiting for room can only end by the time limit. */
    bool (*hopeless)(struct uw_instance *instance, uw_resource_t *stream);
} uw_output_ops_t;

typedef struct {
    uint16_t status;
    uw_shared_fields_t *headers; /* held */
    uw_outgoing_body_t *body;    /* held; made with the response */
    bool body_taken;
} uw_outgoing_response_t;

typedef struct {
    uw_outgoing_body_t *body; /* held */
    bool stream_taken;
    bool is_request;
} uw_outgoing_body_resource_t;

typedef struct {
    uint16_t status;
    uw_shared_fields_t *headers;  /* held */
    struct uw_outgoing *outgoing; /* owned; NULL: its body has been taken */
} uw_incoming_response_t;

typedef struct {
    uw_shared_fields_t *headers; /* held */
    uw_outgoing_body_t *body;    /* held */
    bool body_taken;
    /* Strings of its own (malloc, on the guest's account with their zero), NULL
     * for none; sizes beside them. */
    char *method;
    char *scheme;
    char *authority;
    char *path_with_query;
    size_t method_size;
    size_t scheme_size;
    size_t authority_size;
    size_t path_size;
} uw_outgoing_request_t;

/* Nanoseconds; UINT64_MAX is `none`. */
typedef struct {
    uint64_t connect;
    uint64_t first_byte;
    uint64_t between_bytes;
} uw_request_options_t;

struct uw_resource {
    uw_resource_kind_t kind;
    uint32_t rep;      /* never 0 */
    uint32_t parent;   /* rep, or 0 */
    uint32_t children; /* how many resources have this one as parent */
    uint32_t next_free;
    union {
        uw_failure_t error; /* a value */
        struct {
            /* Whether waiting is over; `subject` is the parent or NULL. */
            bool (*ready)(struct uw_instance *instance, uw_resource_t *subject);
            uint64_t at; /* ready from then on (uw_now()); else UINT64_MAX */
        } pollable;
        struct {
            const uw_input_ops_t *ops;
            void *object; /* child of the body that has it, or NULL */
            bool failed;  /* the guest was told: closed from now on */
        } input;
        struct {
            const uw_output_ops_t *ops;
            void *object; /* child of the body that it is; or the instance's */
        } output;
        struct {
            uw_shared_fields_t *shared; /* held */
        } fields;
        struct {
            bool consumed;
        } incoming_request;
        struct {
            /* Of the exchange, or of a request on its way: then that is owned,
             * as body->source. */
            uw_incoming_body_t *body;
            bool stream_taken;
        } incoming_body;
        struct {
            uw_incoming_body_t *body; /* as that of an incoming-body */
            bool taken;
        } future_trailers;
        struct {
            struct uw_outgoing *outgoing; /* owned; NULL: get() has answered */
        } future_response;
        uw_incoming_response_t incoming_response;
        uw_outgoing_response_t outgoing_response;
        uw_outgoing_body_resource_t outgoing_body;
        uw_outgoing_request_t outgoing_request;
        uw_request_options_t request_options;
    } as;
};

#define UW_RESOURCES_PER_BLOCK 32

typedef struct {
    uw_resource_t **blocks; /* of UW_RESOURCES_PER_BLOCK each */
    size_t block_count;
    uint32_t used; /* slots that were ever used since the last reset */
    uint32_t live;
    uint32_t free;         /* rep of the first free slot, or 0 */
    uw_account_t *account; /* counts the blocks; NULL: nobody does */
} uw_resources_t;

/*
 * A new resource, all zero but kind, rep and parent.  NULL when `limit` are
 * alive, memory is out or the account allows no more.
 */
uw_resource_t *uw_resource_new(uw_resources_t *resources,
                               uw_resource_kind_t kind, uint32_t parent,
                               uint32_t limit) UW_CHECKED;

/* The live resource of that number and kind, or NULL. */
uw_resource_t *uw_resource_get(const uw_resources_t *resources, uint32_t rep,
                               uw_resource_kind_t kind);

/* The resource that `child` belongs to, or NULL. */
uw_resource_t *uw_resource_parent(const uw_resources_t *resources,
                                  const uw_resource_t *child);

/*
 * Frees the slot.  What the resource points to must have been let go before.
 * Returns -1, changing nothing, when it has children.
 */
int uw_resource_delete(uw_resources_t *resources, uw_resource_t *resource)
    UW_CHECKED;

/* Calls `visit` for every live resource. */
void uw_resources_each(uw_resources_t *resources,
                       void (*visit)(void *data, uw_resource_t *resource),
                       void *data);

/* Forgets all resources and keeps the first block. */
void uw_resources_reset(uw_resources_t *resources);
void uw_resources_free(uw_resources_t *resources);

#endif /* UW_GUEST_RESOURCE_H */

/*
 * What the control plane (Python) sees of the data plane.  Plain declarations:
 * build.py gives this file to CFFI without its preprocessor lines.
 */

#ifndef UW_PYTHON_NATIVE_H
#define UW_PYTHON_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outgoing/native.h"

/*
 * Everything that engine and worker need to know, filled by the control plane.
 * Strings are UTF-8 and zero-terminated; uw_worker_new() copies what it keeps.
 * Times are nanoseconds, sizes bytes; 0 never means "no limit".
 */
typedef struct {
    const char *name;               /* of the application, for the log */
    const char *library;            /* file of libwasmtime */
    const char *library_version;    /* version of the package it is part of */
    const char *component;          /* file that uw_compile() wrote */
    const char *component_identity; /* in Unit: which file that was */
    const char *handler; /* export, "wasi:http/incoming-handler@..." */
    const char *const *environment; /* "NAME=value", for the guest */
    size_t environment_count;
    const char *client_address_header; /* in lower case; "": none */
    const char *request_id_header;     /* for the guest; the same */
    const char *request_id_from;       /* of the request: who is trusted */
    const char *request_id_response;   /* of the response */

    bool drop_host; /* Host is the authority, and no header */
    bool rewritten; /* the component went through the byte-string rewrite */
    bool pooling;   /* pooling allocator; falls back to on-demand */

    uint32_t max_exchanges; /* in flight: the number of slots of the pool */
    uint32_t max_queue;     /* exchanges that may wait for a slot */
    uint64_t queue_timeout;
    uint64_t timeout;     /* wall time of an exchange, waiting included */
    uint64_t cpu_timeout; /* time on the processor */

    uint64_t max_memory;    /* all linear memories of an instance, with those of
                             the rewrite */
    uint64_t memory_each;   /* one of them; all together keep within max_memory
                             where no memory is counted: own_memories */
    uint64_t table_each;    /* elements of one table */
    uint32_t max_instances; /* core instances in one exchange */
    uint32_t max_handles;   /* resources of the host in one exchange */
    uint64_t max_header_bytes;   /* of a request, and of fields a guest makes */
    uint64_t max_response_bytes; /* of the body of a response */
    uint64_t body_buffer;        /* window of each body */
    uint64_t max_log_bytes;      /* that the guest of one exchange may print */
    uint64_t max_host_memory;    /* held for one exchange, by the host */
    bool log_json;               /* lines are objects of JSON */
    uint32_t log_line;           /* bytes that the log takes whole; 0: any */

    bool outgoing;         /* a guest may send requests; else they are denied */
    uint32_t max_outgoing; /* of one exchange, on their way at once */
    const char *outgoing_terms; /* for the client in Unit; "": none there */

    const char *metrics_file;  /* see worker/metrics_file.h; empty: none */
    uint64_t metrics_interval; /* between two writes of it */
    bool cached;               /* the component was compiled before */

    /* That file, open: it is loaded from here.  0: it has to be opened by its
     * name.  The caller's; not used after uw_worker_new(). */
    int component_fd;
    const char *target_cpu; /* to compile for; "native": this one */

    /* What one instantiation takes from the pool, from the inspection. */
    uint32_t memories; /* that of objects which are collected included */
    uint32_t tables;
    bool own_memories;    /* they are made, and counted, by engine/memory.c */
    uint64_t reservation; /* address space of each: uw_reservation() */

    /* Receives the log; level as syslog's: 3 error, 4 warning, 6 info. */
    void (*log)(void *data, int level, const char *line, size_t size);
    void *log_data;
} uw_settings_t;

/*
 * Compiles a component for the engine that `settings` describe.  On success
 * returns 0 and sets *compiled and *size (give them back to
 * uw_compiled_delete()); else -1 and a sentence in `error`.
 */
int uw_compile(const uw_settings_t *settings, const uint8_t *component,
               size_t component_size, uint8_t **compiled, size_t *size,
               char *error, size_t error_size);
void uw_compiled_delete(uint8_t *compiled);

/*
 * Address space for each linear memory, for which a component is compiled: so
 * much that no address leaves it, so that none is checked; or, where a pool of
 * that does not fit, not much more than a memory may have.
 */
uint64_t uw_reservation(const uw_settings_t *settings);

/*
 * How many instances with reservations of that kind there is address space for
 * at once; at most max_exchanges.
 */
uint32_t uw_places(const uw_settings_t *settings);

/*
 * Builds engine, pool, linker and executor for one application.  NULL and a
 * sentence in `error` when that cannot be done.
 */
uw_worker_t *uw_worker_new(const uw_settings_t *settings, char *error,
                           size_t error_size);

/* Ends every exchange (clients are cut) and frees the worker. */
void uw_worker_delete(uw_worker_t *worker);

/* Readable when uw_worker_turn() is due. */
int uw_worker_fd(const uw_worker_t *worker);

/* Runs what is ready once; true when more is ready at once. */
bool uw_worker_turn(uw_worker_t *worker);

/*
 * The same without a look at the descriptor, which stays readable if it was.
 * For turns that it did not ask for: they are spared its system call.
 */
bool uw_worker_run(uw_worker_t *worker);

typedef struct {
    uint64_t requests;  /* accepted since the start */
    uint64_t failures;  /* ended by a trap, a limit or a host error */
    uint64_t cancelled; /* given up because the client had gone */
    uint32_t in_flight; /* have an instance now */
    uint32_t queued;    /* wait for a slot now */
    bool pooled;        /* the pooling allocator is in use */
} uw_worker_status_t;

void uw_worker_status(const uw_worker_t *worker, uw_worker_status_t *status);

/* ---- What is counted: worker/metrics.c ---- */

/* How an exchange ended; each is counted once, under what happened first. */
typedef enum {
    UW_END_OK,               /* a whole response, and the guest returned */
    UW_END_TRAP_UNREACHABLE, /* also what languages make of a panic */
    UW_END_TRAP_STACK,
    UW_END_TRAP_MEMORY, /* an access that is out of bounds */
    UW_END_TRAP_TABLE,  /* a call through a table that cannot be */
    UW_END_TRAP_ARITHMETIC,
    UW_END_TRAP_HOST, /* broke a rule of a host function, or its limit */
    UW_END_TRAP_OTHER,
    UW_END_START, /* could not be instantiated */
    UW_END_EXIT,  /* called exit before its response was complete */
    UW_END_TIMEOUT,
    UW_END_CPU_TIMEOUT,
    UW_END_NO_RESPONSE,  /* returned without response-outparam.set */
    UW_END_BAD_RESPONSE, /* unfinished, of wrong length, with a bad status */
    UW_END_ERROR_CODE,   /* the guest answered with an error-code */
    UW_END_CLIENT_GONE,
    UW_END_REFUSED,       /* a request that no guest may see */
    UW_END_QUEUE_FULL,    /* max_queue */
    UW_END_QUEUE_TIMEOUT, /* queue_timeout */
    UW_END_UNPREPARED,    /* the component cannot be served now */
    UW_END_HOST,          /* memory is out */
    UW_ENDS
} uw_end_t;

enum {
    UW_STATUSES = 600,
    UW_TIME_BUCKETS = 26 /* the last has no upper bound */
};

/* Durations: how many, by bucket, and their sum in nanoseconds. */
typedef struct {
    uint64_t buckets[UW_TIME_BUCKETS];
    uint64_t sum;
} uw_histogram_t;

/* Of exchanges that are over; times are those of guests that have ended. */
typedef struct {
    uint64_t statuses[UW_STATUSES]; /* heads that the transport has taken */
    uint64_t ends[UW_ENDS];
    uw_histogram_t instantiation;
    uw_histogram_t cpu;
    uw_histogram_t duration; /* from the arrival to the end of the guest */
} uw_metrics_t;

/* Valid as long as the worker is, and changes with it. */
const uw_metrics_t *uw_worker_metrics(const uw_worker_t *worker);

/* Counts one duration. */
void uw_histogram_add(uw_histogram_t *histogram, uint64_t nanoseconds);

/* The name of an end, "trap-stack", and the upper bound of a bucket in
 * nanoseconds (UINT64_MAX for the last). */
const char *uw_end_name(size_t end);
uint64_t uw_bucket_bound(size_t bucket);

/*
 * All of it for Prometheus (text format 0.0.4), one sample per worker in each
 * family; with `pid` other than 0 as a label.  NULL when memory is out; else
 * to be given back to uw_metrics_text_delete().
 */
char *uw_metrics_text(const uw_worker_t *const *workers, size_t count,
                      uint32_t pid, size_t *size);
void uw_metrics_text_delete(char *text);

/* ---- The embedded server's side: python/transport.c ---- */

/* What happened to an exchange; bits of uw_news_t.what. */
enum {
    UW_NEWS_HEAD = 1,  /* status and headers are valid */
    UW_NEWS_BODY = 2,  /* body is valid */
    UW_NEWS_END = 4,   /* the response is whole */
    UW_NEWS_CUT = 8,   /* the response is broken: cut the connection */
    UW_NEWS_PULL = 16, /* the guest waits for request bytes */
    UW_NEWS_WHOLE = 32 /* body is all there is: add a content-length */
};

/* Fields that the guest has set itself; bits of uw_news_t.own. */
enum {
    UW_OWN_LENGTH = 1, /* content-length */
    UW_OWN_DATE = 2,
    UW_OWN_SERVER = 4
};

typedef struct {
    uint64_t id; /* as uw_asgi_start() returned it */
    int what;
    int own;
    uint16_t status;
    const char *headers; /* lines of "name: value\r\n" */
    size_t headers_size;
    const char *body;
    size_t body_size;
} uw_news_t;

/*
 * Starts an exchange; its instance runs in the next turn.  `head` is lines, with
 * a line feed between any two: method, scheme, authority, path with query, the
 * client's address, and then names and values of headers in turns.  With
 * has_body, bytes follow by uw_asgi_push().  Returns its id, never 0 but where
 * memory is out.  A bad request gets its answer like any other.
 */
uint64_t uw_asgi_start(uw_worker_t *worker, const char *head, size_t size,
                       bool has_body);

/*
 * Writes the id of the request that was started last, at most 128 bytes and a
 * zero.  Returns its size.
 */
size_t uw_asgi_request_id(const uw_worker_t *worker, char *text);

/*
 * A response that was small and whole when the transport was told of it.  Its
 * bytes are the header fields as above, a content-length where it is known and
 * the guest has set none, an empty line, and the body: all but the status line
 * and the server's own fields.
 */
typedef struct {
    uint64_t id;
    uint32_t size;         /* of all of it */
    uint32_t headers_size; /* of the guest's own fields, at its beginning */
    uint32_t body_size;    /* of the body, at its end */
    uint16_t status;
    uint8_t own;
    uint8_t what; /* as that of news */
} uw_whole_answer_t;

/* Several of them. */
typedef struct {
    const char
        *answers; /* of uw_whole_answer_t, without padding between them */
    size_t answers_size; /* bytes */
    const char *text;    /* their bytes, in the same order */
    size_t text_size;
    bool news; /* of other exchanges there is news */
} uw_whole_answers_t;

/*
 * Answers that were made since the last call; these exchanges have no news any
 * more.  The pointers are valid until the next call of any function of this
 * worker.
 */
void uw_asgi_answers(uw_worker_t *worker, uw_whole_answers_t *answers);

/*
 * The next news, in order; false when there are none.  Pointers in *news are
 * valid until the next call of any function of this worker.
 */
bool uw_asgi_next(uw_worker_t *worker, uw_news_t *news);

/*
 * Bytes of the request body; `last` ends it.  Returns how many more bytes the
 * window takes now (0: wait for UW_NEWS_PULL), or -1: nobody reads them.
 */
int64_t uw_asgi_push(uw_worker_t *worker, uint64_t id, const uint8_t *bytes,
                     size_t size, bool last);

/* `size` bytes of response body have left for the client. */
void uw_asgi_sent(uw_worker_t *worker, uint64_t id, size_t size);

/* The client has gone.  Its instance is ended at once. */
void uw_asgi_gone(uw_worker_t *worker, uint64_t id);

/* ---- The worker without sockets, for benchmarks: python/loopback.c ---- */

typedef struct {
    uint64_t exchanges;   /* answered with a whole response */
    uint64_t failed;      /* cut, or answered with another status than 200 */
    uint64_t body_bytes;  /* of all responses */
    uint64_t nanoseconds; /* wall time from the first start to the last end */
    uint64_t median;      /* of one exchange, start to end, nanoseconds */
    uint64_t p99;
} uw_loopback_result_t;

/*
 * Runs `count` exchanges, `parallel` at a time: method, path and body for all
 * of them the same.  Returns 0, or -1 when memory is out.
 */
int uw_loopback_run(uw_worker_t *worker, const char *method, const char *path,
                    const uint8_t *body, size_t body_size, uint64_t count,
                    uint32_t parallel, uw_loopback_result_t *result);

/* How often tasks of two kinds ran on an executor, and how long. */
typedef struct {
    uint64_t short_runs;
    uint64_t short_time;
    uint64_t slices;
    uint64_t slice_time;
} uw_shares_t;

/*
 * Runs `turns` turns of an executor with `shorts` tasks that say they use
 * `cost` nanoseconds and are ready again after the turn (in every `rest`-th turn
 * only, if that is not 0), and `spinners` that say they use `slice` and never
 * wait.  Returns 0, or -1 when there is no executor.
 */
int uw_executor_shares(uint32_t shorts, uint64_t cost, uint32_t spinners,
                       uint64_t slice, uint32_t rest, uint64_t turns,
                       uw_shares_t *shares);

/* ---- The table of the state machine, for its test: http/exchange.h ---- */

int uw_exchange_next(int stage, int event);

/* ---- The codec of bytes in strings, for its tests ---- */

bool uw_latin1_is_ascii(const uint8_t *bytes, size_t size);
size_t uw_packed_size(size_t size, bool ascii);
void uw_pack(const uint8_t *bytes, size_t size, bool ascii, uint8_t *text);
ptrdiff_t uw_latin1_from_utf8(const uint8_t *utf8, size_t size, uint8_t *bytes);
bool uw_utf8_valid(const uint8_t *bytes, size_t size);

/* The digest of the C sources that the module and the extension have in common:
 * unit_wasm/unit/sources.py. */
const char *uw_sources_digest(void);

/* ---- What a log shows of others' text: base/escape.h ---- */

size_t uw_escape(const uint8_t *bytes, size_t size, char *text,
                 size_t text_size);

/* ---- The host's functions, for inspection ---- */

typedef struct {
    const char *interface; /* "wasi:io/poll", without its version */
    const char *name;      /* as in the WIT: "[method]pollable.ready" */
    bool is_resource;      /* a resource type, without all that follows */
    uint8_t params;
    uint8_t results;
    bool waits;   /* may park the guest */
    bool refused; /* exists, and answers that it is not allowed */
} uw_host_entry_t;

/* Row `index` of all resources and functions; false after the last. */
bool uw_host_entry(size_t index, uw_host_entry_t *entry);

#endif /* UW_PYTHON_NATIVE_H */

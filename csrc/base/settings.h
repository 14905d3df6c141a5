#ifndef UW_BASE_SETTINGS_H
#define UW_BASE_SETTINGS_H

#include "base/buf.h"

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
    bool folder;         /* in Unit: none of its own, but those of a directory,
                          * which Python opens: unit/component.h */
    const char *handler; /* export, "wasi:http/incoming-handler@..." */
    /* What Python calls of it, and provides for it: guest/types.h; "": nothing. */
    const char *program;
    const char *const *environment; /* "NAME=value", for the guest */
    size_t environment_count;
    const char *const *directories; /* "w5:/dataHOST": r or w for read only or
                                     * not, how long the name is that guests
                                     * see, that name, what it is here */
    size_t directory_count;
    const char *const *config; /* "KEY=VALUE", for wasi:config */
    size_t config_count;
    const char *client_address_header; /* in lower case; "": none */
    const char *request_id_header;     /* for the guest; the same */
    const char *request_id_from;       /* of the request: who is trusted */
    const char *request_id_response;   /* of the response */

    bool drop_host; /* Host is the authority, and no header */
    bool rewritten; /* the component went through the byte-string rewrite */
    bool pooling;   /* pooling allocator; falls back to on-demand */
    bool batch;     /* small whole answers of a turn leave together */
    bool direct;    /* large pieces of bodies: the guest's calls do their I/O */

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
    uint32_t keep_slots;    /* that keep memory for the next instance */
    uint64_t keep_memory;   /* bytes that a slot of engine/memory.c keeps */
    uint32_t max_instances; /* core instances in one exchange */
    uint32_t max_handles;   /* resources of the host in one exchange */
    uint64_t max_header_bytes;   /* of a request, and of fields a guest makes */
    uint64_t max_response_bytes; /* of the body of a response */
    uint64_t body_buffer;        /* window of each body */
    uint64_t max_log_bytes;      /* that the guest of one exchange may print */
    uint64_t max_host_memory;    /* held for one exchange, by the host */
    bool log_json;               /* lines are objects of JSON */
    uint32_t log_line;           /* bytes that the log takes whole; 0: any */

    bool hosting;          /* Python does what a program lists as imports */
    bool keyvalue;         /* there is a store; else access to it is denied */
    bool outgoing;         /* a guest may send requests; else they are denied */
    uint32_t max_outgoing; /* of one exchange, on their way at once */
    uint32_t max_files;    /* of one exchange, open at once */
    uint64_t max_file_bytes;   /* that it may write */
    const char *network;       /* wasi/sockets/policy.h; "": no sockets */
    uint32_t max_sockets;      /* of one exchange, open at once */
    uint32_t max_open_sockets; /* of all exchanges */
    const char *python_terms;  /* what Python does in Unit; "": nothing */

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
    bool own_memories; /* they are made, and counted, by engine/memory.c */
    uint64_t images;   /* where what large ones begin with is in the file of the
                           * component: engine/image.h; 0: nowhere */
    bool written;      /* the kernel is asked what guests have written to */
    bool scan;         /* and for that alone, where it can tell */
    bool faults;       /* and only where there were page faults */
    uint64_t reservation; /* address space of each: uw_reservation() */

    /* Receives the log; level as syslog's: 3 error, 4 warning, 6 info. */
    void (*log)(void *data, int level, const char *line, size_t size);
    void *log_data;
} uw_settings_t;

/*
 * Replaces borrowed strings by copies of its own.  Returns -1 when memory is
 * out; uw_settings_free() is right in any case.
 */
int uw_settings_own(uw_settings_t *settings) UW_CHECKED;
void uw_settings_free(uw_settings_t *settings);

#endif /* UW_BASE_SETTINGS_H */

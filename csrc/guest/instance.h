/*
 * An instance: one fresh instantiation of the component, with its own store,
 * for one exchange.  It runs on a fiber of libwasmtime: uw_instance_poll()
 * goes on until the guest has returned, has failed, has used up its quantum of
 * processor time, or has to wait in a host function.
 */

#ifndef UW_GUEST_INSTANCE_H
#define UW_GUEST_INSTANCE_H

#include "base/arena.h"
#include "engine/engine.h"
#include "engine/ticker.h"
#include "base/executor.h"
#include "base/jobs.h"
#include "base/noted.h"
#include "base/origin.h"
#include "guest/entry.h"
#include "guest/log.h"
#include "guest/package.h"
#include "guest/resource.h"
#include "guest/val.h"
#include "http/end.h"

typedef struct uw_instance uw_instance_t;

typedef enum {
    UW_POLL_YIELDED, /* the quantum is used up: put it at the end of the queue */
    UW_POLL_WAITING, /* parked: poll again when something has happened */
    UW_POLL_RETURNED,
    UW_POLL_FAILED, /* uw_instance_failure() says why */
} uw_poll_t;

struct uw_call;
struct uw_foreign_ops;

/* What all instances of a worker share. */
typedef struct {
    uw_origin_t origin; /* in children nothing of this may be touched */
    uw_engine_t *engine;
    uw_ticker_t *ticker;
    const uw_package_t *const *packages; /* ends with NULL */
    struct uw_outgoing_table *outgoing;  /* NULL: the settings allow none */
    uw_crew_t *crew; /* for work that blocks; NULL: the settings ask for none */
    uw_mailbox_t jobs; /* where its answers come; with a crew */
    struct uw_directories *directories; /* NULL: the settings give none */
    struct uw_hostcalls *hostcalls;     /* NULL: Python answers nothing */
    struct uw_network *network;         /* the same of sockets */
    uint32_t sockets;                   /* that are open, of all exchanges */
    uw_crew_t *resolvers;               /* look up names; NULL: no network */
    uw_mailbox_t lookups; /* what they have found; with a network */
    uw_noted_t denied;    /* places that guests were denied, where they are */
    uw_executor_t *executor;
    /* Something that the exchange with that ticket waits for may have come. */
    void (*wake)(void *data, uint64_t ticket);
    void *wake_data;
    /* Who does what no package has: guest/foreign.h.  NULL: nobody. */
    const struct uw_foreign_ops *foreign;
} uw_host_t;

/* What a guest that is parked in a host function waits for. */
typedef struct {
    /* Asked again each time the exchange is woken; NULL: not parked. */
    int (*retry)(struct uw_call *call, void *state);
    void *state;         /* of the host function that it is parked in */
    const uw_abi_t *abi; /* of its values */
    uw_val_t *results;   /* of the host call; live until it is resumed */
    uint64_t at;         /* wake up then at the latest; UINT64_MAX: no time */
} uw_wait_t;

struct uw_instance {
    uw_host_t *host;
    uw_engine_t *engine;
    uw_pool_t *pool; /* where its store is */
    const uw_ticker_t *ticker;
    uw_exchange_t *exchange;
    uint64_t ticket; /* the worker's number for the exchange */
    uw_abi_t abi;
    uw_abi_t carried_abi; /* in calls of functions whose bytes are strings */
    wasmtime_store_t *store;
    wasmtime_context_t *context;
    wasmtime_call_future_t *future;
    wasmtime_error_t *error; /* written by libwasmtime when a future ends */
    uint64_t memory; /* bytes of its memories, where engine/memory.c has them */
    uint64_t beside; /* nanoseconds that other threads worked for it, and that
                      * nobody has counted yet */
    bool instantiated;
    uint64_t began;         /* to be instantiated; set by the caller */
    uint64_t instantiation; /* nanoseconds that it took */
    /* Set by the caller before each poll: when that is, and what
     * uw_processor_time() is then; 0: not asked, the instance asks when a tick
     * has come, and takes what it was a little before. */
    uint64_t polled;
    uint64_t measured;
    /* For host functions, which the epoch does not interrupt: the tick that ends
     * the quantum, and uw_processor_time() when one that cannot give way was called
     * after it; 0: not yet. */
    uint64_t quantum_end;
    uint64_t overdue;
    bool gives_way; /* parked by uw_instance_quantum_is_over() */
    wasmtime_component_instance_t component;
    wasmtime_component_func_t function; /* that it is entered by */
    const uw_entry_t *entry;
    uw_frame_t frame;

    uw_account_t account; /* what the host holds for the guest */
    uw_resources_t resources;
    uw_arena_t arena; /* reset after each host call */
    uw_wait_t wait;
    struct uw_context *caller; /* for Python; NULL: it has called nothing */
    void *states[UW_PACKAGES]; /* of packages: guest/package.h */
    uw_guest_log_t log;
    bool failed;            /* failed while parked: `failure` says why */
    struct uw_stdio *stdio; /* of a command; NULL: the log, and no input */
    bool exited;            /* by wasi:cli/exit */
    bool exit_ok;
    uint8_t exit_code;
    uw_end_t end;      /* what `failure` counts as */
    char failure[512]; /* the host's own reason, or empty */
};

/* Once for each slot, all zero before: room for what packages have of it.  -1:
 * out of memory. */
int uw_instance_init(uw_instance_t *instance, uw_host_t *host) UW_CHECKED;

/*
 * Makes store and instance and prepares the call.  Nothing of the guest runs
 * before the first poll.
 *
 *   entry: NULL: it is only instantiated, to be entered later.
 */
void uw_instance_start(uw_instance_t *instance, const uw_entry_t *entry,
                       uw_exchange_t *exchange, uint64_t ticket);

/*
 * Enters the guest, which has been instantiated or has returned, by another call
 * of its functions; it runs with the next poll.  Returns 0, or -1 where
 * uw_instance_failure() says why.
 */
int uw_instance_enter(uw_instance_t *instance, const uw_entry_t *entry)
    UW_CHECKED;

/* Frees arguments and results of a call that has returned. */
void uw_instance_leave(uw_instance_t *instance);

/* Runs the guest until it stops for one of the reasons above. */
uw_poll_t uw_instance_poll(uw_instance_t *instance);

/* Nanoseconds of a processor that the guest has had in the poll that is over since
 * `left`: at most the time that it took, less where its quantum was measured. */
uint64_t uw_instance_used(const uw_instance_t *instance, uint64_t left);

/* Whether the guest that runs has to let others run: it has used its quantum, by
 * whatever the host did for it. */
bool uw_instance_quantum_is_over(uw_instance_t *instance);

/* A new quantum, where the guest has just let others run. */
void uw_instance_new_quantum(uw_instance_t *instance);

/*
 * Whether host functions that cannot give way have used the processor for longer
 * than UW_HOST_TIME since the quantum ended, and the guest has come to no loop and
 * to no function of its own in that time.
 */
bool uw_instance_is_overdue(uw_instance_t *instance);

#define UW_HOST_TIME (100 * 1000000u)

/*
 * Ends the guest wherever it is and frees store and resources.  Memory that
 * the next exchange can use is kept.  Harmless on one that was not started.
 */
void uw_instance_stop(uw_instance_t *instance);
void uw_instance_free(uw_instance_t *instance);

#endif /* UW_GUEST_INSTANCE_H */

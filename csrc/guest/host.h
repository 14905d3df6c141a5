/*
 * Host functions: what a component may import, one table per WIT interface.
 *
 * A host function has four ways out and says which:
 *   UW_DONE  its result is in call->results[0] (an `err` value included);
 *   UW_WAIT  it has parked the guest by uw_attempt(); only rows of UW_WAITS;
 *   UW_TRAP  the guest broke a rule that ends it (uw_trap() says which);
 *   and a wrong argument type, which the readers (guest/codec.h) turn into a trap.
 *
 * Guests look at the clock in their own loops and functions, but not while the
 * host works for them.  So rows that may work long are registered as those that
 * wait are, and give way when the guest's quantum is over (UW_GIVES_WAY).  A row
 * that cannot give way ends a guest that calls nothing else for 100 ms.
 *
 * Call path: libwasmtime -> guest/host.c (one trampoline for all rows: checks the
 * number of arguments and results, so that a component which declares another
 * type than WASI's cannot write or read beyond them) -> the row's function.
 */

#ifndef UW_GUEST_HOST_H
#define UW_GUEST_HOST_H

#include "guest/call.h"

typedef uw_step_t (*uw_host_fn_t)(uw_call_t *call);

/*
 * How a function uses time.  Those but the first are registered as asynchronous
 * ones, which costs some 450 instructions for each call.
 */
enum {
    UW_SHORT,     /* at most some microseconds for what honest guests pass */
    UW_WAITS,     /* may answer UW_WAIT */
    UW_GIVES_WAY, /* may take longer; lets others run when the quantum is over */
};

typedef struct uw_host_func {
    const char *name; /* WIT name, e.g. "[method]input-stream.read" */
    uw_host_fn_t fn;
    uint16_t id;     /* of the row: never 0, never that of another one */
    uint8_t params;  /* self included */
    uint8_t results; /* 0 or 1 */
    uint8_t time;    /* UW_SHORT, ... */
    bool refused;    /* exists only to say that it is not allowed */
} uw_host_func_t;

typedef struct uw_host_interface {
    const char *name; /* "wasi:io/streams", no version */
    /* Those that it has; ends with NULL.  "0.2." stands for each 0.2.x
     * that is no draft, an empty one for none. */
    const char *const *versions;
    /* Ends with NULL; or NULL. */
    const uw_resource_type_t *const *resources;
    const uw_host_func_t *functions; /* ends with a NULL name */
} uw_host_interface_t;

/* ---- What libwasmtime calls: `data` is an uw_bound_t ---- */

/* A row of the tables as libwasmtime hands it back at each call. */
typedef struct {
    const uw_wasmtime_t *wt;
    const uw_host_func_t *function; /* of a function */
    const uw_resource_type_t *type; /* of a resource */
    uint32_t foreign;               /* of one of guest/foreign.h: its number */
    bool carried;                   /* of a function: see uw_abi_t */
} uw_bound_t;

/* The trampolines: of a function that is UW_SHORT, and of all others. */
wasmtime_error_t *uw_host_sync(void *data, wasmtime_context_t *context,
                               const wasmtime_component_func_type_t *type,
                               uw_val_t *args, size_t args_size,
                               uw_val_t *results, size_t results_size);
void uw_host_async(void *data, wasmtime_context_t *context,
                   const wasmtime_component_func_type_t *type, uw_val_t *args,
                   size_t args_size, uw_val_t *results, size_t results_size,
                   wasmtime_error_t **error,
                   wasmtime_async_continuation_t *continuation);

/* The guest has dropped an owned handle. */
wasmtime_error_t *uw_host_drop(void *data, wasmtime_context_t *context,
                               uint32_t rep);

/* ---- Waiting ---- */

typedef uw_step_t (*uw_attempt_t)(uw_call_t *call, void *state);

/*
 * Calls `attempt` now and, as long as it answers UW_WAIT, again each time the
 * exchange is woken, and when `at` comes (UINT64_MAX: never).  `state` is what it
 * needs: the arguments are gone by then; call->results stays.  Only in rows of
 * UW_WAITS.
 */
uw_step_t uw_attempt(uw_call_t *call, uw_attempt_t attempt, void *state,
                     uint64_t at);

#endif /* UW_GUEST_HOST_H */

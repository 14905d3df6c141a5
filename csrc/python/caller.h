/* An instance that Python calls, and its library.  Private to this folder. */

#ifndef UW_PYTHON_CALLER_H
#define UW_PYTHON_CALLER_H

#include <pthread.h>

#include "guest/foreign.h"
#include "guest/handles.h"
#include "http/end.h"
#include "python/events.h"
#include "wasi/standard.h"

/* What is kept of the memory of buffers for the next call. */
#define UW_CALLER_KEEP (64u << 10)

typedef enum {
    UW_CALLER_NEW,
    UW_CALLER_IDLE,    /* instantiated, and not in a call */
    UW_CALLER_RUNNING, /* to go on */
    UW_CALLER_ASKING,  /* an answer is waited for */
    UW_CALLER_DEAD,
} uw_caller_stage_t;

struct uw_caller {
    uw_exchange_t
        exchange; /* of nobody: it has the name of the instance in logs */
    uw_instance_t instance;
    uw_library_t *library;
    uw_caller_t *next; /* in the list of free ones */
    uint64_t ticket;
    atomic_bool busy;
    atomic_bool cancelled;
    bool woken;
    int event_fd; /* readable where it was woken; -1: nobody waits */
    uw_caller_stage_t stage;

    uw_entry_t entry;
    const uw_signature_t *called;
    uw_val_t *args;
    uw_val_t result;
    uw_guest_handles_t handles;
    uw_buf_t packed; /* what the guest has returned, or passes to the host */
    uw_buf_t drops;
    uw_stdio_t stdio; /* of a command */

    const uw_foreign_t *asked; /* what the guest has called; NULL: nothing */
    bool answered;
    uw_slice_t answer;   /* while it runs */
    const char *failure; /* in the place of an answer; or NULL */
    uw_packed_fault_t fault;
    bool malformed;

    uint64_t deadline;
    uint64_t cpu;
    char message[512];
    char detail[4096];
};

struct uw_library {
    uw_engine_t *engine;
    uw_executor_t *executor;
    uw_host_t host;
    pthread_mutex_t mutex; /* whoever holds it runs, one at a time */
    uw_caller_t **callers; /* by the low half of their tickets */
    uint32_t count;
    uw_caller_t *free;
    uint32_t live;
    uint32_t stores; /* of those that are instantiated */
    bool closing;
    uint64_t instances;
    const uw_program_t *program;
};


/* Who does what guests call and no package has: Python. */
extern const uw_foreign_ops_t uw_caller_ops;

uw_caller_t *uw_caller_of(const uw_instance_t *instance);

/* What numbers in packed values of its calls stand for. */
uw_handles_t uw_caller_handles(uw_caller_t *caller);

/* Takes it, and the turn of its library; false: another thread has it, or another
 * process has made it. */
bool uw_caller_enter(uw_caller_t *caller) UW_CHECKED;
void uw_caller_leave(uw_caller_t *caller);

/* ---- All of these fill *event, and return its kind ---- */

/* Python has asked for what cannot be. */
int uw_caller_refuse(const char *why, uw_call_event_t *event);
/* Packed bytes are wrong, as caller->fault says. */
int uw_caller_malformed(uw_caller_t *caller, uw_call_event_t *event);
/* caller->packed is what Python gets. */
int uw_caller_with_data(uw_caller_t *caller, int kind, uw_call_event_t *event);
/* Ends it for a reason of ours. */
int uw_caller_end(uw_caller_t *caller, uw_end_t end, const char *why,
                  uw_call_event_t *event);
/* The guest has failed, and the instance says why. */
int uw_caller_failed(uw_caller_t *caller, uw_call_event_t *event);
/* Lets the guest run until something happens. */
int uw_caller_run(uw_caller_t *caller, uw_call_event_t *event);

/* What ends a call that is not over; NULL: nothing. */
const char *uw_caller_due(const uw_caller_t *caller, uw_end_t *end) UW_CHECKED;

/* Frees its store, wherever the guest is.  Harmless twice. */
void uw_caller_stop(uw_caller_t *caller);

#endif /* UW_PYTHON_CALLER_H */

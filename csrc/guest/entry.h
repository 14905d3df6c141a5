/*
 * How a guest is entered: by which of its exports, with what, and what becomes of
 * what it returns.
 */

#ifndef UW_GUEST_ENTRY_H
#define UW_GUEST_ENTRY_H

#include "guest/val.h"

struct uw_instance;

/* An exported function; a pool looks for those that it is opened for. */
typedef struct {
    const char *interface; /* "wasi:http/incoming-handler@0.2.3"; NULL: none */
    const char *function;
} uw_export_t;

/* Room for arguments, or results, of most functions. */
#define UW_FRAME_VALUES 4

/* Arguments and results of a call.  The instance deletes the values; their memory
 * is the frame's, or that of whoever enters. */
typedef struct {
    uw_val_t *args;
    size_t args_size;
    uw_val_t *results;
    size_t results_size;
    uw_val_t values[UW_FRAME_VALUES];
} uw_frame_t;

typedef struct {
    uint32_t export; /* which of the pool's */

    /* Makes the arguments, and says where results go.  Returns NULL, or why
     * that cannot be done.  NULL: the frame is as it has to be. */
    wasmtime_error_t *(*enter)(struct uw_instance *instance, uw_frame_t *frame);

    /* The function has returned; NULL: nobody wants to know. */
    void (*leave)(struct uw_instance *instance, uw_frame_t *frame);
} uw_entry_t;

#endif /* UW_GUEST_ENTRY_H */

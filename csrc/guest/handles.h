/*
 * Handles of resources that a component has made itself, by numbers, for whoever
 * calls its functions.  An owned one is in the table from the call that returned
 * it until it is passed back as owned, or dropped.
 */

#ifndef UW_GUEST_HANDLES_H
#define UW_GUEST_HANDLES_H

#include "guest/instance.h"
#include "guest/types.h"

typedef struct {
    wasmtime_component_resource_any_t *any; /* NULL: free */
    uint32_t resource; /* number of its type, in the program */
    uint32_t next;     /* free, or given away: number of the next such, or 0 */
    bool given;        /* to a call that is being prepared */
} uw_guest_handle_t;

typedef struct {
    uw_guest_handle_t *handles; /* numbered from 1 */
    uint32_t count;
    uint32_t capacity;
    uint32_t free;  /* number of the first free one, or 0 */
    uint32_t given; /* of the first that is given away, or 0 */
    uint32_t live;
} uw_guest_handles_t;

/* The number of a handle that a result has; -1: there are too many. */
int uw_guest_handle_add(uw_guest_handles_t *handles, uw_instance_t *instance,
                        const uw_type_t *type, const uw_val_t *val,
                        uint32_t *number) UW_CHECKED;

/*
 * A value for an argument.  One that is passed as owned is given away, and may not
 * be passed again; uw_guest_handles_settle() says whether it is.  -1: there is no
 * such handle of that type.
 */
int uw_guest_handle_pass(uw_guest_handles_t *handles, uw_instance_t *instance,
                         const uw_type_t *type, uint32_t number, uw_val_t *val)
    UW_CHECKED;

/* What was given away is gone, or is not because there is no call after all. */
void uw_guest_handles_settle(uw_guest_handles_t *handles,
                             uw_instance_t *instance, bool gone);

/* Takes a handle out of the table, for the caller to delete; NULL: there is none. */
wasmtime_component_resource_any_t *uw_guest_handle_take(
    uw_guest_handles_t *handles, uint32_t number);

/* Forgets all handles; before their store ends. */
void uw_guest_handles_reset(uw_guest_handles_t *handles,
                            uw_instance_t *instance);
void uw_guest_handles_free(uw_guest_handles_t *handles);

#endif /* UW_GUEST_HANDLES_H */

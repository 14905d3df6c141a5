/*
 * What a component imports and no package has: functions and resource types that
 * a program describes (guest/types.h).  Somebody else does what they do, and is
 * given packed values (guest/packed.h).
 *
 * Call path: libwasmtime -> guest/host.c -> here, where arguments are packed ->
 * uw_foreign_ops_t of the host, which may let the guest wait -> uw_foreign_return().
 */

#ifndef UW_GUEST_FOREIGN_H
#define UW_GUEST_FOREIGN_H

#include "guest/host.h"
#include "guest/unpacked.h"

/* A function; numbered as the program has its imports. */
typedef struct {
    uw_host_func_t row; /* first: a row is its function */
    const uw_signature_t *signature;
    uint32_t number;
} uw_foreign_t;

/* Who does it; all are called on the worker's thread. */
typedef struct uw_foreign_ops {
    /* The guest has called: an empty buffer for the arguments.  NULL after
     * uw_trap(). */
    uw_buf_t *(*begin)(uw_call_t *call, const uw_foreign_t *function);

    /* The arguments are there.  Asked again when the exchange was woken, as long
     * as it answers UW_WAIT; UW_DONE by uw_foreign_return(). */
    uw_step_t (*attempt)(uw_call_t *call, const uw_foreign_t *function);

    /* The guest has dropped its handle of something of the host's.
     *
     *   resource: the number of the type, in the program.
     */
    void (*dropped)(uw_instance_t *instance, uint32_t resource, uint32_t rep);
} uw_foreign_ops_t;

/* A program, and what is linked of it. */
typedef struct {
    uw_program_t program;
    uw_foreign_t *functions; /* of the imports */
} uw_foreign_program_t;

/* NULL: it is none, or out of memory. */
uw_foreign_program_t *uw_foreign_program_new(const char *text) UW_CHECKED;
void uw_foreign_program_delete(uw_foreign_program_t *program);

/* The program that an instance is linked with; NULL: none. */
static inline const uw_program_t *
uw_instance_program(const uw_instance_t *instance)
{
    const uw_foreign_program_t *linked = instance->pool->linked;

    return linked == NULL ? NULL : &linked->program;
}

/* Answers with packed bytes; UW_TRAP, with nothing in call->error, and *fault
 * where they are malformed. */
uw_step_t uw_foreign_return(uw_call_t *call, const uw_foreign_t *function,
                            uw_slice_t packed, uw_packed_fault_t *fault);

/* ---- Handles of the host's: an uw_handles_t, whose data is the instance ---- */

/* What they are in libwasmtime: not the id of any row. */
#define UW_FOREIGN_TYPE 0x10000u

/* The number that the host has for a handle, which leaves the guest where it is
 * owned.  -1: it is of another type. */
int uw_foreign_number(void *data, const uw_type_t *type, const uw_val_t *val,
                      uint32_t *number) UW_CHECKED;

/* A handle of that number; -1: the guest has too many. */
int uw_foreign_handle(void *data, const uw_type_t *type, uint32_t number,
                      uw_val_t *val) UW_CHECKED;

/* ---- For the linker ---- */

/* The guest has dropped one: a wasmtime_component_resource_destructor_t, `data` is
 * an uw_bound_t. */
wasmtime_error_t *uw_foreign_drop(void *data, wasmtime_context_t *context,
                                  uint32_t rep);

#endif /* UW_GUEST_FOREIGN_H */

/*
 * A call of an exported function by an exchange, in the place of a handler of HTTP:
 * packed arguments in, packed result out (guest/packed.h), as the body of a 200.
 * What the result means to a client is for the transport.
 */

#ifndef UW_GUEST_FUNCTION_H
#define UW_GUEST_FUNCTION_H

#include "guest/instance.h"
#include "guest/unpacked.h"

typedef struct {
    bool called; /* else it is the handler that is entered */
    uw_entry_t entry;
    uw_buf_t packed; /* the arguments; then the result */
    uw_val_t *args;  /* room for `room` of them; live while the guest is */
    uint32_t room;
    uw_val_t result;
} uw_function_t;

/* A function of the engine's program is to be called.  Copies the arguments.  -1:
 * memory is out, or there is no function of that number. */
int uw_function_set(uw_function_t *function, const uw_engine_t *engine,
                    uint32_t number, uw_slice_t packed) UW_CHECKED;

/* For the next exchange; keeps a little memory. */
void uw_function_reset(uw_function_t *function);
void uw_function_free(uw_function_t *function);

#endif /* UW_GUEST_FUNCTION_H */

#include "guest/function.h"

#include <stdlib.h>

#include "guest/foreign.h"

/* What is kept of the memory of a buffer for the next call. */
#define UW_FUNCTION_KEEP (64u << 10)


/* ---- Handles: nobody is there to hold them between two calls ---- */

static int
uw_function_number(void *data, const uw_type_t *type, const uw_val_t *val,
                   uint32_t *number)
{
    (void) data;
    (void) type;
    (void) val;
    (void) number;

    return -1;
}


static int
uw_function_handle(void *data, const uw_type_t *type, uint32_t number,
                   uw_val_t *val)
{
    (void) data;
    (void) type;
    (void) number;
    (void) val;

    return -1;
}


static const uw_handles_t uw_function_handles = {
    NULL,
    uw_function_number,
    uw_function_handle,
};


/* ---- Arguments in, result out ---- */

static uw_function_t *
uw_function_of(const uw_instance_t *instance)
{
    return (uw_function_t *) ((char *) (uintptr_t) instance->entry
                              - offsetof(uw_function_t, entry));
}


static wasmtime_error_t *
uw_function_enter(uw_instance_t *instance, uw_frame_t *frame)
{
    uw_function_t *function = uw_function_of(instance);
    const uw_signature_t *called =
        &uw_instance_program(instance)->exports[function->entry.export];
    uw_packed_fault_t fault;
    uw_slice_t packed = { uw_buf_head(&function->packed),
                          uw_buf_size(&function->packed) };

    if (uw_packed_read(instance->abi.wt, &uw_function_handles, called->params,
                       called->param_count, called->carried, packed,
                       instance->account.limit, function->args, &fault)
        != 0)
    {
        return instance->abi.wt->error_new(
            fault.why == NULL ? "an argument is a handle" : fault.why);
    }
    function->result = uw_val_bool(false);
    *frame = (uw_frame_t) {
        .args = function->args,
        .args_size = called->param_count,
        .results = &function->result,
        .results_size = called->result.kind != UW_TYPE_NONE,
    };

    return NULL;
}


/* -1: the result is too large. */
static int
uw_function_answer(uw_function_t *function, uw_instance_t *instance)
{
    const uw_signature_t *called =
        &uw_instance_program(instance)->exports[function->entry.export];
    uw_buf_t *packed = &function->packed;
    uw_fields_t headers = { 0 };
    uw_outgoing_body_t *body;
    int status = -1;

    uw_buf_consume(packed, uw_buf_size(packed));
    if (uw_packed_write(&uw_function_handles, &called->result,
                        called->result.kind != UW_TYPE_NONE, called->carried,
                        &function->result, packed)
        != 0)
    {
        return -1;
    }
    body = uw_outgoing_body_new(instance->engine->settings.body_buffer,
                                &instance->account);
    if (body == NULL) {
        return -1;
    }
    body->limit = instance->engine->settings.max_response_bytes;
    if (uw_outgoing_body_write(body, uw_buf_head(packed), uw_buf_size(packed))
            == UW_WRITE_OK
        && uw_outgoing_body_finish(body))
    {
        uw_exchange_set(instance->exchange, 200, &headers, body);
        status = 0;
    }
    uw_outgoing_body_release(body);
    uw_fields_free(&headers);

    return status;
}


static void
uw_function_leave(uw_instance_t *instance, uw_frame_t *frame)
{
    (void) frame;

    /* Where it cannot, there is no response: its owner says so. */
    (void) !uw_function_answer(uw_function_of(instance), instance);
}


/* ---- For its owner ---- */

static const uw_program_t *
uw_function_program(const uw_engine_t *engine)
{
    const uw_foreign_program_t *linked = engine->pools[0].linked;

    return linked == NULL ? NULL : &linked->program;
}


int
uw_function_set(uw_function_t *function, const uw_engine_t *engine,
                uint32_t number, uw_slice_t packed)
{
    const uw_program_t *program = uw_function_program(engine);

    if (program == NULL || number >= program->export_count) {
        return -1;
    }
    if (function->room < program->most_params) {
        uw_val_t *args =
            realloc(function->args, program->most_params * sizeof(*args));

        if (args == NULL) {
            return -1;
        }
        function->args = args;
        function->room = program->most_params;
    }
    if (uw_buf_append(&function->packed, packed.data, packed.size) != 0) {
        return -1;
    }
    function->entry = (uw_entry_t) { .export = number,
                                     .enter = uw_function_enter,
                                     .leave = uw_function_leave };
    function->called = true;

    return 0;
}


void
uw_function_reset(uw_function_t *function)
{
    if (function->called) {
        uw_buf_reset(&function->packed, UW_FUNCTION_KEEP);
        function->called = false;
    }
}


void
uw_function_free(uw_function_t *function)
{
    uw_buf_free(&function->packed);
    free(function->args);
}

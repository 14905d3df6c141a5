#include "guest/foreign.h"

#include <stdlib.h>
#include <string.h>


/* ---- Handles ---- */

int
uw_foreign_number(void *data, const uw_type_t *type, const uw_val_t *val,
                  uint32_t *number)
{
    uw_instance_t *instance = data;
    const uw_wasmtime_t *wt = instance->abi.wt;
    wasmtime_component_resource_host_t *handle;
    wasmtime_error_t *error = wt->component_resource_any_to_host(
        instance->context, val->of.resource, &handle);
    bool matches;

    if (error != NULL) {
        wt->error_delete(error);
        return -1;
    }
    *number = wt->component_resource_host_rep(handle);
    matches = wt->component_resource_host_type(handle)
              == UW_FOREIGN_TYPE + type->resource;
    wt->component_resource_host_delete(handle);

    return matches ? 0 : -1;
}


int
uw_foreign_handle(void *data, const uw_type_t *type, uint32_t number,
                  uw_val_t *val)
{
    uw_instance_t *instance = data;
    const uw_wasmtime_t *wt = instance->abi.wt;
    wasmtime_component_resource_host_t *handle =
        wt->component_resource_host_new(type->kind == UW_TYPE_OWN, number,
                                        UW_FOREIGN_TYPE + type->resource);
    wasmtime_error_t *error = wt->component_resource_host_to_any(
        instance->context, handle, &val->of.resource);

    wt->component_resource_host_delete(handle);
    if (error != NULL) {
        wt->error_delete(error);
        return -1;
    }
    val->kind = WASMTIME_COMPONENT_RESOURCE;

    return 0;
}


wasmtime_error_t *
uw_foreign_drop(void *data, wasmtime_context_t *context, uint32_t rep)
{
    const uw_bound_t *bound = data;
    uw_instance_t *instance = bound->wt->context_get_data(context);

    instance->host->foreign->dropped(instance, bound->foreign, rep);

    return NULL;
}


/* ---- Calls ---- */

static uw_step_t
uw_foreign_attempt(uw_call_t *call, void *state)
{
    return call->instance->host->foreign->attempt(call, state);
}


static uw_step_t
uw_foreign_call(uw_call_t *call)
{
    const uw_foreign_t *function = (const uw_foreign_t *) call->function;
    const uw_handles_t handles = { call->instance, uw_foreign_number,
                                   uw_foreign_handle };
    uw_buf_t *packed = call->instance->host->foreign->begin(call, function);

    if (packed == NULL) {
        return UW_TRAP;
    }
    if (uw_packed_write(&handles, function->signature->params,
                        function->signature->param_count,
                        function->signature->carried, call->args, packed)
        != 0)
    {
        return uw_trap(call, "the arguments of %s cannot be passed on",
                       function->row.name);
    }

    return uw_attempt(call, uw_foreign_attempt, (void *) (uintptr_t) function,
                      UINT64_MAX);
}


uw_step_t
uw_foreign_return(uw_call_t *call, const uw_foreign_t *function,
                  uw_slice_t packed, uw_packed_fault_t *fault)
{
    uw_instance_t *instance = call->instance;
    const uw_handles_t handles = { instance, uw_foreign_number,
                                   uw_foreign_handle };

    return uw_packed_read(instance->abi.wt, &handles,
                          &function->signature->result, function->row.results,
                          function->signature->carried, packed,
                          instance->account.limit, call->results, fault)
                   == 0
               ? UW_DONE
               : UW_TRAP;
}


/* ---- Programs ---- */

void
uw_foreign_program_delete(uw_foreign_program_t *program)
{
    if (program != NULL) {
        uw_program_free(&program->program);
        free(program->functions);
        free(program);
    }
}


uw_foreign_program_t *
uw_foreign_program_new(const char *text)
{
    uw_foreign_program_t *made = calloc(1, sizeof(*made));
    uw_program_t *program;

    if (made == NULL) {
        return NULL;
    }
    program = &made->program;
    if (uw_program_read(program, text, strlen(text)) != 0) {
        goto failed;
    }
    made->functions =
        calloc(program->import_count + 1, sizeof(*made->functions));
    if (made->functions == NULL) {
        goto failed;
    }
    for (size_t i = 0; i < program->import_count; i++) {
        const uw_signature_t *signature = &program->imports[i];

        if (signature->param_count > UINT8_MAX) {
            goto failed;
        }
        made->functions[i] = (uw_foreign_t) {
            .row = { .name = signature->name,
                     .fn = uw_foreign_call,
                     .params = (uint8_t) signature->param_count,
                     .results = signature->result.kind != UW_TYPE_NONE,
                     .time = UW_WAITS },
            .signature = signature,
            .number = (uint32_t) i,
        };
    }

    return made;

failed:

    uw_foreign_program_delete(made);

    return NULL;
}

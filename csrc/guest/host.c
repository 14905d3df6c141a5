#include "guest/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row of the tables as libwasmtime hands it back at each call. */
typedef struct {
    const uw_wasmtime_t *wt;
    const uw_host_func_t *function; /* of a function */
    uint32_t kind;                  /* of a resource */
} uw_bound_t;

/* A row of the tables: a resource or a function, the other one is NULL. */
typedef struct {
    const char *name;
    const uw_host_interface_t *interface;
    const uw_host_resource_t *resource;
    const uw_host_func_t *function;
} uw_row_t;

static const uw_host_interface_t *const uw_host_packages[] = {
    uw_wasi_io,   uw_wasi_clocks,     uw_wasi_random,  uw_wasi_cli,
    uw_wasi_http, uw_wasi_filesystem, uw_wasi_sockets,
};

#define UW_HOST_PACKAGES                                                       \
    (sizeof(uw_host_packages) / sizeof(uw_host_packages[0]))


/* ---- The trampoline ---- */

/* Whatever was answered: the host could not do what it was asked. */
static uw_step_t
uw_host_holds_too_much(uw_call_t *call)
{
    const uw_wasmtime_t *wt = call->abi->wt;

    if (call->error != NULL) {
        wt->error_delete(call->error);
        call->error = NULL;
    }

    return uw_trap(
        call,
        "the exchange holds more than %zu bytes of the host's memory "
        "(UNIT_WASM_MAX_HOST_MEMORY)",
        call->instance->account.limit);
}


static uw_step_t
uw_host_call(const uw_bound_t *bound, uw_call_t *call, size_t results_size)
{
    const uw_host_func_t *function = bound->function;
    uw_step_t step;

    if (call->args_size != function->params
        || results_size != function->results)
    {
        return uw_trap(call,
                       "the component imports %s with another type than "
                       "WASI's",
                       function->name);
    }

    step = function->fn(call);
    uw_arena_reset(&call->instance->arena);

    if (uw_account_is_over(&call->instance->account)) {
        if (results_size != 0) {
            call->abi->wt->component_val_delete(&call->results[0]);
            call->results[0] = uw_val_bool(false);
        }
        return uw_host_holds_too_much(call);
    }

    return step;
}


static uw_call_t
uw_host_enter(const uw_bound_t *bound, wasmtime_context_t *context,
              uw_val_t *args, size_t args_size, uw_val_t *results)
{
    uw_instance_t *instance = bound->wt->context_get_data(context);

    return (uw_call_t) { .instance = instance,
                         .abi = &instance->abi,
                         .args = args,
                         .args_size = args_size,
                         .results = results };
}


static wasmtime_error_t *
uw_host_sync(void *data, wasmtime_context_t *context,
             const wasmtime_component_func_type_t *type, uw_val_t *args,
             size_t args_size, uw_val_t *results, size_t results_size)
{
    uw_call_t call = uw_host_enter(data, context, args, args_size, results);

    (void) type;

    if (uw_instance_is_overdue(call.instance)) {
        (void) uw_trap(&call,
                       "the component used %u ms of the processor in host "
                       "functions without a loop or a call of its own",
                       UW_HOST_TIME / 1000000u);
        return call.error;
    }
    if (uw_host_call(data, &call, results_size) == UW_WAIT) {
        (void) uw_trap(&call, "a host function waits that must not");
    }

    return call.error;
}


static bool
uw_host_done(void *env)
{
    (void) env;

    return true;
}


/* The slice was over: the others run before this is asked again. */
static bool
uw_host_give_way(void *env)
{
    uw_instance_t *instance = env;

    if (!instance->gives_way) {
        instance->gives_way = true;
        return false;
    }
    instance->gives_way = false;
    uw_instance_new_slice(instance);

    return true;
}


/* Asked at every poll of a parked guest. */
static bool
uw_host_resume(void *env)
{
    uw_instance_t *instance = env;
    uw_call_t call = { .instance = instance,
                       .abi = &instance->abi,
                       .results = instance->wait.results };
    uw_step_t step;

    if (instance->doomed) {
        return false;
    }

    step = uw_account_is_over(&instance->account)
               ? uw_host_holds_too_much(&call)
               : instance->wait.retry(&call);
    uw_arena_reset(&instance->arena);

    if (step == UW_TRAP) {
        /* libwasmtime takes no error any more at this point: the instance is
         * ended from outside, see uw_instance_poll(). */
        uw_error_take(instance->abi.wt, call.error, instance->failure,
                      sizeof(instance->failure));
        instance->doomed = true;
    }
    if (step == UW_DONE) {
        instance->wait.retry = NULL;
    }

    return step == UW_DONE;
}


static void
uw_host_async(void *data, wasmtime_context_t *context,
              const wasmtime_component_func_type_t *type, uw_val_t *args,
              size_t args_size, uw_val_t *results, size_t results_size,
              wasmtime_error_t **error,
              wasmtime_async_continuation_t *continuation)
{
    uw_call_t call = uw_host_enter(data, context, args, args_size, results);
    uw_step_t step = uw_host_call(data, &call, results_size);

    (void) type;

    *error = call.error;
    continuation->callback = uw_host_done;
    if (step == UW_WAIT) {
        continuation->callback = uw_host_resume;

    } else if (step == UW_DONE && uw_instance_slice_is_over(call.instance)) {
        continuation->callback = uw_host_give_way;
    }
    continuation->env = call.instance;
    continuation->finalizer = NULL;
}


uw_step_t
uw_attempt(uw_call_t *call, uw_host_fn_t attempt)
{
    uw_step_t step = attempt(call);

    if (step == UW_WAIT) {
        call->instance->wait.retry = attempt;
        call->instance->wait.results = call->results;
    }

    return step;
}


/* The guest has dropped an owned handle. */
static wasmtime_error_t *
uw_host_drop(void *data, wasmtime_context_t *context, uint32_t rep)
{
    const uw_bound_t *bound = data;
    uw_call_t call = uw_host_enter(bound, context, NULL, 0, NULL);
    uw_resource_kind_t kind = (uw_resource_kind_t) bound->kind;
    uw_resource_t *resource =
        uw_resource_get(&call.instance->resources, rep, kind);

    /* A handle that the host has taken over already, by a call that the
     * component declares with another type than WASI's. */
    if (resource != NULL) {
        (void) uw_drop(&call, resource);
    }

    return call.error;
}


/* ---- The tables ---- */

/* Row `*index` of an interface: first its resources, then its functions.  Where
 * it has fewer, takes them off *index. */
static bool
uw_interface_row(const uw_host_interface_t *interface, size_t *index,
                 uw_row_t *row)
{
    for (const uw_host_resource_t *resource = interface->resources;
         resource != NULL && resource->name != NULL; resource++)
    {
        if ((*index)-- == 0) {
            *row = (uw_row_t) { resource->name, interface, resource, NULL };
            return true;
        }
    }

    for (const uw_host_func_t *function = interface->functions;
         function->name != NULL; function++)
    {
        if ((*index)-- == 0) {
            *row = (uw_row_t) { function->name, interface, NULL, function };
            return true;
        }
    }

    return false;
}


static size_t
uw_interface_rows(const uw_host_interface_t *interface)
{
    size_t left = SIZE_MAX;
    uw_row_t row;

    (void) uw_interface_row(interface, &left, &row);

    return SIZE_MAX - left;
}


/* Row `index` of all; false: there are fewer. */
static bool
uw_host_row(size_t index, uw_row_t *row)
{
    for (size_t i = 0; i < UW_HOST_PACKAGES; i++) {
        for (const uw_host_interface_t *interface = uw_host_packages[i];
             interface->name != NULL; interface++)
        {
            if (uw_interface_row(interface, &index, row)) {
                return true;
            }
        }
    }

    return false;
}


static size_t
uw_host_rows(void)
{
    size_t count = 0;

    for (size_t i = 0; i < UW_HOST_PACKAGES; i++) {
        for (const uw_host_interface_t *interface = uw_host_packages[i];
             interface->name != NULL; interface++)
        {
            count += uw_interface_rows(interface);
        }
    }

    return count;
}


bool
uw_host_entry(size_t index, uw_host_entry_t *entry)
{
    uw_row_t row;

    if (!uw_host_row(index, &row)) {
        return false;
    }

    *entry = (uw_host_entry_t) { .interface = row.interface->name,
                                 .name = row.name,
                                 .is_resource = row.resource != NULL };
    if (row.function != NULL) {
        entry->params = row.function->params;
        entry->results = row.function->results;
        entry->waits = row.function->time == UW_WAITS;
        entry->refused = row.function->refused;
    }

    return true;
}


#ifndef UW_DIGEST
#define UW_DIGEST ""
#endif


const char *
uw_sources_digest(void)
{
    return UW_DIGEST;
}


/* ---- The linker ---- */

static wasmtime_error_t *
uw_define_resource(const uw_wasmtime_t *wt,
                   wasmtime_component_linker_instance_t *linker,
                   uw_slice_t name, uw_bound_t *bound)
{
    wasmtime_component_resource_type_t *type =
        wt->component_resource_type_new_host(bound->kind);
    wasmtime_error_t *error = wt->component_linker_instance_add_resource(
        linker, (const char *) name.data, name.size, type, uw_host_drop, bound,
        NULL);

    wt->component_resource_type_delete(type);

    return error;
}


static wasmtime_error_t *
uw_define_row(const uw_wasmtime_t *wt,
              wasmtime_component_linker_instance_t *linker, uw_slice_t name,
              const uw_row_t *row, uw_bound_t *bound)
{
    const char *text = (const char *) name.data;

    *bound = (uw_bound_t) { .wt = wt, .function = row->function };
    if (row->resource != NULL) {
        bound->kind = (uint32_t) row->resource->kind;
        return uw_define_resource(wt, linker, name, bound);
    }

    return row->function->time != UW_SHORT
               ? wt->component_linker_instance_add_func_async(
                     linker, text, name.size, uw_host_async, bound, NULL)
               : wt->component_linker_instance_add_func(
                     linker, text, name.size, uw_host_sync, bound, NULL);
}


static wasmtime_error_t *
uw_define_rows(const uw_wasmtime_t *wt,
               wasmtime_component_linker_instance_t *linker,
               const uw_host_interface_t *interface, uw_bound_t *bound)
{
    size_t count = uw_interface_rows(interface);
    wasmtime_error_t *error = NULL;
    uw_row_t row;

    for (size_t i = 0; i < count && error == NULL; i++) {
        size_t index = i;

        if (uw_interface_row(interface, &index, &row)) {
            error = uw_define_row(wt, linker, uw_slice_of(row.name), &row,
                                  &bound[i]);
        }
    }

    return error;
}


static wasmtime_error_t *
uw_define_interface(const uw_wasmtime_t *wt,
                    wasmtime_component_linker_instance_t *root, uw_slice_t name,
                    const uw_host_interface_t *interface, uw_bound_t *bound)
{
    wasmtime_component_linker_instance_t *linker;
    wasmtime_error_t *error;

    error = wt->component_linker_instance_add_instance(
        root, (const char *) name.data, name.size, &linker);
    if (error != NULL) {
        return error;
    }

    error = uw_define_rows(wt, linker, interface, bound);
    wt->component_linker_instance_delete(linker);

    return error;
}


/* Whether `name` is the interface in a version 0.2.x. */
static bool
uw_is_version_of(uw_slice_t name, const uw_host_interface_t *interface)
{
    size_t size = strlen(interface->name);

    return name.size > size + 5 && memcmp(name.data, interface->name, size) == 0
           && memcmp(name.data + size, "@0.2.", 5) == 0;
}


/* The row that a front imports as `name`, `h` and its number; false: none. */
static bool
uw_row_named(uw_slice_t name, size_t *index)
{
    if (name.size < 2 || name.size > 5 || name.data[0] != 'h') {
        return false;
    }

    *index = 0;
    for (size_t i = 1; i < name.size; i++) {
        if (name.data[i] < '0' || name.data[i] > '9') {
            return false;
        }
        *index = *index * 10 + (size_t) (name.data[i] - '0');
    }

    return true;
}


/*
 * Defines one import: an interface, under the very name that the component has
 * for it (libwasmtime would find another version 0.2.x too, but at each
 * instantiation again, by parsing and comparing versions); or a row, which a
 * front imports by its number (unit_wasm/component/rewrite/front.py).  What is not ours
 * is left to libwasmtime's message.
 */
static wasmtime_error_t *
uw_define_import(const uw_wasmtime_t *wt,
                 wasmtime_component_linker_instance_t *root, uw_slice_t name,
                 uw_bound_t *bound)
{
    size_t index;
    uw_row_t row;

    if (uw_row_named(name, &index) && uw_host_row(index, &row)) {
        return uw_define_row(wt, root, name, &row, &bound[index]);
    }

    for (size_t i = 0; i < UW_HOST_PACKAGES; i++) {
        for (const uw_host_interface_t *interface = uw_host_packages[i];
             interface->name != NULL; interface++)
        {
            if (uw_is_version_of(name, interface)) {
                return uw_define_interface(wt, root, name, interface, bound);
            }
            bound += uw_interface_rows(interface);
        }
    }

    return NULL;
}


static wasmtime_error_t *
uw_define_imports(const uw_wasmtime_t *wt, const uw_pool_t *pool,
                  const wasmtime_component_type_t *type)
{
    size_t count = wt->component_type_import_count(type, pool->engine);
    wasmtime_component_linker_instance_t *root =
        wt->component_linker_root(pool->linker);
    wasmtime_error_t *error = NULL;
    wasmtime_component_extern_t *item;
    const char *name;
    size_t size;

    for (size_t i = 0; i < count && error == NULL; i++) {
        if (wt->component_type_import_nth(type, pool->engine, i, &name, &size,
                                          &item))
        {
            wt->component_extern_delete(item);
            error = uw_define_import(
                wt, root, (uw_slice_t) { (const uint8_t *) name, size },
                pool->bound);
        }
    }
    wt->component_linker_instance_delete(root);

    return error;
}


int
uw_host_define(const uw_wasmtime_t *wt, uw_pool_t *pool, char *error_text,
               size_t error_size)
{
    wasmtime_component_type_t *type;
    wasmtime_error_t *error;

    pool->bound = calloc(uw_host_rows(), sizeof(uw_bound_t));
    if (pool->bound == NULL) {
        (void) snprintf(error_text, error_size, "memory is out");
        return -1;
    }

    type = wt->component_type(pool->component);
    error = uw_define_imports(wt, pool, type);
    wt->component_type_delete(type);
    if (error != NULL) {
        uw_error_take(wt, error, error_text, error_size);
        return -1;
    }

    return 0;
}

#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row of the tables as libwasmtime hands it back at each call. */
typedef struct {
    const uw_wasmtime_t *wt;
    const uw_host_func_t *function; /* of a function */
    uint32_t kind;                  /* of a resource */
} uw_bound_t;

static const uw_host_interface_t *const uw_host_packages[] = {
    uw_wasi_io,   uw_wasi_clocks,     uw_wasi_random,  uw_wasi_cli,
    uw_wasi_http, uw_wasi_filesystem, uw_wasi_sockets,
};

#define UW_HOST_PACKAGES                                                       \
    (sizeof(uw_host_packages) / sizeof(uw_host_packages[0]))


/* ---- The trampoline ---- */

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

    step = instance->wait.retry(&call);
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
    continuation->callback = step == UW_WAIT ? uw_host_resume : uw_host_done;
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


/* ---- The linker ---- */

static size_t
uw_interface_rows(const uw_host_interface_t *interface)
{
    size_t count = 0;

    for (const uw_host_func_t *function = interface->functions;
         function->name != NULL; function++)
    {
        count++;
    }
    for (const uw_host_resource_t *resource = interface->resources;
         resource != NULL && resource->name != NULL; resource++)
    {
        count++;
    }

    return count;
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


static wasmtime_error_t *
uw_define_resources(const uw_wasmtime_t *wt,
                    wasmtime_component_linker_instance_t *linker,
                    const uw_host_resource_t *resource, uw_bound_t **bound)
{
    wasmtime_component_resource_type_t *type;
    wasmtime_error_t *error = NULL;

    for (; resource != NULL && resource->name != NULL && error == NULL;
         resource++)
    {
        **bound = (uw_bound_t) { .wt = wt, .kind = (uint32_t) resource->kind };
        type = wt->component_resource_type_new_host((uint32_t) resource->kind);
        error = wt->component_linker_instance_add_resource(
            linker, resource->name, strlen(resource->name), type, uw_host_drop,
            (*bound)++, NULL);
        wt->component_resource_type_delete(type);
    }

    return error;
}


static wasmtime_error_t *
uw_define_functions(const uw_wasmtime_t *wt,
                    wasmtime_component_linker_instance_t *linker,
                    const uw_host_func_t *function, uw_bound_t **bound)
{
    wasmtime_error_t *error = NULL;

    for (; function->name != NULL && error == NULL; function++) {
        **bound = (uw_bound_t) { .wt = wt, .function = function };

        if (function->waits) {
            error = wt->component_linker_instance_add_func_async(
                linker, function->name, strlen(function->name), uw_host_async,
                *bound, NULL);
        } else {
            error = wt->component_linker_instance_add_func(
                linker, function->name, strlen(function->name), uw_host_sync,
                *bound, NULL);
        }
        (*bound)++;
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

    error = uw_define_resources(wt, linker, interface->resources, &bound);
    if (error == NULL) {
        error = uw_define_functions(wt, linker, interface->functions, &bound);
    }
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


/*
 * Defines what the component imports of an interface, under the very names that
 * it imports: libwasmtime would find another version 0.2.x too, but at each
 * instantiation again, by parsing and comparing versions.
 */
static wasmtime_error_t *
uw_define_imported(const uw_wasmtime_t *wt, wasm_engine_t *engine,
                   const wasmtime_component_type_t *type,
                   wasmtime_component_linker_instance_t *root,
                   const uw_host_interface_t *interface, uw_bound_t *bound)
{
    size_t count = wt->component_type_import_count(type, engine);
    wasmtime_error_t *error = NULL;
    wasmtime_component_extern_t *item;
    const char *name;
    uw_slice_t slice;

    for (size_t i = 0; i < count && error == NULL; i++) {
        if (!wt->component_type_import_nth(type, engine, i, &name, &slice.size,
                                           &item))
        {
            continue;
        }
        wt->component_extern_delete(item);
        slice.data = (const uint8_t *) name;
        if (uw_is_version_of(slice, interface)) {
            error = uw_define_interface(wt, root, slice, interface, bound);
        }
    }

    return error;
}


int
uw_host_define(const uw_wasmtime_t *wt, uw_pool_t *pool, char *error_text,
               size_t error_size)
{
    uw_bound_t *bound = calloc(uw_host_rows(), sizeof(uw_bound_t));
    wasmtime_component_type_t *type;
    wasmtime_component_linker_instance_t *root;
    wasmtime_error_t *error = NULL;

    if (bound == NULL) {
        (void) snprintf(error_text, error_size, "memory is out");
        return -1;
    }
    pool->bound = bound;

    type = wt->component_type(pool->component);
    root = wt->component_linker_root(pool->linker);
    for (size_t i = 0; i < UW_HOST_PACKAGES; i++) {
        for (const uw_host_interface_t *interface = uw_host_packages[i];
             interface->name != NULL && error == NULL; interface++)
        {
            error = uw_define_imported(wt, pool->engine, type, root, interface,
                                       bound);
            bound += uw_interface_rows(interface);
        }
    }
    wt->component_linker_instance_delete(root);
    wt->component_type_delete(type);

    if (error != NULL) {
        uw_error_take(wt, error, error_text, error_size);
        return -1;
    }

    return 0;
}


/* Row `*index` of one interface; else takes its rows off *index. */
static bool
uw_interface_entry(const uw_host_interface_t *interface, size_t *index,
                   uw_host_entry_t *entry)
{
    for (const uw_host_resource_t *resource = interface->resources;
         resource != NULL && resource->name != NULL; resource++)
    {
        if ((*index)-- == 0) {
            *entry = (uw_host_entry_t) { .interface = interface->name,
                                         .name = resource->name,
                                         .is_resource = true };
            return true;
        }
    }

    for (const uw_host_func_t *function = interface->functions;
         function->name != NULL; function++)
    {
        if ((*index)-- == 0) {
            *entry = (uw_host_entry_t) { .interface = interface->name,
                                         .name = function->name,
                                         .params = function->params,
                                         .results = function->results,
                                         .waits = function->waits,
                                         .refused = function->refused };
            return true;
        }
    }

    return false;
}


bool
uw_host_entry(size_t index, uw_host_entry_t *entry)
{
    for (size_t i = 0; i < UW_HOST_PACKAGES; i++) {
        for (const uw_host_interface_t *interface = uw_host_packages[i];
             interface->name != NULL; interface++)
        {
            if (uw_interface_entry(interface, &index, entry)) {
                return true;
            }
        }
    }

    return false;
}

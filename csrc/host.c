#include "host.h"

#include <stdarg.h>
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


/* ---- Traps ---- */

uw_step_t
uw_trap(uw_call_t *call, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    (void) vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    if (call->error == NULL) {
        call->error = call->abi->wt->error_new(text);
    }

    return UW_TRAP;
}


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


/* ---- Arguments ---- */

static bool
uw_arg_kind(uw_call_t *call, const uw_val_t *val,
            wasmtime_component_valkind_t kind)
{
    if (val->kind == kind) {
        return true;
    }
    (void) uw_trap(call, "an argument has another type than WASI's");

    return false;
}


bool
uw_arg_bool(uw_call_t *call, size_t i, bool *value)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_BOOL)) {
        return false;
    }
    *value = call->args[i].of.boolean;

    return true;
}


bool
uw_arg_u8(uw_call_t *call, size_t i, uint8_t *value)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_U8)) {
        return false;
    }
    *value = call->args[i].of.u8;

    return true;
}


bool
uw_arg_u16(uw_call_t *call, size_t i, uint16_t *value)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_U16)) {
        return false;
    }
    *value = call->args[i].of.u16;

    return true;
}


bool
uw_arg_u64(uw_call_t *call, size_t i, uint64_t *value)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_U64)) {
        return false;
    }
    *value = call->args[i].of.u64;

    return true;
}


bool
uw_val_bytes_or_trap(uw_call_t *call, const uw_val_t *val, uw_slice_t *bytes)
{
    if (uw_val_get_bytes(&call->instance->arena, val, bytes) == 0) {
        return true;
    }
    (void) uw_trap(call, "an argument is no string of bytes");

    return false;
}


bool
uw_arg_bytes(uw_call_t *call, size_t i, uw_slice_t *bytes)
{
    return uw_val_bytes_or_trap(call, &call->args[i], bytes);
}


bool
uw_arg_option(uw_call_t *call, size_t i, const uw_val_t **payload)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_OPTION)) {
        return false;
    }
    *payload = call->args[i].of.option;

    return true;
}


bool
uw_arg_list(uw_call_t *call, size_t i, const uw_val_t **items, size_t *size)
{
    if (!uw_arg_kind(call, &call->args[i], WASMTIME_COMPONENT_LIST)) {
        return false;
    }
    *items = call->args[i].of.list.data;
    *size = call->args[i].of.list.size;

    return true;
}


/*
 * Takes the handle out of libwasmtime's table: an owned one for good, a
 * borrowed one so that the guest's call may end.
 */
static bool
uw_handle_take(uw_call_t *call, const uw_val_t *val, uint32_t *rep,
               uint32_t *type)
{
    const uw_wasmtime_t *wt = call->abi->wt;
    wasmtime_component_resource_host_t *handle;
    wasmtime_error_t *error;

    if (!uw_arg_kind(call, val, WASMTIME_COMPONENT_RESOURCE)) {
        return false;
    }

    error = wt->component_resource_any_to_host(call->instance->context,
                                               val->of.resource, &handle);
    if (error != NULL) {
        if (call->error == NULL) {
            call->error = error;
        } else {
            wt->error_delete(error);
        }
        return false;
    }

    *rep = wt->component_resource_host_rep(handle);
    *type = wt->component_resource_host_type(handle);
    wt->component_resource_host_delete(handle);

    return true;
}


uw_resource_t *
uw_val_handle_or_trap(uw_call_t *call, const uw_val_t *val,
                      uw_resource_kind_t kind)
{
    uw_resource_t *resource;
    uint32_t rep;
    uint32_t type;

    if (!uw_handle_take(call, val, &rep, &type)) {
        return NULL;
    }

    resource = type == (uint32_t) kind
                   ? uw_resource_get(&call->instance->resources, rep, kind)
                   : NULL;
    if (resource == NULL) {
        (void) uw_trap(call, "unknown handle index %u", rep);
    }

    return resource;
}


uw_resource_t *
uw_arg_handle(uw_call_t *call, size_t i, uw_resource_kind_t kind)
{
    return uw_val_handle_or_trap(call, &call->args[i], kind);
}


bool
uw_args_release(uw_call_t *call)
{
    uint32_t rep;
    uint32_t type;

    for (size_t i = 0; i < call->args_size; i++) {
        if (call->args[i].kind == WASMTIME_COMPONENT_RESOURCE
            && !uw_handle_take(call, &call->args[i], &rep, &type))
        {
            return false;
        }
    }

    return true;
}


/* ---- Results ---- */

uw_step_t
uw_return_err_enum(uw_call_t *call, const char *name)
{
    uw_val_t value = uw_val_enum(call->abi, name);

    return uw_return_err(call, &value);
}


uw_resource_t *
uw_make(uw_call_t *call, uw_resource_kind_t kind, uint32_t parent)
{
    uw_instance_t *instance = call->instance;
    uw_resource_t *resource =
        uw_resource_new(&instance->resources, kind, parent,
                        instance->engine->settings.max_handles);

    if (resource == NULL) {
        (void) uw_trap(call, "resource table has no free keys (limit %u)",
                       instance->engine->settings.max_handles);
    }

    return resource;
}


wasmtime_error_t *
uw_handle_new(uw_instance_t *instance, const uw_resource_t *resource,
              uw_val_t *value)
{
    const uw_wasmtime_t *wt = instance->abi.wt;
    wasmtime_component_resource_host_t *handle =
        wt->component_resource_host_new(true, resource->rep,
                                        (uint32_t) resource->kind);
    wasmtime_error_t *error;

    value->kind = WASMTIME_COMPONENT_RESOURCE;
    error = wt->component_resource_host_to_any(instance->context, handle,
                                               &value->of.resource);
    wt->component_resource_host_delete(handle);
    if (error != NULL) {
        *value = uw_val_bool(false);
    }

    return error;
}


bool
uw_handle(uw_call_t *call, const uw_resource_t *resource, uw_val_t *value)
{
    call->error = uw_handle_new(call->instance, resource, value);

    return call->error == NULL;
}


uw_step_t
uw_return_handle(uw_call_t *call, const uw_resource_t *resource)
{
    uw_val_t value;

    return uw_handle(call, resource, &value) ? uw_return(call, value) : UW_TRAP;
}


uw_step_t
uw_return_ok_handle(uw_call_t *call, const uw_resource_t *resource)
{
    uw_val_t value;

    return uw_handle(call, resource, &value) ? uw_return_ok(call, &value)
                                             : UW_TRAP;
}


bool
uw_drop(uw_call_t *call, uw_resource_t *resource)
{
    uw_instance_t *instance = call->instance;

    if (resource->children != 0) {
        (void) uw_trap(call, "resource has children");
        return false;
    }
    uw_http_let_go(instance, resource);

    return uw_resource_delete(&instance->resources, resource) == 0;
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
uw_define_imported(const uw_engine_t *engine,
                   const wasmtime_component_type_t *type,
                   wasmtime_component_linker_instance_t *root,
                   const uw_host_interface_t *interface, uw_bound_t *bound)
{
    const uw_wasmtime_t *wt = &engine->wt;
    size_t count = wt->component_type_import_count(type, engine->engine);
    wasmtime_error_t *error = NULL;
    wasmtime_component_extern_t *item;
    const char *name;
    uw_slice_t slice;

    for (size_t i = 0; i < count && error == NULL; i++) {
        if (!wt->component_type_import_nth(type, engine->engine, i, &name,
                                           &slice.size, &item))
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
uw_host_define(uw_engine_t *engine, char *error_text, size_t error_size)
{
    const uw_wasmtime_t *wt = &engine->wt;
    uw_bound_t *bound = calloc(uw_host_rows(), sizeof(uw_bound_t));
    wasmtime_component_type_t *type;
    wasmtime_component_linker_instance_t *root;
    wasmtime_error_t *error = NULL;

    if (bound == NULL) {
        (void) snprintf(error_text, error_size, "memory is out");
        return -1;
    }
    engine->bound = bound;

    type = wt->component_type(engine->component);
    root = wt->component_linker_root(engine->linker);
    for (size_t i = 0; i < UW_HOST_PACKAGES; i++) {
        for (const uw_host_interface_t *interface = uw_host_packages[i];
             interface->name != NULL && error == NULL; interface++)
        {
            error = uw_define_imported(engine, type, root, interface, bound);
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

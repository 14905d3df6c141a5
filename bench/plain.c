/*
 * The floor for one exchange: store, instantiation, call of `handle` and
 * deletion, straight through libwasmtime's C API, with host functions that only
 * make values.  No worker, no limits, no rewrite.
 *
 *     plain LIBRARY VERSION COMPONENT COUNT KEEP EPOCHS
 *
 * COMPONENT is compiled here; it may import what uw_plain_interfaces names, in
 * exactly that version: looking for another one would cost time each time.
 * KEEP is what the pool keeps resident of each memory and table (libwasmtime's
 * default: 0).  EPOCHS is 1 for code that can be interrupted, else 0.  For each
 * line on standard input, COUNT exchanges run and their median is printed in
 * nanoseconds.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wasmtime/api.h"

typedef enum {
    NOTHING,
    HANDLE,
    OK,
    OK_HANDLE
} uw_plain_result_t;

enum {
    ERROR = 1,
    OUTPUT_STREAM,
    FIELDS,
    INCOMING_REQUEST,
    RESPONSE_OUTPARAM,
    OUTGOING_RESPONSE,
    OUTGOING_BODY
};

typedef struct {
    const char *name;
    uw_plain_result_t result;
    uint32_t type; /* of the handle, and of the resource */
} uw_plain_item_t;

/* A name with a "[" is a function, one without is a resource. */
typedef struct {
    const char *name;
    const uw_plain_item_t *items;
} uw_plain_interface_t;

static const uw_plain_item_t uw_plain_error[] = {
    { "error", NOTHING, ERROR },
    { NULL, NOTHING, 0 },
};

static const uw_plain_item_t uw_plain_streams[] = {
    { "output-stream", NOTHING, OUTPUT_STREAM },
    { "[method]output-stream.blocking-write-and-flush", OK, 0 },
    { NULL, NOTHING, 0 },
};

static const uw_plain_item_t uw_plain_http[] = {
    { "fields", NOTHING, FIELDS },
    { "incoming-request", NOTHING, INCOMING_REQUEST },
    { "response-outparam", NOTHING, RESPONSE_OUTPARAM },
    { "outgoing-response", NOTHING, OUTGOING_RESPONSE },
    { "outgoing-body", NOTHING, OUTGOING_BODY },
    { "[constructor]fields", HANDLE, FIELDS },
    { "[method]fields.append", OK, 0 },
    { "[constructor]outgoing-response", HANDLE, OUTGOING_RESPONSE },
    { "[method]outgoing-response.set-status-code", OK, 0 },
    { "[method]outgoing-response.body", OK_HANDLE, OUTGOING_BODY },
    { "[method]outgoing-body.write", OK_HANDLE, OUTPUT_STREAM },
    { "[static]outgoing-body.finish", OK, 0 },
    { "[static]response-outparam.set", NOTHING, 0 },
    { NULL, NOTHING, 0 },
};

static const uw_plain_interface_t uw_plain_interfaces[] = {
    { "wasi:io/error@0.2.0", uw_plain_error },
    { "wasi:io/streams@0.2.0", uw_plain_streams },
    { "wasi:http/types@0.2.0", uw_plain_http },
    { NULL, NULL },
};

typedef struct {
    wasm_engine_t *engine;
    wasmtime_component_t *component;
    wasmtime_component_linker_t *linker;
    wasmtime_component_export_index_t *handle;
    bool epochs;
} uw_plain_t;

static uw_wasmtime_t wt;


static void
uw_plain_check(wasmtime_error_t *error)
{
    wasm_name_t message;

    if (error != NULL) {
        wt.error_message(error, &message);
        (void) fprintf(stderr, "%.*s\n", (int) message.size, message.data);
        exit(1);
    }
}


static uint64_t
uw_plain_now(void)
{
    struct timespec now;

    (void) clock_gettime(CLOCK_MONOTONIC, &now);

    return (uint64_t) now.tv_sec * 1000000000u + (uint64_t) now.tv_nsec;
}


/* ---- Host functions ---- */

static wasmtime_component_val_t
uw_plain_handle(wasmtime_context_t *context, uint32_t type)
{
    wasmtime_component_val_t val = { .kind = WASMTIME_COMPONENT_RESOURCE };
    wasmtime_component_resource_host_t *host =
        wt.component_resource_host_new(true, type, type);

    uw_plain_check(
        wt.component_resource_host_to_any(context, host, &val.of.resource));
    wt.component_resource_host_delete(host);

    return val;
}


static wasmtime_error_t *
uw_plain_call(void *data, wasmtime_context_t *context,
              const wasmtime_component_func_type_t *type,
              wasmtime_component_val_t *args, size_t args_size,
              wasmtime_component_val_t *results, size_t results_size)
{
    const uw_plain_item_t *item = data;
    wasmtime_component_resource_host_t *host;
    wasmtime_component_val_t handle;

    (void) type;
    (void) results_size;

    for (size_t i = 0; i < args_size; i++) {
        if (args[i].kind == WASMTIME_COMPONENT_RESOURCE) {
            uw_plain_check(wt.component_resource_any_to_host(
                context, args[i].of.resource, &host));
            wt.component_resource_host_delete(host);
        }
    }

    switch (item->result) {
    case NOTHING:
        break;
    case HANDLE:
        results[0] = uw_plain_handle(context, item->type);
        break;
    case OK:
        results[0].kind = WASMTIME_COMPONENT_RESULT;
        results[0].of.result.is_ok = true;
        results[0].of.result.val = NULL;
        break;
    case OK_HANDLE:
        handle = uw_plain_handle(context, item->type);
        results[0].kind = WASMTIME_COMPONENT_RESULT;
        results[0].of.result.is_ok = true;
        results[0].of.result.val = wt.component_val_new(&handle);
        break;
    }

    return NULL;
}


static wasmtime_error_t *
uw_plain_drop(void *data, wasmtime_context_t *context, uint32_t rep)
{
    (void) data;
    (void) context;
    (void) rep;

    return NULL;
}


static void
uw_plain_define(wasmtime_component_linker_instance_t *root,
                const uw_plain_interface_t *interface)
{
    wasmtime_component_linker_instance_t *linker;
    wasmtime_component_resource_type_t *type;

    uw_plain_check(wt.component_linker_instance_add_instance(
        root, interface->name, strlen(interface->name), &linker));
    for (const uw_plain_item_t *item = interface->items; item->name != NULL;
         item++)
    {
        if (item->name[0] == '[') {
            uw_plain_check(wt.component_linker_instance_add_func(
                linker, item->name, strlen(item->name), uw_plain_call,
                (void *) item, NULL));
            continue;
        }
        type = wt.component_resource_type_new_host(item->type);
        uw_plain_check(wt.component_linker_instance_add_resource(
            linker, item->name, strlen(item->name), type, uw_plain_drop, NULL,
            NULL));
        wt.component_resource_type_delete(type);
    }
    wt.component_linker_instance_delete(linker);
}


/* ---- The loop ---- */

static wasm_engine_t *
uw_plain_engine(size_t keep, bool epochs)
{
    wasm_config_t *config = wt.wasm_config_new();
    wasmtime_pooling_allocation_config_t *pool =
        wt.pooling_allocation_config_new();

    wt.config_wasm_component_model_set(config, true);
    wt.config_concurrency_support_set(config, false);
    wt.config_epoch_interruption_set(config, epochs);
    /* Its threads would still be there, in the way of the first exchanges. */
    wt.config_parallel_compilation_set(config, false);
    wt.pooling_allocation_config_linear_memory_keep_resident_set(pool, keep);
    wt.pooling_allocation_config_table_keep_resident_set(pool, keep);
    wt.pooling_allocation_strategy_set(config, pool);
    wt.pooling_allocation_config_delete(pool);

    return wt.wasm_engine_new_with_config(config);
}


static wasmtime_component_t *
uw_plain_compile(wasm_engine_t *engine, const char *path)
{
    static uint8_t bytes[1 << 20];
    wasmtime_component_t *component;
    FILE *file = fopen(path, "rb");
    size_t size;

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    size = fread(bytes, 1, sizeof(bytes), file);
    (void) fclose(file);
    uw_plain_check(wt.component_new(engine, bytes, size, &component));

    return component;
}


static wasmtime_component_export_index_t *
uw_plain_find(const wasmtime_component_t *component)
{
    static const char name[] = "wasi:http/incoming-handler@0.2.0";
    wasmtime_component_export_index_t *handler =
        wt.component_get_export_index(component, NULL, name, strlen(name));

    if (handler == NULL) {
        (void) fprintf(stderr, "there is no export %s\n", name);
        exit(1);
    }

    return wt.component_get_export_index(component, handler, "handle",
                                         strlen("handle"));
}


static void
uw_plain_wait(wasmtime_call_future_t *future, wasmtime_error_t **error)
{
    while (!wt.call_future_poll(future)) {
    }
    wt.call_future_delete(future);
    uw_plain_check(*error);
}


static void
uw_plain_prepare(uw_plain_t *plain, const char *path, size_t keep)
{
    wasmtime_component_linker_instance_t *root;

    plain->engine = uw_plain_engine(keep, plain->epochs);
    plain->component = uw_plain_compile(plain->engine, path);
    plain->handle = uw_plain_find(plain->component);
    plain->linker = wt.component_linker_new(plain->engine);
    root = wt.component_linker_root(plain->linker);
    for (const uw_plain_interface_t *interface = uw_plain_interfaces;
         interface->name != NULL; interface++)
    {
        uw_plain_define(root, interface);
    }
    wt.component_linker_instance_delete(root);
}


static void
uw_plain_exchange(const uw_plain_t *plain)
{
    wasmtime_store_t *store = wt.store_new(plain->engine, NULL, NULL);
    wasmtime_context_t *context = wt.store_context(store);
    wasmtime_component_instance_t instance;
    wasmtime_component_func_t function;
    wasmtime_component_val_t args[2];
    wasmtime_error_t *error = NULL;

    if (plain->epochs) {
        wt.context_set_epoch_deadline(context, UINT32_MAX); /* never */
    }
    uw_plain_wait(wt.component_linker_instantiate_async(plain->linker, context,
                                                        plain->component,
                                                        &instance, &error),
                  &error);
    if (!wt.component_instance_get_func(&instance, context, plain->handle,
                                        &function))
    {
        exit(1);
    }
    args[0] = uw_plain_handle(context, INCOMING_REQUEST);
    args[1] = uw_plain_handle(context, RESPONSE_OUTPARAM);
    uw_plain_wait(wt.component_func_call_async(&function, context, args, 2,
                                               NULL, 0, &error),
                  &error);
    wt.component_val_delete(&args[0]);
    wt.component_val_delete(&args[1]);
    wt.store_delete(store);
}


static int
uw_plain_compare(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *) one;
    uint64_t b = *(const uint64_t *) other;

    return (a > b) - (a < b);
}


static uint64_t
uw_plain_median(const uw_plain_t *plain, uint64_t *times, size_t count)
{
    uint64_t before;

    for (size_t i = 0; i < count; i++) {
        before = uw_plain_now();
        uw_plain_exchange(plain);
        times[i] = uw_plain_now() - before;
    }
    qsort(times, count, sizeof(*times), uw_plain_compare);

    return times[count / 2];
}


int
main(int argc, char **argv)
{
    char text[512];
    uw_plain_t plain;
    uint64_t *times;
    size_t count;

    if (argc != 7 || (count = strtoul(argv[4], NULL, 10)) == 0) {
        (void) fprintf(
            stderr, "usage: %s LIBRARY VERSION COMPONENT COUNT KEEP EPOCHS\n",
            argv[0]);
        return 2;
    }
    if (uw_wasmtime_load(&wt, argv[1], argv[2], text, sizeof(text)) != 0) {
        (void) fprintf(stderr, "%s\n", text);
        return 1;
    }
    times = calloc(count, sizeof(*times));
    if (times == NULL) {
        perror("plain");
        return 1;
    }

    plain.epochs = argv[6][0] == '1';
    uw_plain_prepare(&plain, argv[3], strtoul(argv[5], NULL, 10));
    (void) uw_plain_median(&plain, times, count);
    while (fgets(text, sizeof(text), stdin) != NULL) {
        (void) printf("%llu\n", (unsigned long long) uw_plain_median(
                                    &plain, times, count));
        (void) fflush(stdout);
    }

    return 0;
}

#include "guest/linker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/rows.h"
#include "wasmtime/error.h"


/*
 *   id: what the type is in libwasmtime.
 */
static wasmtime_error_t *
uw_define_resource(wasmtime_component_linker_instance_t *linker,
                   uw_slice_t name, uint32_t id,
                   wasmtime_component_resource_destructor_t drop,
                   uw_bound_t *bound)
{
    const uw_wasmtime_t *wt = bound->wt;
    wasmtime_component_resource_type_t *type =
        wt->component_resource_type_new_host(id);
    wasmtime_error_t *error = wt->component_linker_instance_add_resource(
        linker, (const char *) name.data, name.size, type, drop, bound, NULL);

    wt->component_resource_type_delete(type);

    return error;
}


static wasmtime_error_t *
uw_define_row(const uw_wasmtime_t *wt,
              wasmtime_component_linker_instance_t *linker, uw_slice_t name,
              const uw_row_t *row, uw_bound_t *bound, bool carried)
{
    const char *text = (const char *) name.data;

    *bound = (uw_bound_t) { .wt = wt,
                            .function = row->function,
                            .carried = carried };
    if (row->resource != NULL) {
        bound->type = row->resource;
        return uw_define_resource(linker, name, bound->type->id, uw_host_drop,
                                  bound);
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
                                  &bound[i], false);
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


/* The id of the row that a front imports as `name`, `h` and that, or `b` where its
 * bytes are strings; 0: none. */
static uint16_t
uw_row_named(uw_slice_t name)
{
    uint16_t id = 0;

    if (name.size < 2 || name.size > 5
        || (name.data[0] != 'h' && name.data[0] != 'b'))
    {
        return 0;
    }
    for (size_t i = 1; i < name.size; i++) {
        if (name.data[i] < '0' || name.data[i] > '9') {
            return 0;
        }
        id = (uint16_t) (id * 10 + (name.data[i] - '0'));
    }

    return id;
}


/* ---- What no package has ---- */

typedef struct {
    const uw_wasmtime_t *wt;
    wasmtime_component_linker_instance_t *linker;
    uw_foreign_program_t *foreign;
    uw_bound_t *bound; /* of its functions, and then of its resources */
} uw_foreign_linking_t;


static wasmtime_error_t *
uw_define_foreign_function(const uw_foreign_linking_t *linking, uw_slice_t name,
                           size_t i)
{
    const uw_foreign_t *function = &linking->foreign->functions[i];

    linking->bound[i] =
        (uw_bound_t) { .wt = linking->wt, .function = &function->row };

    return linking->wt->component_linker_instance_add_func_async(
        linking->linker, (const char *) name.data, name.size, uw_host_async,
        &linking->bound[i], NULL);
}


static wasmtime_error_t *
uw_define_foreign_resource(const uw_foreign_linking_t *linking, uw_slice_t name,
                           size_t i)
{
    uw_bound_t *bound =
        &linking->bound[linking->foreign->program.import_count + i];

    *bound = (uw_bound_t) { .wt = linking->wt, .foreign = (uint32_t) i };

    return uw_define_resource(linking->linker, name,
                              UW_FOREIGN_TYPE + (uint32_t) i, uw_foreign_drop,
                              bound);
}


static bool
uw_foreign_is_of(const char *own, uw_slice_t interface)
{
    return own != NULL && uw_slice_is(interface, own);
}


/* All that the program has of an interface. */
static wasmtime_error_t *
uw_define_foreign_interface(const uw_foreign_linking_t *linking,
                            uw_slice_t name)
{
    const uw_program_t *program = &linking->foreign->program;
    wasmtime_error_t *error = NULL;

    for (size_t i = 0; i < program->resource_count && error == NULL; i++) {
        if (!program->resources[i].guest
            && uw_foreign_is_of(program->resources[i].interface, name))
        {
            error = uw_define_foreign_resource(
                linking, uw_slice_of(program->resources[i].name), i);
        }
    }
    for (size_t i = 0; i < program->import_count && error == NULL; i++) {
        if (uw_foreign_is_of(program->imports[i].interface, name)) {
            error = uw_define_foreign_function(
                linking, uw_slice_of(program->imports[i].name), i);
        }
    }

    return error;
}


/* Whether a name begins and ends with these two. */
static bool
uw_name_is(uw_slice_t name, const char *begin, const char *crossing)
{
    size_t size = strlen(begin);

    return name.size == size + strlen(crossing)
           && memcmp(name.data, begin, size) == 0
           && memcmp(name.data + size, crossing, name.size - size) == 0;
}


/* Defines what a front imports by a name of its own; false: it is none of these. */
static bool
uw_define_crossing(const uw_foreign_linking_t *root, uw_slice_t name,
                   wasmtime_error_t **error)
{
    uw_program_t *program = &root->foreign->program;

    for (size_t i = 0; i < program->import_count; i++) {
        uw_signature_t *import = &program->imports[i];
        bool carried = uw_name_is(name, UW_CROSSING_BYTES, import->crossing);

        if (carried || uw_name_is(name, UW_CROSSING_FUNCTION, import->crossing))
        {
            import->carried = carried;
            *error = uw_define_foreign_function(root, name, i);
            return true;
        }
    }
    for (size_t i = 0; i < program->resource_count; i++) {
        if (!program->resources[i].guest
            && uw_name_is(name, UW_CROSSING_TYPE,
                          program->resources[i].crossing))
        {
            *error = uw_define_foreign_resource(root, name, i);
            return true;
        }
    }

    return false;
}


/* Defines an import that the program has; another one is left to libwasmtime's
 * message. */
static wasmtime_error_t *
uw_define_foreign(const uw_foreign_linking_t *root, uw_slice_t name)
{
    const uw_program_t *program = &root->foreign->program;
    uw_foreign_linking_t inner = *root;
    wasmtime_error_t *error;
    bool found = false;

    if (uw_define_crossing(root, name, &error)) {
        return error;
    }
    for (size_t i = 0; i < program->import_count; i++) {
        if (program->imports[i].interface == NULL
            && uw_slice_is(name, program->imports[i].name))
        {
            return uw_define_foreign_function(root, name, i);
        }
        found = found || uw_foreign_is_of(program->imports[i].interface, name);
    }
    for (size_t i = 0; i < program->resource_count; i++) {
        found = found
                || (!program->resources[i].guest
                    && uw_foreign_is_of(program->resources[i].interface, name));
    }
    if (!found) {
        return NULL;
    }

    error = root->wt->component_linker_instance_add_instance(
        root->linker, (const char *) name.data, name.size, &inner.linker);
    if (error == NULL) {
        error = uw_define_foreign_interface(&inner, name);
        root->wt->component_linker_instance_delete(inner.linker);
    }

    return error;
}


/*
 * Defines one import: an interface, under the very name that the component has
 * for it (libwasmtime would find another version 0.2.x too, but at each
 * instantiation again, by parsing and comparing versions); or a row, which a
 * front imports by its id (unit_wasm/component/rewrite/front.py).  What is not ours
 * is left to libwasmtime's message.
 */
static wasmtime_error_t *
uw_define_import(const uw_wasmtime_t *wt,
                 wasmtime_component_linker_instance_t *root, uw_slice_t name,
                 const uw_package_t *const *packages, const uw_pool_t *pool)
{
    uw_bound_t *bound = pool->bound;
    size_t index;
    uw_row_t row;
    uint16_t id = uw_row_named(name);

    if (id != 0 && uw_row_find(packages, id, &index, &row)) {
        return uw_define_row(wt, root, name, &row, &bound[index],
                             name.data[0] == 'b');
    }

    for (size_t i = 0; packages[i] != NULL; i++) {
        for (const uw_host_interface_t *interface = packages[i]->interfaces;
             interface->name != NULL; interface++)
        {
            if (uw_interface_is(interface, name)) {
                return uw_define_interface(wt, root, name, interface, bound);
            }
            bound += uw_interface_rows(interface);
        }
    }

    return pool->linked == NULL
               ? NULL
               : uw_define_foreign(
                     &(uw_foreign_linking_t) { wt, root, pool->linked, bound },
                     name);
}


static wasmtime_error_t *
uw_define_imports(const uw_wasmtime_t *wt, const uw_pool_t *pool,
                  const wasmtime_component_type_t *type,
                  const uw_package_t *const *packages)
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
                packages, pool);
        }
    }
    wt->component_linker_instance_delete(root);

    return error;
}


static int
uw_link_imports(const uw_wasmtime_t *wt, uw_pool_t *pool,
                const uw_package_t *const *packages, char *error_text,
                size_t error_size)
{
    const uw_foreign_program_t *foreign = pool->linked;
    size_t count = uw_rows_count(packages);
    wasmtime_component_type_t *type;
    wasmtime_error_t *error;

    if (foreign != NULL) {
        count +=
            foreign->program.import_count + foreign->program.resource_count;
    }
    pool->bound = calloc(count, sizeof(uw_bound_t));
    if (pool->bound == NULL) {
        (void) snprintf(error_text, error_size, "out of memory");
        return -1;
    }

    type = wt->component_type(pool->component);
    error = uw_define_imports(wt, pool, type, packages);
    wt->component_type_delete(type);
    if (error != NULL) {
        uw_error_take(wt, error, error_text, error_size);
        return -1;
    }

    return 0;
}


/* NULL: the component has no such export. */
static wasmtime_component_export_index_t *
uw_find_export(const uw_wasmtime_t *wt, const uw_pool_t *pool,
               const uw_export_t *export)
{
    wasmtime_component_export_index_t *interface = NULL;
    wasmtime_component_export_index_t *found;

    if (export->interface != NULL) {
        interface = wt->component_get_export_index(pool->component, NULL,
                                                   export->interface,
                                                   strlen(export->interface));
        if (interface == NULL) {
            return NULL;
        }
    }
    found = wt->component_get_export_index(
        pool->component, interface, export->function, strlen(export->function));
    if (interface != NULL) {
        wt->component_export_index_delete(interface);
    }

    return found;
}


/* NULL: the component has no front, or the function no bytes. */
static wasmtime_component_export_index_t *
uw_find_carried(const uw_wasmtime_t *wt, const uw_pool_t *pool,
                const uw_signature_t *signature)
{
    char name[sizeof(UW_CROSSING_BYTES) + UW_CROSSING_MAX];
    const uw_export_t export = { NULL, name };

    if (strlen(signature->crossing) > UW_CROSSING_MAX) {
        return NULL;
    }
    (void) snprintf(name, sizeof(name), "%s%s", UW_CROSSING_BYTES,
                    signature->crossing);

    return uw_find_export(wt, pool, &export);
}


static int
uw_link_export(const uw_wasmtime_t *wt, uw_pool_t *pool,
               const uw_export_t *export, char *error, size_t error_size)
{
    wasmtime_component_export_index_t *found = uw_find_export(wt, pool, export);

    if (found == NULL
        && strncmp(export->function, UW_DROP_PREFIX, strlen(UW_DROP_PREFIX))
               != 0)
    {
        (void) snprintf(error, error_size,
                        "the component does not export %s%sa function \"%s\"",
                        export->interface == NULL ? "" : export->interface,
                        export->interface == NULL ? "" : " with ",
                        export->function);
        return -1;
    }
    pool->exports[pool->export_count++] = found;

    return 0;
}


static int
uw_link_exports(const uw_wasmtime_t *wt, uw_pool_t *pool,
                const uw_linking_t *linking, char *error, size_t error_size)
{
    uw_foreign_program_t *foreign = pool->linked;
    size_t more = foreign == NULL ? 0 : foreign->program.export_count;

    pool->exports =
        calloc(linking->export_count + more + 1, sizeof(*pool->exports));
    if (pool->exports == NULL) {
        (void) snprintf(error, error_size, "out of memory");
        return -1;
    }

    for (size_t i = 0; i < linking->export_count; i++) {
        if (uw_link_export(wt, pool, &linking->exports[i], error, error_size)
            != 0)
        {
            return -1;
        }
    }
    for (size_t i = 0; i < more; i++) {
        uw_signature_t *signature = &foreign->program.exports[i];
        const uw_export_t export = { signature->interface, signature->name };
        wasmtime_component_export_index_t *found =
            uw_find_carried(wt, pool, signature);

        signature->carried = found != NULL;
        if (found != NULL) {
            pool->exports[pool->export_count++] = found;
            continue;
        }
        if (uw_link_export(wt, pool, &export, error, error_size) != 0) {
            return -1;
        }
    }

    return 0;
}


static void
uw_link_end(void *linked)
{
    uw_foreign_program_delete(linked);
}


int
uw_link(const uw_wasmtime_t *wt, uw_pool_t *pool, const uw_linking_t *linking,
        char *error, size_t error_size)
{
    if (linking->program[0] != '\0') {
        pool->linked = uw_foreign_program_new(linking->program);
        pool->unlink = uw_link_end;
        if (pool->linked == NULL) {
            (void) snprintf(error, error_size,
                            "no program of its functions, or out of memory");
            return -1;
        }
    }
    if (uw_link_imports(wt, pool, linking->packages, error, error_size) != 0) {
        return -1;
    }

    return uw_link_exports(wt, pool, linking, error, error_size);
}

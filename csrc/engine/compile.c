#include "engine/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/pool.h"
#include "wasmtime/error.h"


int
uw_compile(const uw_settings_t *settings, const uint8_t *component,
           size_t component_size, uint8_t **compiled, size_t *size, char *error,
           size_t error_size)
{
    uw_wasmtime_t wt;
    wasm_engine_t *engine;
    wasmtime_component_t *made = NULL;
    wasmtime_error_t *failed;
    wasm_byte_vec_t image;

    if (uw_wasmtime_load(&wt, settings->library, settings->library_version,
                         error, error_size)
        != 0)
    {
        return -1;
    }

    *compiled = NULL;
    engine = uw_pool_compiler(&wt, settings, error, error_size);
    if (engine == NULL) {
        return -1;
    }
    failed = wt.component_new(engine, component, component_size, &made);
    if (failed == NULL) {
        failed = wt.component_serialize(made, &image);
        wt.component_delete(made);
    }
    wt.wasm_engine_delete(engine);

    if (failed != NULL) {
        uw_error_take(&wt, failed, error, error_size);
        return -1;
    }

    *size = image.size;
    *compiled = malloc(image.size);
    if (*compiled == NULL) {
        (void) snprintf(error, error_size, "out of memory");
    } else {
        memcpy(*compiled, image.data, image.size);
    }
    wt.wasm_byte_vec_delete(&image);

    return *compiled == NULL ? -1 : 0;
}


void
uw_compiled_delete(uint8_t *compiled)
{
    free(compiled);
}

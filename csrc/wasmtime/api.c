/* Opens libwasmtime and fills the table of its functions. */

#include "wasmtime/api.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>


typedef struct {
    const char *symbol;
    size_t offset;
} uw_wasmtime_symbol_t;


#define UW_WASMTIME_SYMBOL(result, member, symbol, arguments)                  \
    { #symbol, offsetof(uw_wasmtime_t, member) },

static const uw_wasmtime_symbol_t uw_wasmtime_symbols[] = {
    UW_WASMTIME_FUNCTIONS(UW_WASMTIME_SYMBOL)
};

#undef UW_WASMTIME_SYMBOL


/* "50.0.1" and "50.1.0" agree, "50.0.1" and "5.0.1" do not. */

static bool
uw_wasmtime_same_major(const char *a, const char *b)
{
    size_t a_size = strcspn(a, ".");
    size_t b_size = strcspn(b, ".");

    return a_size == b_size && memcmp(a, b, a_size) == 0;
}


/* Returns the first symbol that the library lacks, or NULL. */

static const char *
uw_wasmtime_resolve(uw_wasmtime_t *wt)
{
    void *address;
    size_t i, count;

    count = sizeof(uw_wasmtime_symbols) / sizeof(uw_wasmtime_symbols[0]);

    for (i = 0; i < count; i++) {
        address = dlsym(wt->handle, uw_wasmtime_symbols[i].symbol);

        if (address == NULL) {
            return uw_wasmtime_symbols[i].symbol;
        }

        /* ISO C has no conversion from an object to a function pointer. */

        memcpy((char *) wt + uw_wasmtime_symbols[i].offset, &address,
               sizeof(address));
    }

    return NULL;
}


int
uw_wasmtime_load(uw_wasmtime_t *wt, const char *path, const char *version,
                 char *error, size_t error_size)
{
    const char *missing;

    memset(wt, 0, sizeof(*wt));

    if (!uw_wasmtime_same_major(version, UW_WASMTIME_VERSION)) {
        (void) snprintf(error, error_size,
                        "libwasmtime %s is installed, but unit-wasm is built "
                        "for %s: another major version has other structs",
                        version, UW_WASMTIME_VERSION);
        return -1;
    }

    wt->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (wt->handle == NULL) {
        (void) snprintf(error, error_size, "cannot open libwasmtime %s: %s",
                        version, dlerror());
        return -1;
    }

    missing = uw_wasmtime_resolve(wt);

    if (missing != NULL) {
        (void) snprintf(error, error_size,
                        "libwasmtime %s at %s has no function %s: unit-wasm "
                        "is built for %s",
                        version, path, missing, UW_WASMTIME_VERSION);

        /* Nothing of it has run yet, so this one may go. */

        (void) dlclose(wt->handle);
        memset(wt, 0, sizeof(*wt));
        return -1;
    }

    (void) snprintf(wt->version, sizeof(wt->version), "%s", version);

    return 0;
}

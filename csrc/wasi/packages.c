#include "wasi/packages.h"

#include "wasi/cli.h"
#include "wasi/clocks.h"
#include "wasi/config.h"
#include "wasi/filesystem/package.h"
#include "wasi/http/package.h"
#include "wasi/io/package.h"
#include "wasi/keyvalue/package.h"
#include "wasi/logging.h"
#include "wasi/random.h"
#include "wasi/sockets/package.h"

const uw_package_t *const uw_wasi_packages[] = {
    &uw_wasi_io,
    &uw_wasi_clocks,
    &uw_wasi_random,
    &uw_wasi_cli,
    &uw_wasi_http,
    &uw_wasi_filesystem,
    &uw_wasi_sockets,
    &uw_wasi_config,
    &uw_wasi_logging,
    &uw_wasi_keyvalue,
    &uw_wasi_keyvalue_draft2,
    NULL,
};


int
uw_wasi_link(const uw_wasmtime_t *wt, uw_pool_t *pool,
             const uw_settings_t *settings, char *error, size_t error_size)
{
    const uw_export_t handler = { settings->handler, "handle" };
    const uw_linking_t linking = { .packages = uw_wasi_packages,
                                   .exports = &handler,
                                   .export_count = settings->handler[0] != '\0',
                                   .program = settings->program };

    return uw_link(wt, pool, &linking, error, error_size);
}
